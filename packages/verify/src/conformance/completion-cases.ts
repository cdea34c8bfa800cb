import { type NewRun, runId } from '../../../tickwork/src/core/model/run.ts';
import type { Completion } from '../../../tickwork/src/core/ports/run-store.ts';
import { expect } from './expect.ts';
import type { StoreCases, StoreUnderTest } from './store-case.ts';
import { completion, newRun, planWrite, T0 } from './store-fixtures.ts';
import { claim, findJob, findRun, join, plan, saveJob, start } from './store-steps.ts';

const running = { runId: 'e_1', nodeId: 'n1', fence: 1 };
const retry = { state: 'RETRY', reason: 'error', outcome: 'failed', dueAt: T0 + 500 } as const;

/** Run `e_1`, running under fence 1 on n1. */
async function begin({ store }: StoreUnderTest): Promise<void> {
  await join(store);
  await store.enqueueRuns([newRun({ id: 'e_1' })], T0);
  await claim(store);
  await start(store, 'e_1');
}

export const completionCases: StoreCases = {
  'an accepted end moves the run to history and is accepted again': async (under) => {
    await begin(under);
    const { store, other } = under;
    const end = completion(running, { result: { n: [1] }, exitCode: 0 });
    expect(await store.completeRuns([end])).toEqual(['accepted']);
    expect(await other.completeRuns([end])).toEqual(['accepted']);
    expect(await findRun(store, 'e_1')).toMatchObject({
      state: 'SUCCESS',
      nodeId: 'n1',
      result: { n: [1] },
      endedAt: T0 + 10,
      exitCode: 0,
    });
    const failed = completion(running, { state: 'FAILED', outcome: 'failed' });
    const later = completion(running, { endedAt: T0 + 11 });
    expect(await store.completeRuns([failed, later])).toEqual(['refused', 'refused']);
    const { attempts } = await store.readRun('e_1', { after: null, limit: 1 });
    expect(attempts).toMatchObject([{ attempt: 1, fence: 1, outcome: 'success', nodeId: 'n1' }]);
  },

  'many runs start in order and end in whatever order': async ({ store }) => {
    await join(store);
    const ids = Array.from({ length: 12 }, (_, i) => `e-${String((i * 5) % 12).padStart(2, '0')}`);
    await store.enqueueRuns(
      ids.map((id) => newRun({ id })),
      T0,
    );
    const claimed = await claim(store, { startAt: T0, limit: 12 });
    expect(claimed).toEqual([...ids].sort());
    const ends = claimed.map((runId) => completion({ ...running, runId }));
    const shuffled = [...ends.slice(7).reverse(), ...ends.slice(0, 7)];
    expect(await store.completeRuns(shuffled)).toEqual(ids.map(() => 'accepted'));
    expect(await store.completeRuns(ends)).toEqual(ids.map(() => 'accepted'));
    const { runs } = await store.listRuns({}, { after: null, limit: 20 });
    const endedAs = shuffled.map(({ runId }) => runId).reverse();
    expect(runs.map(({ id, state }) => `${id} ${state}`)).toEqual(
      endedAs.map((id) => `${id} SUCCESS`),
    );
  },

  'an end is for its run, whatever stands where the run stood': async ({ store, other }) => {
    await join(store);
    const former = ['e-1', 'e-2', 'e-3'];
    await store.enqueueRuns(
      former.map((id) => newRun({ id })),
      T0,
    );
    await claim(store, { startAt: T0 });
    const ends = former.map((runId) => completion({ ...running, runId }));
    const failed = ends.map((end) => ({ ...end, state: 'FAILED' as const, error: 'oh' }));
    await other.completeRuns(failed.map((end) => ({ ...end, outcome: 'failed' as const })));
    await store.enqueueRuns(
      ['e-4', 'e-5', 'e-6'].map((id) => newRun({ id })),
      T0,
    );
    await claim(other, { startAt: T0 });
    expect(await store.completeRuns(ends)).toEqual(['refused', 'refused', 'refused']);
    expect(await findRun(store, 'e-5')).toMatchObject({ state: 'RUNNING', fence: 1 });
    expect(await findRun(store, 'e-2')).toMatchObject({ state: 'FAILED' });
  },

  'runs of many jobs start and end together as one by one': async ({ store }) => {
    await join(store);
    const at = T0 + 100;
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'delay']) {
      await saveJob(store, name, name === 'delay' ? { rearmAfterMs: 5000 } : {});
      ids.push(...(await plan(store, name, name === 'b' ? [at, at + 1] : [at], 'n1')));
    }
    const [a = '', b = '', later = '', c = '', delay = ''] = ids;
    const asked = [...ids, a].map((runId) => ({ runId, exclusive: true, attemptBefore: 0 }));
    const started = { outcome: 'started', fence: 1, attempt: 1 };
    const blocked = { outcome: 'blocked', activeRunIds: [b], waitingCount: 0 };
    const outcomes = await store.startRuns('n1', asked, T0 + 200);
    expect(outcomes).toEqual([started, started, blocked, started, started, started]);
    await store.settleRuns('n1', [{ runId: later, to: 'waiting' }], T0 + 200);
    expect(await claim(store)).toEqual([]);
    const ended = [c, b, delay, a];
    const times = { startedAt: T0 + 200, endedAt: T0 + 300 };
    const ends = ended.map((runId) => completion({ ...running, runId }, times));
    const accepted = 'accepted';
    expect(await store.completeRuns(ends)).toEqual([accepted, 'lets-in', accepted, accepted]);
    expect(await store.completeRuns(ends)).toEqual(ended.map(() => accepted));
    expect(await claim(store)).toEqual([later]);
    expect(await findJob(store, 'delay')).toMatchObject({ nextFireAt: T0 + 1100 });
    expect((await findJob(store, 'delay')).memory.endedAt).toBe(T0 + 300);
    for (const name of ['a', 'b', 'c', 'delay']) {
      const { stats } = await findJob(store, name);
      expect(stats).toMatchObject({ successCount: 1, lastState: 'SUCCESS', durationMsTotal: 100 });
      expect(stats.lastEndedAt).toBe(T0 + 300);
    }
  },

  'a wrong fence changes nothing': async (under) => {
    await begin(under);
    const { store } = under;
    const wrong = [0, 2].map((fence) => completion({ ...running, fence }));
    const unknown = completion({ ...running, runId: 'e_9' });
    expect(await store.completeRuns([...wrong, unknown])).toEqual([
      'refused',
      'refused',
      'refused',
    ]);
    expect(await findRun(store, 'e_1')).toMatchObject({ state: 'RUNNING' });
  },

  'a retry is unreserved until its instant; its late repetition stays accepted': async (under) => {
    await begin(under);
    const { store } = under;
    const failed = completion(running, { ...retry, error: 'no luck', exitCode: 3 });
    expect(await store.completeRuns([failed, failed])).toEqual(['accepted', 'accepted']);
    expect(await findRun(store, 'e_1')).toMatchObject({
      state: 'RETRY',
      nodeId: null,
      dueAt: T0 + 500,
      failedCount: 1,
      error: 'no luck',
      result: null,
    });
    expect(await claim(store, { until: T0 + 499 })).toEqual([]);
    expect(await claim(store, { until: T0 + 500 })).toEqual(['e_1']);
    expect(await start(store, 'e_1', { attemptBefore: 1 })).toMatchObject({ fence: 2, attempt: 2 });
    const byReaper = { ...failed, outcome: 'lost' } as const;
    expect(await store.completeRuns([failed, byReaper])).toEqual(['accepted', 'refused']);
    const end = completion({ ...running, fence: 2 }, { startedAt: T0 + 600, endedAt: T0 + 700 });
    expect(await store.completeRuns([end, failed])).toEqual(['accepted', 'accepted']);
    const { attempts } = await store.readRun('e_1', { after: null, limit: 1 });
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
      const { failedCount, lostCount } = await findRun(store, 'e_1');
      seen.push([failedCount, lostCount]);
      await claim(store);
      await start(store, 'e_1', { attemptBefore: fence });
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
    const end = completion(running, { followUps: [{ ...followUp, parentId: 'e_1' }] });
    await store.completeRuns([{ ...end, fence: 7 }]);
    expect(await store.findRuns(['f-1'])).toEqual([null]);
    await store.completeRuns([end, end]);
    expect(await findRun(store, 'f-1')).toMatchObject({
      state: 'PENDING',
      parentId: 'e_1',
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
    await store.enqueueRuns([newRun({ id: 'e_2' })], T0);
    const cancel = () => other.cancelRuns(['e_1', 'e_2', 'e_9'], T0 + 3, 'overlap');
    const outcomes = [
      { runId: 'e_1', outcome: 'requested' },
      { runId: 'e_2', outcome: 'cancelled' },
      { runId: 'e_9', outcome: 'unknown' },
    ];
    expect(await cancel()).toEqual(outcomes);
    expect(await cancel()).toEqual(outcomes);
    expect((await other.cancelRuns(['e_2'], T0 + 4, 'request'))[0]?.outcome).toBe('finished');
    await other.cancelRuns(['e_1'], T0 + 4, 'request');
    expect(await findRun(store, 'e_1')).toMatchObject({
      state: 'RUNNING',
      cancelRequested: true,
      reason: 'overlap',
    });
    expect(await findRun(store, 'e_2')).toMatchObject({ state: 'CANCELLED', reason: 'overlap' });
    expect((await store.pollSignals('n1')).cancelRunIds).toEqual(['e_1']);
    expect((await store.pollSignals('n2')).cancelRunIds).toEqual([]);
  },

  'a run that was to be cancelled does not retry': async (under) => {
    await begin(under);
    const { store } = under;
    await store.cancelRuns(['e_1'], T0 + 3, 'request');
    const failed = completion(running, { ...retry, error: 'oh' });
    expect(await store.completeRuns([failed, failed])).toEqual(['accepted', 'accepted']);
    expect(await findRun(store, 'e_1')).toMatchObject({
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
    expect((await store.cancelRuns(['e_1'], T0 + 20, 'request'))[0]?.outcome).toBe('cancelled');
    const { attempts } = await store.readRun('e_1', { after: null, limit: 1 });
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['failed']);
  },

  'reports add output once and progress, under the right fence only': async (under) => {
    await begin(under);
    const { store, other } = under;
    const chunk = (seq: number) =>
      ({ attempt: 1, seq, at: T0, stream: 'stdout', text: `line ${seq}` }) as const;
    const report = { runId: 'e_1', fence: 1, progress: { done: 2 }, output: [chunk(1), chunk(0)] };
    expect(await store.reportRuns([report, { ...report, fence: 2 }])).toEqual([
      'accepted',
      'refused',
    ]);
    await store.reportRuns([{ runId: 'e_1', fence: 1, output: [chunk(1), chunk(2)] }]);
    expect(await findRun(other, 'e_1')).toMatchObject({ progress: { done: 2 } });
    const read = await other.readRun('e_1', { after: null, limit: 2 });
    expect(read.output).toEqual([chunk(0), chunk(1)]);
    expect(read.attempts).toMatchObject([{ attempt: 1, outcome: 'running', endedAt: null }]);
    const rest = await other.readRun('e_1', { after: { attempt: 1, seq: 1 }, limit: 2 });
    expect(rest.output).toEqual([chunk(2)]);
    await store.completeRuns([completion(running)]);
    expect(await store.reportRuns([report])).toEqual(['refused']);
    expect((await store.readRun('e_1', { after: null, limit: 9 })).output).toHaveLength(3);
  },

  'runs are listed live ones first, then the last ended, in pages': async (under) => {
    await begin(under);
    const { store } = under;
    await store.enqueueRuns(
      ['e_2', 'e_3', 'e_4'].map((id) => newRun({ id })),
      T0,
    );
    await store.cancelRuns(['e_3'], T0 + 1, 'request');
    await store.completeRuns([completion(running)]);
    const ids: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = await store.listRuns({}, { after, limit: 1 });
      ids.push(...page.runs.map(({ id }) => id));
      if (page.next === null) break;
      after = page.next;
    }
    expect(ids).toEqual(['e_4', 'e_2', 'e_1', 'e_3']);
    const wrong = store.listRuns({}, { after: 'x', limit: 1 });
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  },

  'failures in a row are counted with the end, once, and forgotten by a success': async (under) => {
    const { store, other } = under;
    await join(store);
    await saveJob(store, 'a');
    const ids = await plan(store, 'a', [T0 + 1, T0 + 2, T0 + 3], 'n1');
    for (const [i, id] of ids.entries()) {
      await start(store, id);
      const end = completion({ runId: id, nodeId: 'n1', fence: 1 }, i < 2 ? failedEnd(null) : done);
      expect(await store.completeRuns([end])).toEqual(['accepted']);
      expect(await other.completeRuns([end])).toEqual(['accepted']);
      expect(await findJob(other, 'a')).toMatchObject({ failuresInRow: [1, 2, 0][i] });
    }
  },

  'the run after a failure is stored with it, and holds what is due before': async (under) => {
    const { store, other } = under;
    await join(store);
    const job = await saveJob(store, 'a');
    const [first = '', second = ''] = await plan(store, 'a', [T0 + 1, T0 + 9], 'n1');
    await start(store, first);
    const again = againAt(job.id, T0 + 10);
    await store.completeRuns([completion({ ...running, runId: first }, failedEnd(null, again))]);
    expect(await findRun(other, again.id)).toMatchObject({ state: 'PENDING', origin: 'failure' });
    expect(await findJob(other, 'a')).toMatchObject({ holdUntilAt: T0 + 10 });
    const held = { outcome: 'held', untilAt: T0 + 10 };
    expect(await start(other, second, { holdable: true })).toEqual(held);
    expect(await claim(store)).toEqual([again.id]);
    expect(await start(store, again.id, { holdable: true })).toMatchObject({ outcome: 'started' });
    // Who does not ask is not held, and a success ends the hold.
    expect(await start(store, second)).toMatchObject({ outcome: 'started' });
    await store.completeRuns([completion({ ...running, runId: second }, done)]);
    expect(await findJob(store, 'a')).toMatchObject({ failuresInRow: 0, holdUntilAt: null });
  },

  'the last failure of a row pauses the job, and its runs have the reason': async (under) => {
    const { store, other } = under;
    await join(store);
    const job = await saveJob(store, 'a');
    const [first = '', second = ''] = await plan(store, 'a', [T0 + 1, T0 + 9], 'n1');
    await start(store, first);
    const planned = planWrite(await findJob(store, 'a'), T0 + 20);
    const { jobsVersion } = await store.pollSignals('n1');
    const again = againAt(job.id, T0 + 10);
    await store.completeRuns([completion({ ...running, runId: first }, failedEnd(1, again))]);
    expect(await findJob(other, 'a')).toMatchObject({
      ...{ status: 'paused', statusReason: 'too often', pausedUntilAt: null, failuresInRow: 1 },
    });
    expect((await other.pollSignals('n1')).jobsVersion).toBeGreaterThan(jobsVersion);
    expect(await findRun(other, second)).toMatchObject({ state: 'SKIPPED', reason: 'paused' });
    expect(await other.findRuns([again.id])).toEqual([null]);
    const changes = await other.listChanges(job.id);
    expect(changes.at(-1)).toMatchObject({ status: 'paused', reason: 'too often', at: T0 + 10 });
    // Who planned the job before has not seen the pause.
    expect(await other.planDue([planned])).toEqual(['conflict']);
    const resumed = { status: 'active', reason: null, pausedUntilAt: null } as const;
    const resume = planWrite(await findJob(store, 'a'), T0 + 20, { status: resumed });
    expect(await store.planDue([resume])).toEqual(['written']);
    expect(await findJob(other, 'a')).toMatchObject({ status: 'active', failuresInRow: 0 });
  },
};

const done = { onJob: { kind: 'succeeded' } } as const;

function againAt(jobId: number, fireAt: number): NewRun {
  const id = runId.failure(jobId, fireAt);
  return newRun({ id, jobId, jobRevision: 1, origin: 'failure', fireAt });
}

function failedEnd(pauseAfter: number | null, again: NewRun | null = null): Partial<Completion> {
  const onJob = { kind: 'failed', pauseAfter, pauseReason: 'too often', again } as const;
  return { state: 'FAILED', reason: 'error', outcome: 'failed', onJob };
}
