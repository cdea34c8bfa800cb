import type { Job } from '../../../tickwork/src/core/model/job.ts';
import { type RunReason, runId, type SkipRange } from '../../../tickwork/src/core/model/run.ts';
import { expect } from './expect.ts';
import type { StoreCases } from './store-case.ts';
import {
  completion,
  expectedOf,
  jobWrite,
  newRun,
  planWrite,
  positionAt,
  scheduledRun,
  T0,
} from './store-fixtures.ts';
import { findJob, findRun, join, plan, saveJob, start } from './store-steps.ts';

function skip(job: Job, fromAt: number, toAt: number, changes: Partial<SkipRange> = {}): SkipRange {
  const reason: RunReason = 'paused';
  const count = (toAt - fromAt) / 1000 + 1;
  return { jobId: job.id, fromAt, toAt, count, reason, decidedAt: T0, intoRunId: null, ...changes };
}

export const planCases: StoreCases = {
  'a step moves the cursor and stores its rows together': async ({ store, other }) => {
    const job = await saveJob(store, 'a');
    const run = scheduledRun(job, T0 + 1000, { startAt: T0 + 1300, input: null, priority: 7 });
    const write = planWrite(job, T0 + 1000, { runs: [{ ...run, nodeId: null }], at: T0 + 5 });
    expect(await store.planDue([write])).toEqual(['written']);
    expect(await findJob(other, 'a')).toMatchObject({
      cursorAt: T0 + 1000,
      nextFireAt: T0 + 2000,
      memory: { anchorAt: T0 + 1000 },
    });
    expect(await findRun(other, run.id)).toEqual({
      ...run,
      jobName: 'a',
      state: 'PENDING',
      reason: null,
      dueAt: T0 + 1300,
      waiting: false,
      limitKey: null,
      nodeId: null,
      fence: 0,
      attempt: 0,
      failedCount: 0,
      lostCount: 0,
      cancelRequested: false,
      progress: null,
      createdAt: T0 + 5,
      startedAt: null,
      endedAt: null,
      error: null,
      exitCode: null,
      result: null,
    });
  },

  'a resumption stores what it makes up for with the change, whole or not at all': async ({
    store,
    other,
  }) => {
    const job = await saveJob(store, 'a');
    const skips = [skip(job, T0 + 1000, T0 + 3000)];
    await store.planDue([planWrite(job, T0 + 3000, { skips })]);
    const at = await findJob(store, 'a');
    const made = { ...scheduledRun(job, T0 + 2000), id: runId.backfill(job.id, T0 + 2000, null) };
    const runs = [{ ...made, origin: 'backfill', nodeId: null } as const];
    const status = { status: 'active', reason: null, pausedUntilAt: null } as const;
    const write = planWrite(at, T0 + 3000, { runs, status });
    const late = { ...write, expected: { ...write.expected, cursorAt: T0 + 2000 } };
    expect(await store.planDue([late])).toEqual(['conflict']);
    expect(await store.findRuns([made.id])).toEqual([null]);
    expect(await store.planDue([write])).toEqual(['written']);
    expect(await findRun(other, made.id)).toMatchObject({ origin: 'backfill', state: 'PENDING' });
  },

  'of two nodes that plan the same instants one wins; nothing is stored twice': async ({
    store,
    other,
  }) => {
    const job = await saveJob(store, 'a');
    const runs = [{ ...scheduledRun(job, T0 + 1000), nodeId: null }];
    const write = planWrite(job, T0 + 1000, { runs });
    const answers = await Promise.all([store.planDue([write]), other.planDue([write])]);
    expect(answers.flat().sort()).toEqual(['conflict', 'written']);
    expect(await store.planDue([write])).toEqual(['conflict']);
    expect((await store.listRuns({}, { after: null, limit: 9 })).runs).toHaveLength(1);
  },

  'each entry stands for itself: a conflict writes nothing, the others all': async ({ store }) => {
    const a = await saveJob(store, 'a');
    const b = await saveJob(store, 'b');
    const stale = { ...a, revision: 9 };
    const writes = [
      planWrite(stale, T0 + 1000, { runs: [{ ...scheduledRun(a, T0 + 1000), nodeId: null }] }),
      planWrite(b, T0 + 1000, { runs: [{ ...scheduledRun(b, T0 + 1000), nodeId: null }] }),
    ];
    expect(await store.planDue(writes)).toEqual(['conflict', 'written']);
    expect(await findJob(store, 'a')).toEqual(a);
    expect((await store.listRuns({}, { after: null, limit: 9 })).runs).toHaveLength(1);
  },

  'an id that exists, live or finished, is not stored again': async ({ store }) => {
    await join(store);
    const job = await saveJob(store, 'a');
    const startup = (id: string) => ({
      ...newRun({ id, jobId: job.id, jobRevision: 1, origin: 'startup' }),
      nodeId: 'n1',
    });
    await store.planDue([planWrite(job, T0, { runs: [startup('live'), startup('done')] })]);
    await start(store, 'done');
    await store.completeRuns([completion({ runId: 'done', nodeId: 'n1', fence: 1 })]);
    const again = [startup('live'), startup('done')].map((run) => ({ ...run, priority: 50 }));
    expect(await store.planDue([planWrite(job, T0, { runs: again })])).toEqual(['written']);
    expect(await findRun(store, 'live')).toMatchObject({ priority: 0 });
    expect(await findRun(store, 'done')).toMatchObject({ state: 'SUCCESS', priority: 0 });
  },

  'a run can be born reserved, but not for a node that is gone': async ({ store }) => {
    await join(store, 'n1');
    await join(store, 'n2');
    await store.leaveNode('n2', T0);
    await saveJob(store, 'a');
    const [first] = await plan(store, 'a', [T0 + 1000], 'n1');
    const [second] = await plan(store, 'a', [T0 + 2000], 'n2');
    const [third] = await plan(store, 'a', [T0 + 3000], 'unknown');
    const nodes = await store.findRuns([first ?? '', second ?? '', third ?? '']);
    expect(nodes.map((run) => run?.nodeId)).toEqual(['n1', null, null]);
  },

  'scheduled runs outside of the step are refused and nothing is written': async ({ store }) => {
    const job = await saveJob(store, 'a');
    for (const fireAt of [T0, T0 + 1001]) {
      const runs = [{ ...scheduledRun(job, fireAt), nodeId: null }];
      const writes = [planWrite(job, T0 + 1000), planWrite(job, T0 + 1000, { runs })];
      await expect(store.planDue(writes)).rejects.toMatchObject({ code: 'BROKEN_INVARIANT' });
    }
    expect(await findJob(store, 'a')).toEqual(job);
  },

  'a plan made before a change of status is refused after it': async ({ store }) => {
    const job = await saveJob(store, 'a');
    const status = { status: 'disabled', reason: 'by hand', pausedUntilAt: null } as const;
    const supersede = { reason: 'superseded' } as const;
    expect(await store.planDue([planWrite(job, T0, { status, supersede })])).toEqual(['written']);
    expect(await store.planDue([planWrite(job, T0 + 1)])).toEqual(['conflict']);
  },

  'a change of status is written with the cursor and counts as a change of jobs': async ({
    store,
    other,
  }) => {
    const job = await saveJob(store, 'a');
    const before = await other.pollSignals('n1');
    const status = { status: 'paused', reason: 'by hand', pausedUntilAt: T0 + 9 } as const;
    const supersede = { reason: 'paused' } as const;
    await store.planDue([planWrite(job, T0, { status, supersede })]);
    expect(await findJob(store, 'a')).toMatchObject({
      status: 'paused',
      statusReason: 'by hand',
      pausedUntilAt: T0 + 9,
    });
    expect((await other.pollSignals('n1')).jobsVersion).toBeGreaterThan(before.jobsVersion);
  },

  'a range that goes on lengthens the last one, also over empty steps': async ({ store }) => {
    const step = async (cursorAt: number, skips: (job: Job) => SkipRange[]) => {
      const job = await findJob(store, 'a');
      await store.planDue([planWrite(job, cursorAt, { skips: skips(job) })]);
    };
    const { id } = await saveJob(store, 'a');
    await step(T0 + 2000, (job) => [skip(job, T0 + 1000, T0 + 2000)]);
    await step(T0 + 2500, () => []);
    await step(T0 + 4000, (job) => [skip(job, T0 + 3000, T0 + 4000, { decidedAt: T0 + 9 })]);
    await step(T0 + 5000, (job) => [skip(job, T0 + 5000, T0 + 5000, { reason: 'misfire' })]);
    const ranges = await store.listSkips(id, 0, T0 * 2, 9);
    expect(ranges.map(({ fromAt, toAt, count }) => [fromAt - T0, toAt - T0, count])).toEqual([
      [1000, 4000, 4],
      [5000, 5000, 1],
    ]);
    expect(ranges[0]?.decidedAt).toBe(T0 + 9);
    expect((await findJob(store, 'a')).stats.skippedCount).toBe(5);
  },

  'a range does not grow over a run that was planned between': async ({ store }) => {
    const { id } = await saveJob(store, 'a');
    let job = await findJob(store, 'a');
    await store.planDue([planWrite(job, T0 + 1000, { skips: [skip(job, T0 + 1000, T0 + 1000)] })]);
    await plan(store, 'a', [T0 + 2000]);
    job = await findJob(store, 'a');
    await store.planDue([planWrite(job, T0 + 3000, { skips: [skip(job, T0 + 3000, T0 + 3000)] })]);
    expect(await store.listSkips(id, 0, T0 * 2, 9)).toHaveLength(2);
  },

  'ranges that touch the bounds are listed, ascending': async ({ store }) => {
    const job = await saveJob(store, 'a');
    const run = { ...scheduledRun(job, T0 + 4000), nodeId: null };
    const skips = [skip(job, T0 + 1000, T0 + 3000), skip(job, T0 + 5000, T0 + 6000)];
    await store.planDue([planWrite(job, T0 + 6000, { runs: [run], skips })]);
    const found = async (fromAt: number, toAt: number) =>
      (await store.listSkips(job.id, T0 + fromAt, T0 + toAt, 9)).map(({ fromAt: at }) => at - T0);
    expect(await found(3000, 4999)).toEqual([1000]);
    expect(await found(3001, 4999)).toEqual([]);
    expect(await found(2000, 5000)).toEqual([1000, 5000]);
    expect(await found(6000, 9000)).toEqual([5000]);
    expect(await store.listSkips(job.id, 0, T0 * 2, 1)).toHaveLength(1);
  },

  'the end of a run re-arms a job that counts from it, unless it is due earlier': async ({
    store,
    other,
  }) => {
    await join(store);
    await saveJob(store, 'a', { rearmAfterMs: 5000, position: positionAt(T0, T0 + 1000) });
    const job = await findJob(store, 'a');
    const runs = [{ ...scheduledRun(job, T0 + 1000), nodeId: 'n1' }];
    const position = { ...positionAt(T0 + 1000, null) };
    await store.planDue([planWrite(job, T0 + 1000, { runs, position })]);
    const runId = runs[0]?.id ?? '';
    await start(store, runId, { at: T0 + 1000 });
    const before = await other.pollSignals('n1');
    const end = completion({ runId, nodeId: 'n1', fence: 1 }, { endedAt: T0 + 1700 });
    await store.completeRuns([end]);
    expect(await findJob(store, 'a')).toMatchObject({
      nextFireAt: T0 + 6700,
      memory: { endedAt: T0 + 1700 },
    });
    expect((await other.pollSignals('n1')).jobsVersion).toBeGreaterThan(before.jobsVersion);
    // The planner writes the position, never the end of the last run.
    const later = await findJob(store, 'a');
    await store.planDue([
      planWrite(later, T0 + 2000, { position: positionAt(T0 + 2000, T0 + 3000) }),
    ]);
    const [second] = await plan(store, 'a', [T0 + 2500], 'n1');
    await store.settleRuns(
      'n1',
      [{ runId: second ?? '', to: 'SKIPPED', reason: 'overlap' }],
      T0 + 9000,
    );
    expect(await findJob(store, 'a')).toMatchObject({
      nextFireAt: T0 + 3500,
      memory: { endedAt: T0 + 9000 },
    });
  },

  'what was decided before the end of a run does not undo its re-arming': async ({ store }) => {
    await join(store);
    await saveJob(store, 'a', { rearmAfterMs: 5000, position: positionAt(T0, T0 + 1000) });
    const job = await findJob(store, 'a');
    const position = positionAt(T0 + 1000, null);
    const runs = [{ ...scheduledRun(job, T0 + 1000), nodeId: 'n1' }];
    await store.planDue([planWrite(job, T0 + 1000, { runs, position })]);
    const runId = runs[0]?.id ?? '';
    await start(store, runId, { at: T0 + 1000 });
    const before = await findJob(store, 'a');
    const end = completion({ runId, nodeId: 'n1', fence: 1 }, { endedAt: T0 + 1700 });
    await store.completeRuns([end]);
    const rest = { fromAt: T0, toAt: T0 + 1000, reason: 'by hand' };
    for (const changes of [{}, { skipWindows: [rest] }]) {
      const stale = planWrite(before, T0 + 1000, { position, ...changes });
      expect(await store.planDue([stale])).toEqual(['conflict']);
    }
    const edit = jobWrite('a', { expected: expectedOf(before), position, rearmAfterMs: 5000 });
    expect(await store.saveJobs([edit])).toEqual(['conflict']);
    expect(await findJob(store, 'a')).toMatchObject({ nextFireAt: T0 + 6700, skipWindows: [] });
    const after = planWrite(await findJob(store, 'a'), T0 + 1000, { position });
    expect(await store.planDue([after])).toEqual(['written']);
  },

  'skipWindows stay until they are written again, and take back what lies in them': async (
    under,
  ) => {
    const { store, other } = under;
    await saveJob(store, 'a');
    const ids = await plan(store, 'a', [T0 + 1, T0 + 2, T0 + 3]);
    const rest = { fromAt: T0 + 2, toAt: T0 + 2, reason: 'quiet' };
    const supersede = { reason: 'paused', note: 'quiet', within: rest } as const;
    const job = await findJob(store, 'a');
    const write = planWrite(job, T0 + 3, { skipWindows: [rest], supersede });
    expect(await store.planDue([write])).toEqual(['written']);
    expect(await findJob(other, 'a')).toMatchObject({ skipWindows: [rest] });
    const found = await other.findRuns(ids);
    expect(found.map((run) => run?.state)).toEqual(['PENDING', 'SKIPPED', 'PENDING']);
    expect(found[1]).toMatchObject({ reason: 'paused', error: 'quiet' });
    await store.planDue([planWrite(await findJob(store, 'a'), T0 + 9)]);
    expect(await findJob(other, 'a')).toMatchObject({ skipWindows: [rest] });
    await store.planDue([planWrite(await findJob(store, 'a'), T0 + 9, { skipWindows: [] })]);
    expect(await findJob(other, 'a')).toMatchObject({ skipWindows: [] });
  },

  'ranges with another note are other ranges': async ({ store, other }) => {
    await saveJob(store, 'a');
    for (const [i, note] of ['x', 'x', 'y'].entries()) {
      const job = await findJob(store, 'a');
      const at = T0 + i + 1;
      const range = {
        jobId: job.id,
        fromAt: at,
        toAt: at,
        count: 1,
        reason: 'paused',
        note,
      } as const;
      const skips = [{ ...range, decidedAt: T0, intoRunId: null }];
      await store.planDue([planWrite(job, at, { skips })]);
    }
    const { id } = await findJob(store, 'a');
    expect(await other.listSkips(id, 0, T0 + 9, 9)).toMatchObject([
      { fromAt: T0 + 1, toAt: T0 + 2, count: 2, note: 'x' },
      { fromAt: T0 + 3, toAt: T0 + 3, count: 1, note: 'y' },
    ]);
  },
};
