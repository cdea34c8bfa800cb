import { describe, expect, it } from 'vitest';
import { createTestScheduler, type TestScheduler } from '../../testing/manual-scheduler.ts';
import type { JobInput } from '../declaration/job-input.ts';
import type { Job } from '../model/job.ts';
import type { Node } from '../model/node.ts';
import type { Run } from '../model/run.ts';
import type { Store } from '../ports/store.ts';
import type { StoreFault } from '../ports/upkeep-store.ts';

interface Lies {
  job?: (job: Job) => Partial<Job>;
  run?: (run: Run) => Partial<Run>;
  node?: (node: Node) => Partial<Node>;
  clockMs?: number;
  faults?: StoreFault[];
}

const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 86_400_000;

/** A scheduler on a store whose rows can be falsified: each ailment is proven to be found. */
async function world(job: object = { every: '1m' }): Promise<TestScheduler & { lies: Lies }> {
  const lies: Lies = {};
  const test = await createTestScheduler({
    timings: { pollEveryMs: 10_000 },
    wrapStore: (inner): Store => ({
      ...inner,
      listJobs: async (...args) =>
        (await inner.listJobs(...args)).map((each) => ({ ...each, ...lies.job?.(each) })),
      listRuns: async (...args) => {
        const page = await inner.listRuns(...args);
        return { ...page, runs: page.runs.map((run) => ({ ...run, ...lies.run?.(run) })) };
      },
      listNodes: async (...args) =>
        (await inner.listNodes(...args)).map((node) => ({ ...node, ...lies.node?.(node) })),
      examine: async () => lies.faults ?? [],
      readClock: async () => (await inner.readClock()) + (lies.clockMs ?? 0),
    }),
  });
  test.scheduler.task('work', () => test.sleep('30s'));
  await test.scheduler.job('job', { task: 'work', ...job } as JobInput);
  await test.advanceBy('10m15s');
  return { ...test, lies };
}

async function kinds(test: TestScheduler): Promise<string[]> {
  const { ailments } = await test.scheduler.diagnose();
  return [...new Set(ailments.map((each) => each.kind))];
}

const running = (change: (run: Run) => Partial<Run>) => (run: Run) =>
  run.state === 'RUNNING' ? change(run) : {};

