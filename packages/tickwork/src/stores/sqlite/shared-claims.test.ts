import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completion, newRun, T0 } from '@tickwork/verify/conformance/store-fixtures.ts';
import { join as joinAs } from '@tickwork/verify/conformance/store-steps.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClaimRequest } from '../../core/ports/run-store.ts';
import type { Store } from '../../core/ports/store.ts';
import { Database } from './database.ts';
import { createSqliteStore } from './index.ts';

const request: ClaimRequest = {
  ...{ nodeId: 'n1', handlers: ['function:work'], until: T0, limit: 5, now: T0, startAt: T0 },
  recover: false,
};

let directory = '';
let store: Store;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-sqlite-'));
  store = await createSqliteStore({ path: join(directory, 'store.db'), durable: false });
  await joinAs(store);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await store.close();
  rmSync(directory, { recursive: true });
});

/** Counts the transactions of writers. */
function countWrites(): () => number {
  const run = vi.spyOn(Database.prototype, 'run');
  return () => run.mock.calls.filter(([text]) => text === 'BEGIN IMMEDIATE').length;
}

describe('a claim', () => {
  test('takes no lock of a writer where there is nothing to claim', async () => {
    await store.enqueueRuns([newRun({ id: 'e_later', fireAt: T0 + 1 })], T0);
    const writes = countWrites();
    expect(await store.claimRuns(request)).toEqual([]);
    expect(writes()).toBe(0);
  });

  test('shares the transaction of the ends that make room for it', async () => {
    await store.enqueueRuns(
      ['e_1', 'e_2', 'e_3'].map((id) => newRun({ id })),
      T0,
    );
    await store.claimRuns({ ...request, limit: 1 });
    const writes = countWrites();
    const ends = store.completeRuns([completion({ runId: 'e_1', nodeId: 'n1', fence: 1 })]);
    await Promise.resolve();
    const reads = vi.spyOn(Database.prototype, 'get');
    const claiming = store.claimRuns(request);
    await Promise.resolve();
    // There is a transaction in any case: asking whether it is worth one would be for nothing.
    expect(reads).not.toHaveBeenCalled();
    const claimed = await claiming;
    expect(await ends).toEqual(['accepted']);
    expect(claimed.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'e_2 RUNNING',
      'e_3 RUNNING',
    ]);
    expect(writes()).toBe(1);
  });

  test('is refused by itself when it shares a transaction without a lease', async () => {
    const stored = store.enqueueRuns([newRun({ id: 'e_1' })], T0);
    const claimed = store.claimRuns({ ...request, nodeId: 'n2' });
    await expect(claimed).rejects.toMatchObject({ code: 'FENCED' });
    expect(await stored).toEqual([{ runId: 'e_1', outcome: 'stored' }]);
    expect(await store.findRuns(['e_1'])).toMatchObject([{ state: 'PENDING', nodeId: null }]);
  });
});
