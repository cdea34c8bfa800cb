import { expect } from './expect.ts';
import type { StoreCases, StoreUnderTest } from './store-case.ts';
import { completion, newRun, T0 } from './store-fixtures.ts';
import { claim, findJob, findRun, join, plan, saveJob, start } from './store-steps.ts';

const running = { runId: 'e-1', nodeId: 'n1', fence: 1 };
const retry = { state: 'RETRY', reason: 'error', outcome: 'failed', dueAt: T0 + 500 } as const;

/** Run `e-1`, running under fence 1 on n1. */
async function begin({ store }: StoreUnderTest): Promise<void> {
  await join(store);
  await store.enqueueRuns([newRun({ id: 'e-1' })], T0);
  await claim(store);
  await start(store, 'e-1');
}

export const completionCases: StoreCases = {
  'an accepted end moves the run to history and is accepted again': async (under) => {
    await begin(under);
    const { store, other } = under;
    const end = completion(running, { result: { n: [1] }, exitCode: 0 });
    expect(await store.completeRuns([end])).toEqual(['accepted']);
    expect(await other.completeRuns([end])).toEqual(['accepted']);
    expect(await findRun(store, 'e-1')).toMatchObject({
      state: 'SUCCESS',
      nodeId: 'n1',
      result: { n: [1] },
      endedAt: T0 + 10,
      exitCode: 0,
    });
    const failed = completion(running, { state: 'FAILED', outcome: 'failed' });
    const later = completion(running, { endedAt: T0 + 11 });
    expect(await store.completeRuns([failed, later])).toEqual(['refused', 'refused']);
    const { attempts } = await store.readRun('e-1', { after: null, limit: 1 });
    expect(attempts).toMatchObject([{ attempt: 1, fence: 1, outcome: 'success', nodeId: 'n1' }]);
  },

  'a wrong fence changes nothing': async (under) => {
    await begin(under);
    const { store } = under;
    const wrong = [0, 2].map((fence) => completion({ ...running, fence }));
    const unknown = completion({ ...running, runId: 'e-9' });
    expect(await store.completeRuns([...wrong, unknown])).toEqual([
      'refused',
      'refused',
      'refused',
    ]);
    expect(await findRun(store, 'e-1')).toMatchObject({ state: 'RUNNING' });
  },

  'a retry is unreserved until its instant; its late repetition stays accepted': async (under) => {
    await begin(under);
    const { store } = under;
    const failed = completion(running, { ...retry, error: 'no luck', exitCode: 3 });
    expect(await store.completeRuns([failed, failed])).toEqual(['accepted', 'accepted']);
    expect(await findRun(store, 'e-1')).toMatchObject({
      state: 'RETRY',
      nodeId: null,
      dueAt: T0 + 500,
      failedCount: 1,
      error: 'no luck',
      result: null,
    });
    expect(await claim(store, { until: T0 + 499 })).toEqual([]);
    expect(await claim(store, { until: T0 + 500 })).toEqual(['e-1']);
    expect(await start(store, 'e-1', { attemptBefore: 1 })).toMatchObject({ fence: 2, attempt: 2 });
    const byReaper = { ...failed, outcome: 'lost' } as const;
    expect(await store.completeRuns([failed, byReaper])).toEqual(['accepted', 'refused']);
    const end = completion({ ...running, fence: 2 }, { startedAt: T0 + 600, endedAt: T0 + 700 });
    expect(await store.completeRuns([end, failed])).toEqual(['accepted', 'accepted']);
    const { attempts } = await store.readRun('e-1', { after: null, limit: 1 });
    expect(attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'failed'],
      [2, 'success'],
    ]);
  },

  'lost attempts are counted in a row, failed ones in all': async (under) => {
    await begin(under);
    const { store } = under;
    const outcomes = ['lost', 'lost', 'timeout', 'cancelled', 'lost', 'failed'] as const;
    const seen: [number, number][] = [];
    for (const [index, outcome] of outcomes.entries()) {
      const fence = index + 1;
      await store.completeRuns([completion({ ...running, fence }, { ...retry, outcome })]);
      const { failedCount, lostCount } = await findRun(store, 'e-1');
      seen.push([failedCount, lostCount]);
      await claim(store);
      await start(store, 'e-1', { attemptBefore: fence });
    }
    expect(seen).toEqual([
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 0],
      [1, 1],
      [2, 0],
    ]);
  },

  'follow-ups are stored with the end, once, and not with a refused one': async (under) => {
    await begin(under);
    const { store } = under;
    const job = await saveJob(store, 'after');
    const followUp = newRun({ id: 'f-1', jobId: job.id, jobRevision: 1, origin: 'after' });
    const end = completion(running, { followUps: [{ ...followUp, parentId: 'e-1' }] });
    await store.completeRuns([{ ...end, fence: 7 }]);
    expect(await store.findRuns(['f-1'])).toEqual([null]);
    await store.completeRuns([end, end]);
    expect(await findRun(store, 'f-1')).toMatchObject({
      state: 'PENDING',
      parentId: 'e-1',
      createdAt: T0 + 10,
      jobName: 'after',
    });
  },

  'ends are counted at the job': async ({ store }) => {
    await join(store);
    await saveJob(store, 'a');
    const ids = await plan(
      store,
      'a',
      [1, 2, 3, 4].map((n) => T0 + n),
      'n1',
    );
    for (const id of ids.slice(0, 3)) await start(store, id);
    const of = (index: number) => ({ runId: ids[index] ?? '', nodeId: 'n1', fence: 1 });
    await store.completeRuns([
      completion(of(0), { endedAt: T0 + 100 }),
      completion(of(1), { endedAt: T0 + 50, state: 'FAILED', outcome: 'failed', error: 'oh' }),
      completion(of(2), { endedAt: T0 + 900, state: 'CANCELLED', outcome: 'cancelled' }),
    ]);
    await store.settleRuns('n1', [{ runId: ids[3] ?? '', to: 'SKIPPED', reason: 'limit' }], T0 + 9);
    expect((await findJob(store, 'a')).stats).toEqual({
      successCount: 1,
      failureCount: 1,
      cancelledCount: 1,
      skippedCount: 1,
      lastStartedAt: T0,
      lastEndedAt: T0 + 900,
      lastState: 'CANCELLED',
      lastError: null,
      durationMsTotal: 150,
    });
  },

  'a cancellation ends what has not begun and asks what runs to stop': async (under) => {
    await begin(under);
    const { store, other } = under;
    await store.enqueueRuns([newRun({ id: 'e-2' })], T0);
    const cancel = () => other.cancelRuns(['e-1', 'e-2', 'e-9'], T0 + 3, 'overlap');
    const outcomes = [
      { runId: 'e-1', outcome: 'requested' },
      { runId: 'e-2', outcome: 'cancelled' },
      { runId: 'e-9', outcome: 'unknown' },
    ];
    expect(await cancel()).toEqual(outcomes);
    expect(await cancel()).toEqual(outcomes);
    expect((await other.cancelRuns(['e-2'], T0 + 4, 'request'))[0]?.outcome).toBe('finished');
    await other.cancelRuns(['e-1'], T0 + 4, 'request');
    expect(await findRun(store, 'e-1')).toMatchObject({
      state: 'RUNNING',
      cancelRequested: true,
      reason: 'overlap',
    });
    expect(await findRun(store, 'e-2')).toMatchObject({ state: 'CANCELLED', reason: 'overlap' });
    expect((await store.pollSignals('n1')).cancelRunIds).toEqual(['e-1']);
    expect((await store.pollSignals('n2')).cancelRunIds).toEqual([]);
  },

  'a run that was to be cancelled does not retry': async (under) => {
    await begin(under);
    const { store } = under;
    await store.cancelRuns(['e-1'], T0 + 3, 'request');
    const failed = completion(running, { ...retry, error: 'oh' });
    expect(await store.completeRuns([failed, failed])).toEqual(['accepted', 'accepted']);
    expect(await findRun(store, 'e-1')).toMatchObject({
      state: 'CANCELLED',
      reason: 'request',
      error: 'oh',
      failedCount: 1,
    });
    expect((await store.pollSignals('n1')).cancelRunIds).toEqual([]);
  },

  'a run that is cancelled between two attempts keeps the former ones': async (under) => {
    await begin(under);
    const { store } = under;
    await store.completeRuns([completion(running, retry)]);
    expect((await store.cancelRuns(['e-1'], T0 + 20, 'request'))[0]?.outcome).toBe('cancelled');
    const { attempts } = await store.readRun('e-1', { after: null, limit: 1 });
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['failed']);
  },

  'reports add output once and progress, under the right fence only': async (under) => {
    await begin(under);
    const { store, other } = under;
    const chunk = (seq: number) =>
      ({ attempt: 1, seq, at: T0, stream: 'stdout', text: `line ${seq}` }) as const;
    const report = { runId: 'e-1', fence: 1, progress: { done: 2 }, output: [chunk(1), chunk(0)] };
    expect(await store.reportRuns([report, { ...report, fence: 2 }])).toEqual([
      'accepted',
      'refused',
    ]);
    await store.reportRuns([{ runId: 'e-1', fence: 1, output: [chunk(1), chunk(2)] }]);
    expect(await findRun(other, 'e-1')).toMatchObject({ progress: { done: 2 } });
    const read = await other.readRun('e-1', { after: null, limit: 2 });
    expect(read.output).toEqual([chunk(0), chunk(1)]);
    expect(read.attempts).toMatchObject([{ attempt: 1, outcome: 'running', endedAt: null }]);
    const rest = await other.readRun('e-1', { after: { attempt: 1, seq: 1 }, limit: 2 });
    expect(rest.output).toEqual([chunk(2)]);
    await store.completeRuns([completion(running)]);
    expect(await store.reportRuns([report])).toEqual(['refused']);
    expect((await store.readRun('e-1', { after: null, limit: 9 })).output).toHaveLength(3);
  },

  'runs are listed live ones first, then the last ended, in pages': async (under) => {
    await begin(under);
    const { store } = under;
    await store.enqueueRuns(
      ['e-2', 'e-3', 'e-4'].map((id) => newRun({ id })),
      T0,
    );
    await store.cancelRuns(['e-3'], T0 + 1, 'request');
    await store.completeRuns([completion(running)]);
    const ids: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = await store.listRuns({}, { after, limit: 1 });
      ids.push(...page.runs.map(({ id }) => id));
      if (page.next === null) break;
      after = page.next;
    }
    expect(ids).toEqual(['e-4', 'e-2', 'e-1', 'e-3']);
    const wrong = store.listRuns({}, { after: 'x', limit: 1 });
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  },
};
