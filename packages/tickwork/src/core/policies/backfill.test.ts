import { EngineWorld, WORLD_BEGAN_AT } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

const at = (seconds: number): number => WORLD_BEGAN_AT + seconds * 1000;

describe('a backfill', () => {
  it('makes up for what has no run, once, and for nothing else', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await world.to(100_000);
    await scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(125_000);
    const range = { from: at(80), to: at(120) };
    const first = await scheduler.backfill('j', range);
    expect(first).toMatchObject({ instantCount: 5, existingCount: 2 });
    expect(first.runIds).toHaveLength(3);
    const again = await scheduler.backfill('j', range);
    expect(again).toMatchObject({ instantCount: 5, existingCount: 5, runIds: [] });
    await world.to(128_000);
    const runs = (await world.runs('j')).filter((run) => run.origin === 'backfill');
    expect(runs.map(({ fireAt, state }) => `${fireAt - WORLD_BEGAN_AT} ${state}`)).toEqual([
      '80000 SUCCESS',
      '90000 SUCCESS',
      '100000 SUCCESS',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('leaves what is due but not planned yet to the plan', async () => {
    const world = new EngineWorld().task('work');
    const first = await world.start();
    const policies = { misfire: 'fire-all', overlap: 'queue-all' } as const;
    await first.scheduler.job('j', { every: '10s', task: 'work', ...policies });
    await world.to(25_000);
    first.crash();
    await world.to(65_000);
    const range = { from: at(0), to: at(70) };
    const made = await world.node().scheduler.backfill('j', range);
    expect(made).toMatchObject({ instantCount: 7, runIds: [expect.stringMatching(/-b-/)] });
    await world.start();
    await world.to(119_000);
    const fired = world.calls.map(({ fireAt }) => fireAt / 1000).sort((a, b) => a - b);
    expect(fired).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110]);
    expect(await world.problems()).toEqual([]);
  });

  it.each([
    ['their number', { runs: 2 }],
    ['their age', { age: '1m' }],
    ['their number, the failed ones apart', { runs: 2, failedRuns: 100 }],
  ])('runs nothing twice that is not kept any more for %s', async (_, retention) => {
    const world = new EngineWorld().task('work');
    const timings = { pruneEveryMs: 1_000 };
    const { scheduler } = await world.start({ timings });
    await world.to(100_000);
    await scheduler.job('j', { every: '10s', task: 'work', retention });
    const range = { from: at(50), to: at(90) };
    expect((await scheduler.backfill('j', range)).runIds).toHaveLength(5);
    await world.to(205_000);
    const own = { from: at(110), to: at(140) };
    expect((await scheduler.backfill('j', own)).runIds).toEqual([]);
    expect((await scheduler.backfill('j', range)).runIds).toEqual([]);
    const again = await scheduler.backfill('j', { ...range, force: true });
    expect(again.runIds).toHaveLength(5);
    await world.to(209_000);
    const counts = Map.groupBy(world.calls, ({ fireAt }) => fireAt / 1000);
    expect([...counts].filter(([, calls]) => calls.length > 1).map(([fireAt]) => fireAt)).toEqual([
      ...[50, 60, 70, 80, 90],
    ]);
  });

  it('makes up for what was passed over while older runs are not kept', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start({ timings: { pruneEveryMs: 1_000 } });
    await scheduler.job('j', { every: '10s', task: 'work', retention: { runs: 3 } });
    await world.to(105_000);
    await scheduler.pause('j');
    await world.to(135_000);
    await scheduler.resume('j', { catchUp: 'all' });
    await world.to(139_000);
    const fired = world.calls.map(({ fireAt }) => fireAt / 1000).filter((fireAt) => fireAt > 90);
    expect(fired).toEqual([100, 110, 120, 130]);
  });

  it('that is forced runs everything once more, as children', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(35_000);
    const range = { from: at(10), to: at(20), force: true };
    await scheduler.backfill('j', range);
    await scheduler.backfill('j', range);
    await world.to(38_000);
    const runs = await world.runs('j');
    const own = runs.filter((run) => run.origin === 'schedule').map(({ id }) => id);
    const made = runs.filter((run) => run.origin === 'backfill');
    expect(made.map(({ state }) => state)).toEqual(Array(4).fill('SUCCESS'));
    expect(new Set(made.map(({ parentId }) => parentId))).toEqual(new Set(own.slice(0, 2)));
    expect(await world.problems()).toEqual([]);
  });

  it('uses the revision that was in force', async () => {
    const world = new EngineWorld().task('work', (input) => input);
    const first = world.node();
    await first.scheduler.job('j', { every: '10s', task: 'work', input: 'old', tags: ['t'] });
    await first.scheduler.pause('j');
    await world.to(25_000);
    const second = world.node();
    await second.scheduler.job('j', { every: '20s', task: 'work', input: 'new' });
    await world.to(65_000);
    await second.scheduler.start();
    await second.scheduler.backfill('j', { from: at(0), to: at(70) });
    await world.to(68_000);
    const inputs = world.calls.map(({ fireAt, input }) => `${fireAt} ${String(input)}`);
    expect(inputs.sort()).toEqual(['0 old', '10000 old', '20000 old', '45000 new', '65000 new']);
  });

  it('runs one after another behind the job’s own runs', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(4_000));
    const { scheduler } = await world.start();
    const job = { every: '10s', task: 'work', overlap: 'queue-one' } as const;
    await world.to(50_000);
    await scheduler.job('j', job);
    await world.to(61_000);
    await scheduler.backfill('j', { from: at(10), to: at(50) });
    await world.to(100_000);
    const own = (await world.runs('j')).filter((run) => run.origin === 'schedule');
    expect(own.slice(0, 4).map(({ state }) => state)).toEqual(Array(4).fill('SUCCESS'));
    const spans = world.calls.map(({ from, to }) => [from, to ?? 0] as const);
    for (const [i, [from]] of spans.entries())
      expect(from).toBeGreaterThanOrEqual(spans[i - 1]?.[1] ?? 0);
    expect(world.calls.map(({ fireAt }) => fireAt / 1000)).toEqual([
      ...[60, 10, 20, 70, 30, 80, 40, 50, 90, 100],
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it.each([
    [
      'more instants than it may make up for',
      { every: '1s' },
      { from: 0, to: 20_000 },
      /10000 instants/,
    ],
    ['a trigger that only events fire', { manual: true }, { from: 0, to: 1 }, /depend on events/],
    [
      'a trigger that counts from the end',
      { every: '1s', from: 'end' },
      { from: 0, to: 1 },
      /events/,
    ],
    ['an empty range', { every: '1s' }, { from: 2, to: 1 }, /later than to/],
  ] as const)('refuses %s', async (_, trigger, { from, to }, message) => {
    const world = new EngineWorld().task('work');
    const { scheduler } = world.node();
    await scheduler.job('j', { ...trigger, task: 'work' });
    await world.to(21_000_000);
    const refused = scheduler.backfill('j', { from: at(from), to: at(to) });
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(message),
    });
  });
});

