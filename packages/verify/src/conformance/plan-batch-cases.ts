import type { Job } from '../../../tickwork/src/core/model/job.ts';
import type { NewRun, Run } from '../../../tickwork/src/core/model/run.ts';
import type { PlanWrite } from '../../../tickwork/src/core/ports/job-store.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import { expect } from './expect.ts';
import type { StoreCases } from './store-case.ts';
import {
  completion,
  jobWrite,
  newRun,
  planWrite,
  positionAt,
  scheduledRun,
  T0,
} from './store-fixtures.ts';
import { findJob, findRun, join, saveJob, start } from './store-steps.ts';

async function saveMany(store: Store, count: number): Promise<Job[]> {
  const names = Array.from({ length: count }, (_, index) => `job-${index}`);
  await store.saveJobs(names.map((name) => jobWrite(name)));
  return (await store.findJobs(names)).filter((job) => job !== null);
}

/** A step that plans one run of a job, 1 s after its cursor, for a node. */
function step(job: Job, nodeId: string | null, run: Partial<NewRun> = {}): PlanWrite {
  const fireAt = job.cursorAt + 1000;
  const runs = [{ ...scheduledRun(job, fireAt, run), nodeId }];
  return planWrite(job, fireAt, { runs });
}

/** What a step leaves behind: the job's next step begins there. */
function after(job: Job, write: PlanWrite): Job {
  return { ...job, ...write.position };
}

async function runsOf(store: Store): Promise<readonly Run[]> {
  return (await store.listRuns({}, { after: null, limit: 500 })).runs;
}

