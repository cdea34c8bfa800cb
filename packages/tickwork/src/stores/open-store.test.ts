import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from './index.ts';

const clock = { now: () => 0, mono: () => 0 };
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-open-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('openStore', () => {
  it.each([
    ['a path', (path: string) => path],
    ['sqlite:', (path: string) => `sqlite:${path}`],
    ['sqlite://', (path: string) => `SQLite://${path}`],
  ])('opens a SQLite file by %s', async (_name, addressOf) => {
    const path = join(directory, 'jobs.db');
    const store = await openStore(addressOf(path), { clock, lockTimeoutMs: 5_000 });
    expect([store.kind, existsSync(path)]).toEqual(['sqlite', true]);
    await store.close();
  });

  it('opens a store in memory', async () => {
    const store = await openStore('memory:', { clock, lockTimeoutMs: 5_000 });
    expect(store.kind).toBe('memory');
    await store.close();
  });

  it.each([
    ['redis://localhost', 'names the store `redis:`, which is not known here.'],
    ['constructor:x', 'names the store `constructor:`, which is not known here.'],
    ['memory:jobs', 'names a place, but a store in memory has none.'],
    ['sqlite:', 'names no file.'],
    ['', 'names no file.'],
  ])('refuses %s by name', async (address, reason) => {
    await expect(openStore(address, { clock, lockTimeoutMs: 5_000 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'store',
      message: expect.stringContaining(reason),
    });
  });

  it('does not repeat a password', async () => {
    const opened = openStore('postgres://jobs:hunter2@localhost/jobs', {
      clock,
      lockTimeoutMs: 5_000,
    });
    await expect(opened).rejects.toThrow(/postgres:\/\/jobs:\*\*\*@localhost/);
  });
});
