import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { jobWrite, newRun, T0 } from '@tickwork/verify/conformance/store-fixtures.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TickworkError } from '../../../core/base/errors.ts';
import type { Store } from '../../../core/ports/store.ts';
import { createSqliteStore, type SqliteStoreOptions } from '../index.ts';
import { tryWrite } from './examine.ts';

let directory = '';
let path = '';
let store: Store;

async function open(options: Partial<SqliteStoreOptions> = {}): Promise<void> {
  store = await createSqliteStore({ path, durable: false, now: () => T0, ...options });
}

/** What another program does to the file. */
function harm(...statements: string[]): void {
  const other = new DatabaseSync(path);
  for (const text of statements) other.exec(text);
  other.close();
}

const messages = async (): Promise<string[]> =>
  (await store.examine(T0)).map(({ code, message }) => `${code} ${message}`);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-examine-'));
  path = join(directory, 'store.db');
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

describe('examining a store', () => {
  test('finds nothing in one that is well, and changes nothing', async () => {
    await open();
    await store.saveJobs([jobWrite('a')]);
    await store.enqueueRuns([newRun({ id: 'r' })], T0);
    expect(await store.examine(T0)).toEqual([]);
    expect(await store.repair(T0)).toEqual([]);
  });

  test('tries a write: a full file is told', async () => {
    await open();
    const error = new TickworkError('STORE_FULL', { reason: 'the disk is full.' });
    expect(await tryWrite(() => Promise.reject(error))).toMatchObject([
      { code: 'STORE_FULL', message: expect.stringContaining('the disk is full'), repair: null },
    ]);
  });

  test('tries a write: a store that another program keeps locked is told', async () => {
    await open({ lockTimeoutMs: 50 });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const told = await messages();
    other.close();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^STORE_LOCKED A write failed: .*locked/);
  });

  test.each([
    ['DROP TABLE tickwork_holds', 'The table tickwork_holds is missing.'],
    ['DROP TABLE tickwork_calendars', 'The table tickwork_calendars is missing.'],
    ['ALTER TABLE tickwork_runs DROP COLUMN error', 'The table tickwork_runs differs'],
    ['ALTER TABLE tickwork_nodes RENAME COLUMN host TO h', 'The table tickwork_nodes differs'],
  ])('%s is found, and only a person can mend it', async (statement, expected) => {
    await open();
    harm(statement);
    const faults = await store.examine(T0);
    expect(faults).toMatchObject([{ code: 'STORE_CORRUPT', repair: null }]);
    expect(faults[0]?.message).toContain(expected);
    expect(await store.repair(T0)).toEqual([]);
  });

  test('an index that is missing is made anew', async () => {
    await open();
    harm('DROP INDEX tickwork_runs_open', 'DROP INDEX tickwork_jobs_wake');
    expect(await messages()).toEqual([
      'STORE_CORRUPT The index tickwork_jobs_wake is missing.',
      'STORE_CORRUPT The index tickwork_runs_open is missing.',
    ]);
    expect(await store.repair(T0)).toHaveLength(2);
    expect(await store.examine(T0)).toEqual([]);
  });

  test('a call that meets a missing table says STORE_CORRUPT', async () => {
    await open();
    harm('DROP TABLE tickwork_calendars');
    const error = await store.listCalendars().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'STORE_CORRUPT', field: path });
    expect(String(error)).toContain('tickwork doctor');
  });
});
