import { compiled } from '@tickwork/verify/engine/compiled.ts';
import { storedJob } from '@tickwork/verify/engine/stored-job.ts';
import { storedRun } from '@tickwork/verify/engine/stored-run.ts';
import { describe, expect, it } from 'vitest';
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { PlanWrite, WriteOutcome } from '../ports/job-store.ts';
import { advanceMemory } from '../trigger/advance-memory.ts';
import { Planner } from './planner.ts';

const SECOND = { kind: 'interval', everyMs: 1_000 } as const;

interface World {
  now: number;
  jobs: Job[];
  overdue: Run[];
  readonly written: PlanWrite[][];
  readonly conflicts: number[];
  readonly planned: string[];
  readonly broken: string[];
  unknown: number;
  outcome: (write: PlanWrite) => WriteOutcome;
  fails: boolean;
  finds: number;
}

/** A planner over jobs in a list, whose writes are applied. */
function setUp(jobs: Job[]): { readonly planner: Planner; readonly world: World } {
  const world: World = {
    ...{ now: 0, jobs, overdue: [], written: [], conflicts: [], planned: [], broken: [] },
    ...{ unknown: 0, outcome: () => 'written', fails: false, finds: 0 },
  };
  const wakeOf = (job: Job): number => job.nextFireAt ?? Number.POSITIVE_INFINITY;
  const planner = new Planner({
    store: {
      async findDueJobs(until, limit) {
        world.finds += 1;
        const due = world.jobs.filter((job) => wakeOf(job) <= until);
        return due.sort((a, b) => wakeOf(a) - wakeOf(b) || a.id - b.id).slice(0, limit);
      },
      async nextDueAt() {
        const next = Math.min(...world.jobs.map(wakeOf));
        return Number.isFinite(next) ? next : null;
      },
      async planDue(writes) {
        if (world.fails) throw new Error('the store is down');
        world.written.push([...writes]);
        return writes.map((write) => {
          const outcome = world.outcome(write);
          const at = world.jobs.findIndex(({ id }) => id === write.expected.jobId);
          const job = world.jobs[at];
          if (job && outcome === 'written') world.jobs[at] = { ...job, ...write.position };
          return outcome;
        });
      },
      async findOverdue(ids) {
        return world.overdue.filter(({ jobId }) => ids.includes(jobId ?? -1));
      },
    },
    now: () => world.now,
    horizonMs: 2_000,
    factsOf: (job) => {
      if (job.name === 'broken') throw new Error('its calendar is gone');
      const trigger = compiled(job.definition.trigger, job.name);
      return {
        trigger,
        advance: (memory, fireAt) => advanceMemory(trigger, memory, fireAt),
        startAtOf: (fireAt) => fireAt,
        zoneVersion: 'z1',
      };
    },
    reserve: (runs) => runs.map((run, i) => ({ ...run, nodeId: i === 0 ? 'me' : null })),
    onPlanned: (job) => world.planned.push(job.name),
    onUnknown: () => {
      world.unknown += 1;
    },
    onConflict: (writes) => world.conflicts.push(writes.length),
    onBroken: (job, error) => world.broken.push(`${job.name}: ${(error as Error).message}`),
  });
  return { planner, world };
}

const job = (id: number, fields: Partial<Job> = {}): Job =>
  storedJob({ trigger: SECOND }, { id, name: `j${id}`, nextFireAt: 1_000, ...fields });

