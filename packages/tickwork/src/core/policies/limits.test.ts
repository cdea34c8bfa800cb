import { EngineWorld, WORLD_BEGAN_AT } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';
import type { JobInput } from '../declaration/job-input.ts';

/** The largest number of calls that ran at one time, each with its weight. */
function peak(world: EngineWorld, weightOf: (jobName: string | null) => number = () => 1): number {
  const steps = world.calls.flatMap((call) => [
    [call.from, weightOf(call.jobName)] as const,
    [call.to ?? Number.POSITIVE_INFINITY, -weightOf(call.jobName)] as const,
  ]);
  steps.sort(([a, da], [b, db]) => a - b || da - db);
  let sum = 0;
  return Math.max(...steps.map(([, delta]) => (sum += delta)));
}

const work = { task: 'work', misfire: { grace: '10m' } } as const;

describe('runs with one key', () => {
  it('run so many at once, on any number of nodes, and each at last', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(3_000));
    // Two slots a node: four runs at once need two nodes at least.
    const slots = { concurrency: { function: 2 } };
    const { scheduler } = await world.start(slots);
    await world.start(slots);
    await world.start(slots);
    const policies = { concurrency: { key: 'tenant-{input.tenant}', max: 2 } };
    for (let i = 0; i < 12; i++) {
      await scheduler.enqueue('work', { tenant: i % 2 }, { policies });
    }
    await world.pass(500);
    const waiting = (await world.runs()).filter(({ state }) => state === 'PENDING');
    expect(waiting).toHaveLength(8);
    for (const run of waiting) expect(run.reason).toBe('concurrency');
    expect(new Set(waiting.map((run) => run.limitKey))).toEqual(
      new Set(['key:tenant-0', 'key:tenant-1']),
    );
    await world.pass(15_000);
    expect((await world.runs()).map(({ state }) => state)).toEqual(Array(12).fill('SUCCESS'));
    expect(peak(world)).toBe(4);
    expect(world.nodes.some(({ name }) => world.calls.every(({ node }) => node === name))).toBe(
      false,
    );
    expect(await world.problems()).toEqual([]);
  });

  it('wait without keeping anybody busy', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(60_000));
    const { scheduler, link } = await world.start();
    for (let i = 0; i < 50; i++) {
      await scheduler.enqueue('work', null, { policies: { concurrency: 1 } });
    }
    await world.pass(2_000);
    link.calls = [];
    await world.pass(50_000);
    expect(link.calls.filter((name) => name === 'startRuns')).toEqual([]);
    expect(world.calls).toHaveLength(1);
  });

  it('give their room back when their node is lost, and hold it in no retry', async () => {
    const world = new EngineWorld().task('work', (_, { sleep, attempt }) =>
      attempt === 1 ? sleep(600_000) : true,
    );
    const first = await world.start();
    const policies = { concurrency: 1, timeout: '5s', retry: { attempts: 1, delay: '30s' } };
    await first.scheduler.enqueue('work', 1, { policies });
    await first.scheduler.enqueue('work', 2, { policies });
    // The first waits for its next attempt, and the second runs meanwhile.
    await world.to(7_000);
    expect(world.calls.map(({ input }) => input)).toEqual([1, 2]);
    first.crash();
    await world.start();
    await world.to(120_000);
    expect((await world.runs()).map(({ state }) => state)).toEqual(['SUCCESS', 'SUCCESS']);
  });

  it('of one job do not pile up: the waiting one is its run', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(25_000));
    const { scheduler } = await world.start();
    const policies = { concurrency: { key: 'shared', max: 1 } };
    await scheduler.job('a', { every: '60s', limit: 1, ...work, ...policies });
    const rest = { every: '10s', startAt: '2026-01-01T00:01:05Z', limit: 3, ...work };
    await scheduler.job('b', { ...rest, ...policies });
    await world.to(70_000);
    expect(await world.fates('b')).toEqual(['65000 PENDING concurrency']);
    await world.to(120_000);
    expect(await world.fates('b')).toEqual([
      '65000 SUCCESS',
      '75000 SKIPPED overlap',
      '85000 SKIPPED overlap',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('that are cancelled, or paused while they wait, let the next one through', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(5_000));
    const { scheduler } = await world.start();
    const policies = { concurrency: { key: 'k', max: 1 } };
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) {
      ids.push((await scheduler.enqueue('work', i, { policies })).runId);
      await world.pass(10);
    }
    await world.pass(1_000);
    await scheduler.cancel(ids[1] ?? '');
    await world.pass(30_000);
    expect(world.calls.map(({ input }) => input)).toEqual([0, 2, 3]);
  });
});