/** Steps of many jobs in one call, as the planner makes them. */
export const planBatchCases: StoreCases = {
  'of many steps each moves its own job and stores its own runs': async ({ store, other }) => {
    await join(store);
    const jobs = await saveMany(store, 130);
    const writes = jobs.map((job, i) => {
      const fireAt = T0 + 1000 + i;
      const run = scheduledRun(job, fireAt, {
        startAt: fireAt + (i % 3),
        handler: i % 4 === 0 ? 'script' : 'function:work',
        priority: i % 5,
      });
      const position = { ...positionAt(fireAt, fireAt + 60_000), zoneVersion: `z${i}` };
      const nodeId = i % 7 === 0 ? null : 'n1';
      return planWrite(job, fireAt, { runs: [{ ...run, nodeId }], position, at: T0 + 7 });
    });
    expect(await store.planDue(writes)).toEqual(writes.map(() => 'written'));
    const planned = writes.flatMap((write) => write.runs);
    expect(await other.findRuns(planned.map(({ id }) => id))).toMatchObject(
      planned.map((run) => ({ ...run, state: 'PENDING', dueAt: run.startAt, createdAt: T0 + 7 })),
    );
    const found = await other.findJobs(jobs.map(({ name }) => name));
    expect(found).toMatchObject(writes.map(({ position }) => position));
  },

  'conflicts between other steps write nothing and are told by their place': async ({ store }) => {
    await join(store);
    const jobs = await saveMany(store, 60);
    const stale = (job: Job, i: number): Job => {
      if (i % 10 === 3) return { ...job, revision: 2 };
      if (i % 10 === 5) return { ...job, cursorAt: T0 - 1000 };
      if (i % 10 === 7) return { ...job, status: 'paused' };
      return i % 10 === 9 ? { ...job, id: job.id + 1000 } : job;
    };
    const writes = jobs.map((job, i) => step(stale(job, i), 'n1'));
    const expected = jobs.map((_, i) => ([3, 5, 7, 9].includes(i % 10) ? 'conflict' : 'written'));
    expect(await store.planDue(writes)).toEqual(expected);
    const found = await store.findJobs(jobs.map(({ name }) => name));
    for (const [i, job] of jobs.entries()) {
      if (expected[i] === 'conflict') expect(found[i]).toEqual(job);
      else expect(found[i]?.cursorAt).toBe(T0 + 1000);
    }
    expect(await runsOf(store)).toHaveLength(36);
  },

  'two steps of one job in a batch follow each other; a repeated one is a conflict': async (
    under,
  ) => {
    const { store } = under;
    const job = await saveJob(store, 'a');
    const first = step(job, null);
    const second = step(after(job, first), null);
    expect(await store.planDue([first, first, second, second, first])).toEqual([
      ...['written', 'conflict', 'written', 'conflict', 'conflict'],
    ]);
    expect((await runsOf(store)).map(({ fireAt }) => fireAt).sort()).toEqual([
      ...[T0 + 1000, T0 + 2000],
    ]);
    expect((await findJob(store, 'a')).cursorAt).toBe(T0 + 2000);
  },

  'a step that takes back runs takes back those planned before it in the batch': async (under) => {
    const { store } = under;
    const [a, b] = [await saveJob(store, 'a'), await saveJob(store, 'b')];
    const plain = step(a, null);
    const status = { status: 'paused', reason: 'by hand', pausedUntilAt: null } as const;
    const supersede = { reason: 'paused' } as const;
    const pause = planWrite(after(a, plain), T0 + 1500, { status, supersede });
    const late = step(after(a, pause), null);
    const outcomes = await store.planDue([plain, step(b, null), pause, late]);
    // The last one was made while the job was active.
    expect(outcomes).toEqual(['written', 'written', 'written', 'conflict']);
    const states = new Map((await runsOf(store)).map((run) => [run.jobName, run.state]));
    expect(states).toEqual(
      new Map([
        ['a', 'SKIPPED'],
        ['b', 'PENDING'],
      ]),
    );
  },

  'a run between two ranges of a batch keeps them apart, an empty step does not': async (under) => {
    const { store } = under;
    const job = await saveJob(store, 'a');
    const skip = (at: Job): PlanWrite => {
      const fireAt = at.cursorAt + 1000;
      const range = { jobId: at.id, fromAt: fireAt, toAt: fireAt, count: 1, decidedAt: T0 };
      const skips = [{ ...range, reason: 'paused', intoRunId: null }] as const;
      return planWrite(at, fireAt, { skips });
    };
    const kinds = [skip, (at: Job) => planWrite(at, at.cursorAt + 1000), skip];
    const writes: PlanWrite[] = [];
    let at = job;
    for (const kind of [...kinds, (each: Job) => step(each, null), skip]) {
      const write = kind(at);
      writes.push(write);
      at = after(at, write);
    }
    expect(await store.planDue(writes)).toEqual(writes.map(() => 'written'));
    const ranges = await store.listSkips(job.id, 0, T0 * 2, 9);
    expect(ranges.map(({ fromAt, toAt }) => [fromAt - T0, toAt - T0])).toEqual([
      [1000, 3000],
      [5000, 5000],
    ]);
  },

  'ids that exist change nothing, wherever they stand in the batch': async ({ store }) => {
    await join(store);
    const jobs = await saveMany(store, 40);
    const startup = (job: Job, id: string, priority: number): PlanWrite => {
      const run = newRun({ id, jobId: job.id, jobRevision: 1, origin: 'startup', priority });
      return planWrite(job, job.cursorAt, { runs: [{ ...run, nodeId: 'n1' }] });
    };
    const [first] = jobs.map((job) => [startup(job, 'live', 1), startup(job, 'done', 1)]);
    await store.planDue(first ?? []);
    await start(store, 'done');
    await store.completeRuns([completion({ runId: 'done', nodeId: 'n1', fence: 1 })]);
    const writes = jobs.flatMap((job, i) => {
      const plain = step(job, 'n1');
      if (i === 20) return [plain, startup(after(job, plain), 'live', 50)];
      return i === 30 ? [startup(job, 'done', 50), plain] : [plain];
    });
    expect(await store.planDue(writes)).toEqual(writes.map(() => 'written'));
    expect(await findRun(store, 'live')).toMatchObject({ priority: 1 });
    expect(await findRun(store, 'done')).toMatchObject({ state: 'SUCCESS', priority: 1 });
    expect(await runsOf(store)).toHaveLength(42);
  },

  'a scheduled run that has ended is not stored again, whoever plans it': async ({ store }) => {
    await join(store);
    const [a, b, c] = [
      await saveJob(store, 'a'),
      await saveJob(store, 'b'),
      await saveJob(store, 'c'),
    ];
    const run = scheduledRun(a, T0 + 1000);
    await store.planDue([step(a, 'n1')]);
    await start(store, run.id);
    await store.completeRuns([completion({ runId: run.id, nodeId: 'n1', fence: 1 })]);
    const writes = [step(b, 'n1', run), step(c, 'n1', { id: run.id })];
    expect(await store.planDue(writes)).toEqual(['written', 'written']);
    expect(await runsOf(store)).toMatchObject([{ id: run.id, jobName: 'a', state: 'SUCCESS' }]);
  },

  'of two runs with one id in a batch the first one stands': async ({ store }) => {
    await join(store);
    const [a, b] = [await saveJob(store, 'a'), await saveJob(store, 'b')];
    const id = scheduledRun(a, T0 + 1000).id;
    const writes = [step(a, 'n1', { priority: 1 }), step(b, 'n1', { id, priority: 2 })];
    expect(await store.planDue(writes)).toEqual(['written', 'written']);
    expect(await runsOf(store)).toMatchObject([{ id, jobName: 'a', priority: 1 }]);
  },

  'runs that carry more than an instant are stored whole among those that do not': async (
    under,
  ) => {
    const { store, other } = under;
    await join(store);
    const jobs = await saveMany(store, 8);
    const extras: Partial<NewRun>[] = [
      {},
      { coalescedCount: 3 },
      { input: { deep: [1] } },
      {},
      { parentId: 'parent' },
      { input: null },
      { origin: 'backfill' },
      {},
    ];
    const writes = jobs.map((job, i) => step(job, i === 3 ? null : 'n1', extras[i]));
    await store.planDue(writes);
    const planned = writes.flatMap(({ runs }) => runs);
    const found = await other.findRuns(planned.map(({ id }) => id));
    expect(found).toMatchObject(planned);
    expect(found.map((run) => run !== null && 'input' in run)).toEqual(
      extras.map((extra) => 'input' in extra),
    );
  },

  'reservations of a batch are kept for nodes that are up, dropped for others': async (under) => {
    const { store } = under;
    await join(store, 'n1');
    await join(store, 'n2');
    await store.leaveNode('n2', T0);
    const jobs = await saveMany(store, 9);
    const nodes = ['n1', 'n2', 'n1', null, 'unknown', 'n1', 'n2', null, 'n1'];
    const writes = jobs.map((job, i) => step(job, nodes[i] ?? null));
    await store.planDue(writes);
    const found = await store.findRuns(writes.flatMap(({ runs }) => runs.map(({ id }) => id)));
    expect(found.map((run) => run?.nodeId)).toEqual(
      nodes.map((nodeId) => (nodeId === 'n1' ? 'n1' : null)),
    );
    const claimed = await store.claimRuns({
      ...{ nodeId: 'n1', handlers: ['function:work'], until: T0 + 9000, limit: 50, now: T0 },
      recover: false,
    });
    expect(claimed).toHaveLength(5);
  },
};
