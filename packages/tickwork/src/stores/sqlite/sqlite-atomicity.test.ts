import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  completion,
  definitionOf,
  newRun,
  planWrite,
  scheduledRun,
  T0,
} from '@tickwork/verify/conformance/store-fixtures.ts';
import {
  findJob,
  join as joinAs,
  plan,
  saveJob,
  start,
} from '@tickwork/verify/conformance/store-steps.ts';
import { afterEach, expect, test, vi } from 'vitest';
import type { Store } from '../../core/ports/store.ts';
import { Database } from './database.ts';
import { createSqliteStore } from './index.ts';

type Call = (store: Store) => Promise<unknown>;

/** A job with a running, a waiting and a pending run, all of node n1. */
async function prepare(store: Store): Promise<void> {
  await joinAs(store);
  await saveJob(store, 'a', { rearmAfterMs: 500 });
  const [first, second] = await plan(store, 'a', [T0 + 1, T0 + 2, T0 + 3], 'n1');
  await start(store, first ?? '');
  await store.settleRuns('n1', [{ runId: second ?? '', to: 'waiting' }], T0);
}

const calls: Readonly<Record<string, Call>> = {
  planDue: async (store) => {
    const job = await findJob(store, 'a');
    const runs = [4, 5].map((n) => ({ ...scheduledRun(job, T0 + n), nodeId: 'n1' }));
    const range = { jobId: job.id, fromAt: T0 + 6, toAt: T0 + 7, count: 2, decidedAt: T0 };
    const skips = [{ ...range, reason: 'misfire', intoRunId: null }] as const;
    const status = { status: 'paused', reason: null, pausedUntilAt: null } as const;
    const supersede = { reason: 'paused' } as const;
    await store.planDue([planWrite(job, T0 + 9, { runs, skips, status, supersede })]);
  },
  enqueueRuns: async (store) => {
    const { task, policies } = definitionOf();
    const runs = [1, 2, 3].map((input) =>
      newRun({ id: `e_${input}`, definition: { task, input, policies } }),
    );
    await store.enqueueRuns(runs, T0);
  },
  completeRuns: async (store) => {
    const [run] = (await store.listRuns({ states: ['RUNNING'] }, { after: null, limit: 1 })).runs;
    const of = { runId: run?.id ?? '', nodeId: 'n1', fence: 1 };
    const followUps = [newRun({ id: 'f-1' }), newRun({ id: 'f-2' })];
    await store.completeRuns([completion(of, { followUps })]);
  },
  deleteJobs: async (store) => {
    await store.deleteJobs([(await findJob(store, 'a')).id], T0 + 9);
  },
  reapNodes: (store) => store.reapNodes(T0 + 1_000_000, []),
};

const directories: string[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** Everything in the file but the clock. */
function dump(path: string): unknown {
  const raw = new DatabaseSync(path);
  const tables = raw
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'tickwork%'")
    .all();
  const rows = tables.map(({ name }) => [
    name,
    raw.prepare(`SELECT * FROM ${String(name)} WHERE ?1 <> 'tickwork_meta'`).all(String(name)),
  ]);
  raw.close();
  return rows;
}

test.each(Object.entries(calls))(
  '%s leaves nothing half-done, whichever of its statements fails',
  async (_, call) => {
    const directory = mkdtempSync(join(tmpdir(), 'tickwork-sqlite-'));
    directories.push(directory);
    const path = join(directory, 'store.db');
    const store = await createSqliteStore({ path, durable: false, lockTimeoutMs: 1 });
    await prepare(store);
    const before = dump(path);
    const run = Database.prototype.run;
    let failures = 0;
    for (let n = 1; ; n++) {
      let count = 0;
      const spy = vi.spyOn(Database.prototype, 'run').mockImplementation(function (
        this: Database,
        text,
        ...values
      ) {
        if (text !== 'ROLLBACK' && ++count === n)
          throw new Error(`statement ${n} was made to fail`);
        return run.call(this, text, ...values);
      });
      const failed = await call(store).then(
        () => false,
        () => true,
      );
      spy.mockRestore();
      if (!failed) break;
      failures++;
      expect(dump(path)).toEqual(before);
    }
    // BEGIN, COMMIT and at least two statements between them.
    expect(failures).toBeGreaterThanOrEqual(4);
    expect(dump(path)).not.toEqual(before);
    await store.close();
  },
);
