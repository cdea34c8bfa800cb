import { EngineWorld, WORLD_BEGAN_AT } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';
import type { JobInput } from '../declaration/job-input.ts';

const HOUR = 3_600_000;

interface Case {
  readonly name: string;
  readonly misfire: JobInput['misfire'];
  readonly fates: readonly string[];
  /** Of each attempt: its instant, and for how many others it stood. */
  readonly ran: readonly string[];
  /** `from-to count reason` */
  readonly skips: readonly string[];
}

/** A job each 10 s; nothing runs from 25 s to 64.5 s: five instants, four of them missed. */
const cases: readonly Case[] = [
  {
    name: 'skip passes over what is missed',
    misfire: 'skip',
    fates: ['10000 SUCCESS', '20000 SUCCESS', '70000 SUCCESS'],
    ran: ['10000+0', '20000+0', '70000+0'],
    skips: ['30000-60000 4 misfire'],
  },
  {
    name: 'fire-once runs the latest for all',
    misfire: 'fire-once',
    fates: ['10000 SUCCESS', '20000 SUCCESS', '60000 SUCCESS', '70000 SUCCESS'],
    ran: ['10000+0', '20000+0', '60000+3', '70000+0'],
    skips: ['30000-50000 3 coalesced'],
  },
  {
    name: 'fire-once leaves out what is older than the maximum age',
    misfire: { mode: 'fire-once', maxAge: '20s' },
    fates: ['10000 SUCCESS', '20000 SUCCESS', '60000 SUCCESS', '70000 SUCCESS'],
    ran: ['10000+0', '20000+0', '60000+1', '70000+0'],
    skips: ['30000-40000 2 misfire', '50000-50000 1 coalesced'],
  },
  {
    name: 'fire-once runs none when all are older than the maximum age',
    misfire: { mode: 'fire-once', maxAge: '2s' },
    fates: ['10000 SUCCESS', '20000 SUCCESS', '70000 SUCCESS'],
    ran: ['10000+0', '20000+0', '70000+0'],
    skips: ['30000-60000 4 misfire'],
  },
  {
    name: 'fire-all runs each, oldest first',
    misfire: 'fire-all',
    fates: [10, 20, 30, 40, 50, 60, 70].map((s) => `${s * 1000} SUCCESS`),
    ran: [10, 20, 30, 40, 50, 60, 70].map((s) => `${s * 1000}+0`),
    skips: [],
  },
  {
    name: 'fire-all keeps to its cap and takes the newest',
    misfire: { mode: 'fire-all', maxRuns: 2 },
    fates: [10, 20, 50, 60, 70].map((s) => `${s * 1000} SUCCESS`),
    ran: [10, 20, 50, 60, 70].map((s) => `${s * 1000}+0`),
    skips: ['30000-40000 2 limit'],
  },
  {
    name: 'fire-all leaves out what is older than the maximum age',
    misfire: { mode: 'fire-all', maxAge: '15s' },
    fates: [10, 20, 50, 60, 70].map((s) => `${s * 1000} SUCCESS`),
    ran: [10, 20, 50, 60, 70].map((s) => `${s * 1000}+0`),
    skips: ['30000-40000 2 misfire'],
  },
  {
    name: 'a long grace makes nothing missed',
    misfire: { mode: 'skip', grace: '1m' },
    fates: [10, 20, 30, 40, 50, 60, 70].map((s) => `${s * 1000} SUCCESS`),
    ran: [10, 20, 30, 40, 50, 60, 70].map((s) => `${s * 1000}+0`),
    skips: [],
  },
];