describe('Planner', () => {
  it('plans what is due within the horizon and says when to look again', async () => {
    const { planner, world } = setUp([job(1), job(2, { nextFireAt: 50_000 })]);
    // 3000 is the next instant that is beyond. It comes within the horizon at 1000, when others
    // are to start, and is planned when those of the second before have begun.
    expect(await planner.pass()).toBe(250);
    expect(world.written.map((writes) => writes.length)).toEqual([1]);
    expect(world.written[0]?.[0]?.runs.map(({ fireAt, nodeId }) => [fireAt, nodeId])).toEqual([
      [1_000, 'me'],
      [2_000, null],
    ]);
    expect(world.planned).toEqual(['j1']);
  });

  it('looks again after a quarter of a second at the soonest', async () => {
    const { planner, world } = setUp([job(1)]);
    world.now = 260;
    expect(await planner.pass()).toBe(1_200);
    world.now = 1_199;
    // Planned already up to 3000; 4000 comes within reach at 1200.
    expect(await planner.pass()).toBe(1_199 + 250);
  });

  it('says that nothing is ever due', async () => {
    const { planner } = setUp([job(1, { nextFireAt: null })]);
    expect(await planner.pass()).toBeNull();
  });

  it('takes many jobs in batches', async () => {
    const jobs = Array.from({ length: 1_201 }, (_, i) => job(i + 1));
    const { planner, world } = setUp(jobs);
    await planner.pass();
    expect(world.written.map((writes) => writes.length)).toEqual([500, 500, 201]);
    expect(world.planned).toHaveLength(1_201);
  });

  it('ends a pass with much left, and goes on at once, so that a stop need not wait', async () => {
    const { planner, world } = setUp(Array.from({ length: 5_200 }, (_, i) => job(i + 1)));
    world.now = 10;
    expect(await planner.pass()).toBe(10);
    expect(world.planned).toHaveLength(5_000);
    expect(await planner.pass()).toBeGreaterThan(10);
    expect(world.planned).toHaveLength(5_200);
  });

  it('ends a pass that moves nothing, however many jobs are near', async () => {
    const idle = { status: 'paused', nextFireAt: 1_000 } as const;
    const { planner, world } = setUp(Array.from({ length: 700 }, (_, i) => job(i + 1, idle)));
    expect(await planner.pass()).toBe(250);
    expect(world.written).toEqual([]);
    expect(world.finds).toBe(1);
  });

  it('lets others win: a lost comparison is told and nothing more', async () => {
    const { planner, world } = setUp([job(1), job(2)]);
    world.outcome = ({ expected }) => (expected.jobId === 1 ? 'conflict' : 'written');
    await planner.pass();
    expect(world.conflicts).toEqual([1]);
    expect(world.planned).toEqual(['j2']);
  });

  it('tells when it cannot know whether its rows were stored', async () => {
    const { planner, world } = setUp([job(1)]);
    world.fails = true;
    await expect(planner.pass()).rejects.toThrow('the store is down');
    expect(world.unknown).toBe(1);
    expect(world.planned).toEqual([]);
  });

  it('puts a broken job off for a minute and plans the others', async () => {
    const { planner, world } = setUp([job(1, { name: 'broken' }), job(2)]);
    world.now = 100;
    await planner.pass();
    expect(world.broken).toEqual(['broken: its calendar is gone']);
    expect(world.jobs[0]).toMatchObject({ cursorAt: 0, nextFireAt: 60_100 });
    expect(world.jobs[1]).toMatchObject({ cursorAt: 2_000 });
  });

  it('counts the overdue rows of a job into the run that stands for what was missed', async () => {
    const { planner, world } = setUp([job(1), job(2, { nextFireAt: 9_000, cursorAt: 8_000 })]);
    world.overdue = [storedRun({ fireAt: -2_000 }), storedRun({ fireAt: -1_000 })];
    world.now = 8_500;
    await planner.pass();
    const [first] = world.written.flat().filter(({ expected }) => expected.jobId === 1);
    // 1000 to 6000 are coalesced into 7000, and the two before.
    expect(first?.runs[0]).toMatchObject({ fireAt: 7_000, coalescedCount: 8 });
    const [second] = world.written.flat().filter(({ expected }) => expected.jobId === 2);
    expect(second?.runs[0]).toMatchObject({ fireAt: 9_000, coalescedCount: 0 });
  });

  it('does not count an overdue row whose start is still to come', async () => {
    const { planner, world } = setUp([job(1)]);
    world.overdue = [storedRun({ fireAt: -1_000, startAt: 9_000 })];
    world.now = 8_500;
    await planner.pass();
    expect(world.written[0]?.[0]?.runs[0]).toMatchObject({ fireAt: 7_000, coalescedCount: 6 });
  });
});