describe('a pool', () => {
  it('is never fuller than its size, whatever the weights, and nobody starves', async () => {
    const world = new EngineWorld({ pools: { db: 4 } }).task('work', (_, { sleep }) =>
      sleep(4_000),
    );
    const { scheduler } = await world.start();
    await world.start();
    const weights: Readonly<Record<string, number>> = { a: 1, b: 2, c: 3, d: 4 };
    for (const [name, weight] of Object.entries(weights)) {
      await scheduler.job(name, { every: '20s', ...work, pool: 'db', weight });
    }
    await world.to(200_000);
    expect(peak(world, (name) => weights[name ?? ''] ?? 0)).toBeLessThanOrEqual(4);
    for (const name of Object.keys(weights)) {
      const ran = (await world.fates(name)).filter((fate) => fate.endsWith('SUCCESS'));
      expect(ran.length).toBeGreaterThanOrEqual(8);
    }
    expect(await world.problems(60_000)).toEqual([]);
  });

  it.each([
    [{ pool: 'disk' }, /known are: db/],
    [{ pool: 'db', weight: 5 }, /from 1 to 4/],
    [{ weight: 2 }, /without a pool/],
    [{ concurrency: { key: 'x' } }, /lacks max/],
    [{ concurrency: 0 }, /from 1/],
    [{ rate: { max: 1 } }, /lacks per/],
    [{ rate: { max: 1, per: '1m', key: '' } }, /1 to 200/],
  ] as const)('and limits are refused as %j', async (policies, message) => {
    const { scheduler } = new EngineWorld({ pools: { db: 4 } }).task('work').node();
    const refused = scheduler.job('j', { every: '10s', task: 'work', ...policies } as JobInput);
    await expect(refused).rejects.toMatchObject({ message: expect.stringMatching(message) });
  });
});

describe('a rate', () => {
  it('spreads starts over windows in their order, and says so', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await world.start();
    const policies = { rate: { max: 3, per: '10s', key: 'mail' } };
    for (let i = 0; i < 8; i++) await scheduler.enqueue('work', i, { policies });
    await world.pass(2_000);
    const waiting = (await world.runs()).filter(({ state }) => state === 'PENDING');
    expect(
      waiting.map(({ reason, dueAt }) => `${reason} ${dueAt - WORLD_BEGAN_AT}`).sort(),
    ).toEqual([...Array(3).fill('rate 10000'), ...Array(2).fill('rate 20000')]);
    await world.to(40_000);
    const windows = world.calls.map(({ from }) => Math.floor(from / 10_000));
    expect(windows.sort()).toEqual([0, 0, 0, 1, 1, 1, 2, 2]);
    expect(await world.problems()).toEqual([]);
  });

  it('counts further attempts too', async () => {
    const world = new EngineWorld().task('work', () => false);
    const { scheduler } = await world.start();
    const policies = { rate: { max: 1, per: '10s' }, retry: { attempts: 2, delay: '1s' } };
    await scheduler.enqueue('work', null, { policies });
    await world.to(60_000);
    expect(world.calls.map(({ from }) => Math.floor(from / 10_000))).toEqual([0, 1, 2]);
  });
});