describe('misfire', () => {
  it.each(cases)('$name', async ({ misfire, fates, ran, skips }) => {
    const world = new EngineWorld().task('work');
    const first = await world.start();
    const overlap = 'queue-all';
    await first.scheduler.job('j', {
      ...{ every: '10s', task: 'work', overlap },
      ...(misfire ? { misfire } : {}),
    });
    await world.to(25_000);
    await world.during(first.scheduler.stop());
    await world.to(64_500);
    await world.start();
    await world.to(71_500);
    expect(await world.fates('j')).toEqual(fates);
    expect(world.calls.map(({ fireAt, coalesced }) => `${fireAt}+${coalesced}`)).toEqual(ran);
    const ranges = (await world.skips('j')).map(({ fromAt, toAt, count, reason }) => {
      return `${fromAt - WORLD_BEGAN_AT}-${toAt - WORLD_BEGAN_AT} ${count} ${reason}`;
    });
    expect(ranges).toEqual(skips);
    expect(await world.problems()).toEqual([]);
  });

  it('goes on with a delay whose instant was missed and passed over', async () => {
    const world = new EngineWorld().task('work');
    const first = await world.start();
    const job = { every: '10s', from: 'end', task: 'work', misfire: 'skip' } as const;
    await first.scheduler.job('j', job);
    await world.to(12_000);
    await world.during(first.scheduler.stop());
    await world.to(64_500);
    await world.start();
    await world.to(96_000);
    expect(world.calls.map(({ fireAt }) => fireAt)).toEqual([1, 10_001, 74_500, 84_500, 94_500]);
    expect(await world.problems()).toEqual([]);
  });

  it('names the run that stands for the coalesced ones', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = world.node();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(35_000);
    await scheduler.start();
    await world.to(36_000);
    const [run] = await world.runs('j');
    expect(run).toMatchObject({ fireAt: WORLD_BEGAN_AT + 30_000, coalescedCount: 2 });
    expect(await world.skips('j')).toMatchObject([{ count: 2, intoRunId: run?.id }]);
  });

  it('coalesces rows that were planned ahead by a node that died', async () => {
    const world = new EngineWorld().task('work');
    const first = await world.start();
    await first.scheduler.job('j', { every: '1s', task: 'work', overlap: 'queue-one' });
    await world.to(4_500);
    first.crash();
    await world.to(30_200);
    await world.start();
    await world.to(32_500);
    expect(await world.fates('j')).toEqual([
      ...[1, 2, 3, 4].map((s) => `${s * 1000} SUCCESS`),
      '5000 SKIPPED coalesced',
      '6000 SKIPPED coalesced',
      '7000 SKIPPED coalesced',
      '29000 SUCCESS',
      ...[30, 31, 32].map((s) => `${s * 1000} SUCCESS`),
    ]);
    const [caughtUp] = world.calls.filter(({ fireAt }) => fireAt === 29_000);
    expect(caughtUp?.coalesced).toBe(24);
    expect(await world.problems()).toEqual([]);
  });

  it.each(['skip', 'fire-once', 'fire-all'] as const)(
    'catches up 2.5 days of a job each second by %s, in several steps',
    async (mode) => {
      const world = new EngineWorld().task('work');
      const { scheduler } = world.node();
      const misfire = { mode, maxAge: '30h', maxRuns: 50 };
      await scheduler.job('j', { every: '1s', task: 'work', misfire, overlap: 'allow' });
      await world.to(60 * HOUR + 500);
      await scheduler.start();
      await world.pass(3_000);
      expect(await world.problems()).toEqual([]);
      const counts = new Map<string, number>();
      for (const { reason, count } of await world.skips('j')) {
        counts.set(reason, (counts.get(reason) ?? 0) + count);
      }
      // 60 h = 216,000 instants, of which those of 30 h are young; a few come meanwhile.
      const young = 30 * 3600;
      const byMode = {
        skip: { misfire: 60 * 3600 - 1 },
        'fire-once': { misfire: 60 * 3600 - young, coalesced: young - 2 },
        'fire-all': { misfire: 60 * 3600 - young, limit: young - 51 },
      };
      expect(Object.fromEntries(counts)).toEqual(byMode[mode]);
      if (mode === 'fire-once') {
        const [caughtUp] = world.calls;
        expect(caughtUp).toMatchObject({ coalesced: young - 2 });
      }
    },
  );

  it('does not judge manual and enqueued runs by it', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = world.node();
    await scheduler.job('j', { manual: true, task: 'work', misfire: 'skip' });
    await scheduler.runNow('j');
    await scheduler.enqueue('work', null, { policies: { misfire: 'skip' } });
    await world.to(HOUR);
    await scheduler.start();
    await world.pass(1_000);
    expect(world.calls).toHaveLength(2);
  });

  it('runs a one-off instant of the downtime once', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = world.node();
    await scheduler.job('j', { once: WORLD_BEGAN_AT + 10_000, task: 'work' });
    await world.to(HOUR);
    await scheduler.start();
    await world.pass(60_000);
    expect(await world.fates('j')).toEqual(['10000 SUCCESS']);
    expect(await world.problems()).toEqual([]);
  });
});
