import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  definitionOf,
  jobWrite,
  positionAt,
  T0,
} from '@tickwork/verify/conformance/store-fixtures.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { freshMemory } from '../../core/model/trigger-memory.ts';
import type { JobWrite } from '../../core/ports/job-store.ts';
import { createSqliteStore } from './index.ts';
import { endOfAlike } from './insert-jobs.ts';

const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** Everything that calls of `saveJobs` leave in a new file, and their answers. */
async function saved(...calls: (readonly JobWrite[])[]) {
  const directory = mkdtempSync(join(tmpdir(), 'tickwork-insert-'));
  directories.push(directory);
  const path = join(directory, 'store.db');
  const store = await createSqliteStore({ path, durable: false, now: () => T0 });
  const outcomes: string[] = [];
  for (const writes of calls) outcomes.push(...(await store.saveJobs(writes)));
  await store.close();
  const file = new DatabaseSync(path, { readOnly: true });
  const rows = ['jobs', 'job_revisions', 'job_tags', 'job_changes'].map((table) =>
    file.prepare(`SELECT * FROM tickwork_${table} ORDER BY 1, 2`).all(),
  );
  const sequence = file.prepare('SELECT * FROM sqlite_sequence ORDER BY name').all();
  file.close();
  return { outcomes, rows, sequence };
}

const oneByOne = (writes: readonly JobWrite[]) => saved(...writes.map((write) => [write]));

const retention = (ageMs: number, failed?: { ageMs: number; runsMax: number }) =>
  definitionOf({ retention: { ageMs, runsMax: 9, ...(failed === undefined ? {} : { failed }) } });

/** One change each of what a row of a job says. */
const changes: Readonly<Record<string, Partial<JobWrite>>> = {
  creation: { at: T0 + 1 },
  effect: { effectiveAt: T0 + 1 },
  status: { status: 'disabled' },
  reason: { statusReason: 'why' },
  pause: { pausedUntilAt: T0 + 9 },
  events: { eventDriven: true },
  rearming: { rearmAfterMs: 700 },
  'kind of source': { source: { kind: 'api', id: '' } },
  source: { source: { kind: 'code', id: 'x' } },
  cursor: { position: positionAt(T0 - 5, T0 + 1000) },
  zones: { position: { ...positionAt(T0, T0 + 1000), zoneVersion: '1999a' } },
  memory: { position: { ...positionAt(T0, T0 + 1000), memory: freshMemory(T0 + 3) } },
  age: { definition: retention(7) },
  'kept runs': { definition: definitionOf({ retention: { ageMs: 7, runsMax: 3 } }) },
  'age of failed runs': { definition: retention(7, { ageMs: 1, runsMax: 2 }) },
  'failed runs': { definition: retention(7, { ageMs: 1, runsMax: 3 }) },
  'next instant': { position: positionAt(T0, null) },
  definition: { definition: definitionOf({ description: 'other' }) },
  tags: { definition: definitionOf({ tags: ['red', 'blue', 'red'] }) },
};

const names = ['2', '1', '__proto__', 'Größe', 'UPPER', 'a"b', 'a\\b', "a'b", '\u{1f600}', 'a,b'];

describe('new jobs of a list leave the same rows as each by itself', () => {
  const plain = (prefix: string, count = 5) =>
    Array.from({ length: count }, (_, i) => jobWrite(`${prefix}${i}`));

  it('whatever their names are', async () => {
    const writes = names.map((name) => jobWrite(name));
    expect(endOfAlike(writes, 0)).toBe(names.length);
    expect(await saved(writes)).toEqual(await oneByOne(writes));
  });

  it.each(Object.entries(changes))('where they differ by their %s', async (_, change) => {
    const other = plain('b').map((write) => ({ ...write, ...change }));
    const writes = [...plain('a'), ...other, ...plain('c')];
    expect(await saved(writes)).toEqual(await oneByOne(writes));
  });

  it('where one name is taken, by a job of before or of the list', async () => {
    const before = [jobWrite('a1'), jobWrite('a3')];
    const changed = jobWrite('a3', { definition: definitionOf({ description: 'other' }) });
    const writes = [...plain('a', 3), changed, jobWrite('new'), jobWrite('new'), jobWrite('last')];
    const together = await saved(before, writes);
    expect(together).toEqual(await oneByOne([...before, ...writes]));
    expect(together.outcomes.slice(2)).toEqual([
      ...['written', 'written', 'written', 'conflict', 'written', 'written', 'written'],
    ]);
    expect(together.sequence).toContainEqual({ name: 'tickwork_jobs', seq: 6 });
  });

  it('with half a character in a name', async () => {
    const writes = [...plain('a'), jobWrite('\ud800x'), ...plain('c')];
    expect(await saved(writes)).toEqual(await oneByOne(writes));
  });

  it('beside changes of jobs of the same list', async () => {
    const key = { jobId: 1, revision: 1, cursorAt: T0 };
    const expected = { ...key, status: 'active', endedAt: null } as const;
    const change = jobWrite('a0', { expected, effectiveAt: T0 + 5 });
    const writes = [...plain('a'), change, ...plain('c')];
    expect(await saved(writes)).toEqual(await oneByOne(writes));
  });
});

it('new jobs share a transaction by the thousand', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tickwork-insert-'));
  directories.push(directory);
  const store = await createSqliteStore({ path: join(directory, 'store.db'), durable: false });
  // Each transaction that changes jobs counts this up once.
  const version = async () => (await store.pollSignals('n1')).jobsVersion;
  const before = await version();
  const writes = Array.from({ length: 2_001 }, (_, i) => jobWrite(`a${i}`));
  await store.saveJobs(writes.slice(0, 1_000));
  expect((await version()) - before).toBe(1);
  await store.saveJobs(writes.slice(1_000));
  expect((await version()) - before).toBe(3);
  await store.close();
});

describe('endOfAlike', () => {
  it.each(Object.entries(changes))('knows jobs that differ by their %s', (what, change) => {
    const free = ['next instant', 'definition', 'tags'].includes(what);
    const writes = [0, 1, 2, 3].map((i) => jobWrite(`a${i}`));
    const odd = jobWrite('b', change);
    expect(endOfAlike([...writes, odd], 0)).toBe(free ? 5 : 4);
  });

  it('leaves few jobs in a row alone', () => {
    const writes = [0, 1, 2].map((i) => jobWrite(`a${i}`));
    expect(endOfAlike(writes, 0)).toBe(0);
  });
});