describe('diagnose', () => {
  it('finds nothing in a store that is well', async () => {
    const test = await world();
    await test.scheduler.job('paused', { every: '1m', task: 'work' });
    await test.scheduler.pause('paused');
    await test.scheduler.job('off', { every: '1m', task: 'work', status: 'disabled' });
    await test.scheduler.job('end', { every: '1m', from: 'end', task: 'work' });
    await test.advanceBy('10m15s');
    const told = await test.scheduler.diagnose();
    expect(told.ailments).toEqual([]);
    expect(told).toMatchObject({ jobCount: 4, upNodeCount: 1, storeKind: 'memory' });
    expect(told.finishedRunCount).toBeGreaterThan(15);
  });

  it.each<[string, (lies: Lies) => void]>([
    [
      'cursor-ahead',
      (lies) => {
        lies.job = (job) => ({ cursorAt: job.cursorAt + YEAR_MS, nextFireAt: null });
      },
    ],
    [
      'overdue-job',
      (lies) => {
        lies.job = (job) => ({ nextFireAt: job.cursorAt - MINUTE_MS });
      },
    ],
    [
      'missed-instant',
      (lies) => {
        lies.job = () => ({ nextFireAt: null });
      },
    ],
    [
      'missed-instant',
      (lies) => {
        lies.job = (job) => ({ nextFireAt: (job.nextFireAt ?? 0) + 1 });
      },
    ],
    [
      'counter-drift',
      (lies) => {
        lies.job = (job) => ({ stats: { ...job.stats, successCount: 1 } });
      },
    ],
    [
      'early-start',
      (lies) => {
        lies.run = (run) => ({ startedAt: run.startedAt === null ? null : run.startAt - 1 });
      },
    ],
    [
      'lost-run',
      (lies) => {
        lies.run = running(() => ({ nodeId: 'gone' }));
      },
    ],
    [
      'overrun',
      (lies) => {
        lies.run = running((run) => ({ startedAt: run.startAt, startAt: 0 }));
        lies.job = () => ({});
      },
    ],
    [
      'too-many-attempts',
      (lies) => {
        lies.run = running(() => ({ lostCount: 3 }));
      },
    ],
    [
      'too-many-attempts',
      (lies) => {
        lies.run = running(() => ({ failedCount: 4 }));
      },
    ],
    [
      'unknown-state',
      (lies) => {
        lies.run = running(() => ({ state: 'LIMBO' as never }));
      },
    ],
    [
      'wrong-id',
      (lies) => {
        lies.run = running(() => ({ id: 'foreign' }));
      },
    ],
    [
      'expired-node',
      (lies) => {
        lies.node = (node) => ({ leaseUntil: node.leaseUntil - YEAR_MS });
      },
    ],
    [
      'clock-set-back',
      (lies) => {
        lies.clockMs = 5000;
      },
    ],
  ])('finds %s', async (kind, falsify) => {
    // Two minutes are long past for a run that may take ten seconds.
    const test = await world(kind === 'overrun' ? { every: '1m', timeout: '10s' } : undefined);
    if (kind === 'overrun') {
      test.lies.run = (run) =>
        run.state === 'SUCCESS' || run.state === 'FAILED' || run.startedAt === null
          ? {}
          : { startedAt: run.startedAt - 10 * MINUTE_MS, attempt: 2 };
      await test.advanceBy('50s');
    } else falsify(test.lies);
    expect(await kinds(test)).toContain(kind);
  });

  it('finds two active runs of one job', async () => {
    const test = await world();
    test.lies.run = (run) => (run.state === 'SKIPPED' ? {} : { state: 'RUNNING', endedAt: null });
    const { ailments } = await test.scheduler.diagnose();
    expect(ailments.find((each) => each.kind === 'overlap')?.message).toMatch(/runs are active/);
  });

  it('finds what waits for nobody, and what nobody takes', async () => {
    const test = await world();
    const pending = { state: 'PENDING', attempt: 0, endedAt: null, nodeId: null } as const;
    test.lies.run = (run) =>
      run.state === 'RUNNING' ? { ...pending, waiting: true, dueAt: run.dueAt - MINUTE_MS } : {};
    expect(await kinds(test)).toEqual(['waiting-alone']);
    test.lies.run = running((run) => ({ ...pending, dueAt: run.dueAt - MINUTE_MS }));
    expect(await kinds(test)).toEqual(['unclaimed']);
    test.lies.run = running(() => ({ ...pending, nodeId: 'gone' }));
    expect(await kinds(test)).toEqual(['stale-reservation']);
    test.lies.run = running((run) => ({
      ...pending,
      nodeId: run.nodeId,
      dueAt: run.dueAt - MINUTE_MS,
    }));
    expect(await kinds(test)).toEqual(['overdue-run']);
    test.lies.run = running(() => ({ ...pending, jobId: 99, origin: 'manual' }));
    expect(await kinds(test)).toEqual(['orphan-run']);
  });

  it('tells that no node is up, and of calendars that are gone', async () => {
    const test = await world();
    await test.close();
    await test.advanceBy('5m');
    expect((await kinds(test)).sort()).toEqual(['no-node', 'overdue-job', 'unclaimed']);
    test.lies.job = (job) => {
      const trigger = { ...job.definition.trigger, calendar: 'gone' };
      return { revision: 99, definition: { ...job.definition, trigger } };
    };
    expect(await kinds(test)).toContain('broken-trigger');
  });

  it('tells of jobs that run after a name that no job has', async () => {
    const test = await world();
    await test.scheduler.job('report', { after: 'jop', task: 'work' });
    const { ailments } = await test.scheduler.diagnose();
    expect(ailments.map(({ kind }) => kind)).toEqual(['unknown-job']);
    expect(ailments[0]?.message).toContain('"jop"');
  });

  it('counts no node as up whose lease has ended, as after a kill', async () => {
    const test = await world();
    expect((await test.scheduler.diagnose()).upNodeCount).toBe(1);
    test.lies.node = ({ leaseUntil }) => ({ leaseUntil: leaseUntil - 60 * MINUTE_MS });
    const told = await test.scheduler.diagnose();
    expect(told.upNodeCount).toBe(0);
    expect(told.ailments.map(({ kind }) => kind)).toContain('no-node');
    expect(told.ailments.map(({ kind }) => kind)).toContain('expired-node');
  });

  it('tells what the store finds wrong with itself, and what a repair would do', async () => {
    const test = await world();
    const fault = { jobName: null, runId: null, message: 'It is so.' };
    test.lies.faults = [
      { ...fault, code: 'STORE_FULL', repair: null },
      { ...fault, code: 'STORE_CORRUPT', repair: null },
      { ...fault, code: 'STORE_CORRUPT', jobName: 'job', repair: 'Takes the former one.' },
    ];
    const { ailments, jobCount } = await test.scheduler.diagnose();
    expect(ailments.map(({ kind, jobName }) => [kind, jobName])).toEqual([
      ['store-refuses-writes', null],
      ['store-damaged', null],
      ['store-repairable', 'job'],
    ]);
    expect(ailments[2]?.message).toContain('Takes the former one.');
    expect(jobCount).toBe(1);
  });

  it('answers with these alone where nothing else can be read', async () => {
    const test = await world();
    const damaged = { jobName: null, runId: null, message: 'A table is missing.', repair: null };
    test.lies.faults = [{ ...damaged, code: 'STORE_CORRUPT' }];
    test.lies.job = () => {
      throw new Error('no such table');
    };
    const { ailments, notes } = await test.scheduler.diagnose();
    expect(ailments.map(({ kind }) => kind)).toEqual(['store-damaged']);
    expect(notes).toEqual(['Jobs and runs could not be read: no such table']);
    test.lies.faults = [];
    await expect(test.scheduler.diagnose()).rejects.toThrow('no such table');
  });

  it('says for each what to do, errors first', async () => {
    const test = await world();
    test.lies.job = () => ({ nextFireAt: null });
    test.lies.clockMs = 5000;
    const { ailments } = await test.scheduler.diagnose();
    expect(ailments.map((each) => each.severity)).toEqual(['error', 'warning']);
    for (const { repair } of ailments) expect(repair).toMatch(/\.$/);
  });
});