describe('a resumption', () => {
  async function paused(catchUp?: 'drop' | 'latest' | 'all') {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work', tags: ['night'] });
    // The instant of 20 s has its row when the pause begins.
    await world.to(19_000);
    await scheduler.pause('j', { reason: 'the disk is full' });
    await world.to(55_000);
    expect(await scheduler.pausedInstants('j')).toEqual({ fromAt: at(20), toAt: at(50), count: 4 });
    await scheduler.resume('j', catchUp === undefined ? {} : { catchUp });
    expect(await scheduler.pausedInstants('j')).toMatchObject({ count: 0 });
    await world.to(58_000);
    expect(await world.problems()).toEqual([]);
    const runs = (await world.runs('j')).filter((run) => run.origin === 'backfill');
    return runs.map(({ fireAt, coalescedCount: n }) => `${fireAt - WORLD_BEGAN_AT} ${n}`);
  }

  it.each([
    [undefined, []],
    ['drop', []],
    ['latest', ['50000 3']],
    ['all', ['20000 0', '30000 0', '40000 0', '50000 0']],
  ] as const)('with catchUp %s makes up for what was asked', async (catchUp, expected) => {
    expect(await paused(catchUp)).toEqual(expected);
  });

  it.each([
    ['all', [20, 30, 40, 50]],
    ['latest', [50]],
  ] as const)('with catchUp %s loses nothing whichever call fails', async (catchUp, expected) => {
    for (const mode of ['before', 'after'] as const) {
      for (let n = 1, failed = true; failed; n++) {
        const world = new EngineWorld().task('work');
        const { scheduler, link } = await world.start();
        await scheduler.job('j', { every: '10s', task: 'work' });
        await world.to(19_000);
        await scheduler.pause('j');
        await world.to(55_000);
        link.failCall(n, mode);
        failed = await scheduler.resume('j', { catchUp }).then(
          () => false,
          () => true,
        );
        link.disarm();
        if (failed) await scheduler.resume('j', { catchUp });
        await world.to(59_000);
        const made = world.calls.map(({ fireAt }) => fireAt / 1000).filter((fireAt) => fireAt > 10);
        expect([mode, n, ...made]).toEqual([mode, n, ...expected]);
        expect(await world.problems()).toEqual([]);
      }
    }
  });

  it('of all jobs with a tag leaves the others alone', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    for (const [name, tags] of Object.entries({ a: ['night'], b: ['day'], c: ['day', 'night'] })) {
      await scheduler.job(name, { every: '10s', task: 'work', tags });
    }
    const status = async () => (await scheduler.jobs()).map((job) => job.status).join(' ');
    expect(await scheduler.pauseTagged('night', { reason: 'works' })).toEqual(['a', 'c']);
    expect(await status()).toBe('paused active paused');
    expect(await scheduler.resumeTagged('night')).toEqual(['a', 'c']);
    expect(await status()).toBe('active active active');
  });
});
