import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import { expect } from './expect.ts';
import type { StoreCases } from './store-case.ts';
import {
  completion,
  definitionOf,
  expectedOf,
  newRun,
  planWrite,
  positionAt,
  T0,
} from './store-fixtures.ts';
import { claim, findJob, join, plan, saveJob, start } from './store-steps.ts';

const defaults = { ageMs: 60_000, runsMax: 1000 };

async function idsOf(store: Store): Promise<string[]> {
  const page = await store.listRuns({}, { after: null, limit: 1000 });
  return page.runs.map(({ id }) => id);
}

async function skipAll(store: Store, ids: readonly string[], at: number): Promise<void> {
  const settlements = ids.map((runId) => ({ runId, to: 'SKIPPED', reason: 'limit' }) as const);
  await store.settleRuns('n1', settlements, at);
}

const fail = { state: 'FAILED', outcome: 'failed' } as const;

export const retentionCases: StoreCases = {
  'of each job the longest finished runs go, by number and by age': async ({ store }) => {
    await join(store);
    const two = definitionOf({ retention: { ageMs: 60_000, runsMax: 2 } });
    const brief = definitionOf({ retention: { ageMs: 100, runsMax: 50 } });
    await saveJob(store, 'two', { definition: two });
    await saveJob(store, 'brief', { definition: brief });
    const twos = await plan(
      store,
      'two',
      [1, 2, 3, 4].map((n) => T0 + n),
      'n1',
    );
    const briefs = await plan(store, 'brief', [T0 + 1, T0 + 2], 'n1');
    for (const [index, id] of twos.entries()) await skipAll(store, [id], T0 + index);
    await skipAll(store, briefs.slice(0, 1), T0 + 99);
    await skipAll(store, briefs.slice(1), T0 + 100);
    const request = { now: T0 + 200, limit: 500, defaults };
    expect(await store.pruneRuns(request)).toBe(3);
    expect(await store.pruneRuns(request)).toBe(0);
    expect(new Set(await idsOf(store))).toEqual(new Set([...twos.slice(2), briefs[1]]));
    expect((await findJob(store, 'two')).stats.skippedCount).toBe(4);
  },

  'failed runs are counted apart if they are kept for another time': async ({ store }) => {
    await join(store);
    const failed = { ageMs: 5000, runsMax: 2 };
    const definition = definitionOf({ retention: { ageMs: 1000, runsMax: 1, failed } });
    await saveJob(store, 'a', { definition });
    const ids = await plan(
      store,
      'a',
      [1, 2, 3, 4, 5, 6].map((n) => T0 + n),
      'n1',
    );
    for (const [index, runId] of ids.entries()) {
      await start(store, runId);
      const end = { endedAt: T0 + 10 * index, ...(index % 2 === 0 ? fail : {}) };
      await store.completeRuns([completion({ runId, fence: 1, nodeId: 'n1' }, end)]);
    }
    const [, , second, , third, other] = ids;
    const request = (afterMs: number) => ({ now: T0 + afterMs, limit: 500, defaults });
    expect(await store.pruneRuns(request(100))).toBe(3);
    expect(await idsOf(store)).toEqual([other, third, second]);
    expect(await store.pruneRuns(request(100))).toBe(0);
    // By age: the failed ones are kept for longer.
    expect(await store.pruneRuns(request(1051))).toBe(1);
    expect(await idsOf(store)).toEqual([third, second]);
    expect(await store.pruneRuns(request(5021))).toBe(1);
    expect(await idsOf(store)).toEqual([third]);
    expect(await store.pruneRuns(request(5041))).toBe(1);
    expect((await findJob(store, 'a')).stats).toMatchObject({ failureCount: 3, successCount: 3 });
  },

  'with a new policy the failed runs count with all others again': async ({ store }) => {
    await join(store);
    const failed = { ageMs: 5000, runsMax: 0 };
    const kept = { ageMs: 5000, runsMax: 2 };
    const apart = definitionOf({ retention: { ...kept, failed } });
    await saveJob(store, 'a', { definition: apart });
    const ids = await plan(store, 'a', [T0 + 1, T0 + 2, T0 + 3], 'n1');
    await skipAll(store, ids, T0);
    const request = { now: T0 + 1, limit: 500, defaults };
    expect(await store.pruneRuns(request)).toBe(1);
    const job = await findJob(store, 'a');
    const one = definitionOf({ retention: { ageMs: 5000, runsMax: 1 } });
    const position = positionAt(job.cursorAt, null);
    await saveJob(store, 'a', { definition: one, expected: expectedOf(job), position });
    expect(await store.pruneRuns(request)).toBe(1);
    expect(await idsOf(store)).toEqual(ids.slice(2));
  },

  'runs without a job may have their failed ones kept apart, too': async ({ store }) => {
    await join(store);
    const ids = ['e_1', 'e_2', 'e_3', 'e_4'];
    await store.enqueueRuns(
      ids.map((id) => newRun({ id })),
      T0,
    );
    await claim(store);
    for (const runId of ids) {
      await start(store, runId);
      const end = runId < 'e_3' ? fail : {};
      await store.completeRuns([completion({ runId, fence: 1, nodeId: 'n1' }, end)]);
    }
    const apart = { ...defaults, runsMax: 1, failed: { ageMs: 60_000, runsMax: 2 } };
    const request = { now: T0 + 100, limit: 500, defaults: apart };
    expect(await store.pruneRuns(request)).toBe(1);
    expect(await idsOf(store)).toEqual(['e_4', 'e_2', 'e_1']);
    const fewer = { ...request, defaults: { ...apart, failed: { ageMs: 60_000, runsMax: 1 } } };
    expect(await store.pruneRuns(fewer)).toBe(1);
    expect(await idsOf(store)).toEqual(['e_4', 'e_2']);
  },

  'of a deleted job all goes with its last run, after a while': async ({ store }) => {
    await join(store);
    const job = await saveJob(store, 'a');
    const [runId] = await plan(store, 'a', [T0 + 1], 'n1');
    await start(store, runId ?? '');
    await store.deleteJobs([job.id], T0);
    const key = [{ jobId: job.id, revision: 1 }];
    const prune = (afterMs: number) =>
      store.pruneRuns({ now: T0 + afterMs, limit: 500, defaults: { ageMs: 1000, runsMax: 9 } });
    // The run goes on.
    expect(await prune(2000)).toBe(0);
    const attempt = { runId: runId ?? '', nodeId: 'n1', fence: 1 };
    await store.completeRuns([completion(attempt, { endedAt: T0 + 2000 })]);
    expect(await prune(2001)).toBe(0);
    expect(await store.findRevisions(key)).toEqual([job.definition]);
    expect((await store.findRuns([runId ?? '']))[0]?.jobName).toBe('a');
    expect(await prune(3001)).toBe(2);
    expect(await store.findRevisions(key)).toEqual([null]);
    expect(await prune(3001)).toBe(0);
    // Its id is not given again.
    expect((await saveJob(store, 'a')).id).not.toBe(job.id);
  },

  'a deleted job that never ran is kept for a while all the same': async ({ store }) => {
    const job = await saveJob(store, 'a');
    await store.deleteJobs([job.id], T0);
    const request = { limit: 500, defaults };
    expect(await store.pruneRuns({ ...request, now: T0 + 60_000 })).toBe(0);
    expect(await store.findRevisions([{ jobId: job.id, revision: 1 }])).toEqual([job.definition]);
    expect(await store.pruneRuns({ ...request, now: T0 + 60_001 })).toBe(1);
    expect(await store.findRevisions([{ jobId: job.id, revision: 1 }])).toEqual([null]);
  },

  'live runs stay, and so does what a limit leaves for the next call': async ({ store }) => {
    await join(store);
    await store.enqueueRuns(
      Array.from({ length: 10 }, (_, index) => newRun({ id: `e_${index}` })),
      T0,
    );
    await store.cancelRuns(['e_1', 'e_2', 'e_3', 'e_4', 'e_5'], T0, 'request');
    const request = { now: T0 + 60_001, limit: 2, defaults };
    const removed = [
      await store.pruneRuns(request),
      await store.pruneRuns(request),
      await store.pruneRuns(request),
      await store.pruneRuns(request),
    ];
    expect(removed).toEqual([2, 2, 1, 0]);
    expect(await idsOf(store)).toEqual(['e_9', 'e_8', 'e_7', 'e_6', 'e_0']);
  },

  'runs without a job, and those of deleted jobs, follow the defaults': async ({ store }) => {
    await join(store);
    const job = await saveJob(store, 'a');
    await plan(store, 'a', [T0 + 1, T0 + 2]);
    await store.deleteJobs([job.id], T0);
    await store.enqueueRuns(
      ['e_1', 'e_2', 'e_3'].map((id) => newRun({ id })),
      T0,
    );
    await store.cancelRuns(['e_1', 'e_2', 'e_3'], T0, 'request');
    const few = { ageMs: 60_000, runsMax: 1 };
    expect(await store.pruneRuns({ now: T0, limit: 500, defaults: few })).toBe(3);
    const ids = await idsOf(store);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe('e_3');
  },

  'attempts and output go with their run, and its id is free again': async ({ store }) => {
    await join(store);
    await store.enqueueRuns([newRun({ id: 'e_1' })], T0);
    const running = { runId: 'e_1', nodeId: 'n1' };
    const chunk = { attempt: 1, seq: 0, at: T0, stream: 'log', text: 'x' } as const;
    for (const fence of [1, 2]) {
      await claim(store);
      await start(store, 'e_1', { attemptBefore: fence - 1 });
      await store.reportRuns([{ runId: 'e_1', fence, output: [chunk] }]);
      const retry = { state: 'RETRY', outcome: 'failed', dueAt: T0 } as const;
      await store.completeRuns([completion({ ...running, fence }, fence === 1 ? retry : {})]);
    }
    expect((await store.readRun('e_1', { after: null, limit: 9 })).attempts).toHaveLength(2);
    await store.pruneRuns({ now: T0 + 100_000, limit: 500, defaults });
    const empty = { attempts: [], output: [] };
    expect(await store.readRun('e_1', { after: null, limit: 9 })).toEqual(empty);
    expect(await store.findRuns(['e_1'])).toEqual([null]);
    expect(await store.enqueueRuns([newRun({ id: 'e_1' })], T0)).toEqual([
      { runId: 'e_1', outcome: 'stored' },
    ]);
    expect(await store.readRun('e_1', { after: null, limit: 9 })).toEqual(empty);
  },

  'skip ranges go by their last instant, nodes by the end of their lease': async ({ store }) => {
    await join(store, 'n1');
    await join(store, 'n2');
    await store.leaveNode('n2', T0);
    const definition = definitionOf({ retention: { ageMs: 1000, runsMax: 9 } });
    const job = await saveJob(store, 'a', { definition });
    const range = (fromAt: number, toAt: number) =>
      ({
        jobId: job.id,
        fromAt,
        toAt,
        count: 1,
        reason: 'misfire',
        decidedAt: T0,
        intoRunId: null,
      }) as const;
    const skips = [range(T0 + 1, T0 + 10), range(T0 + 11, T0 + 20)];
    await store.planDue([planWrite(job, T0 + 20, { skips })]);
    expect(await store.pruneRuns({ now: T0 + 1020, limit: 9, defaults })).toBe(1);
    expect(await store.listSkips(job.id, 0, T0 * 2, 9)).toEqual(skips.slice(1));
    expect(await store.pruneRuns({ now: T0 + 60_001, limit: 9, defaults })).toBe(2);
    expect((await store.listNodes(9)).map(({ id }) => id)).toEqual(['n1']);
  },
};
