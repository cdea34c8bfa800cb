import { EngineWorld, WORLD_BEGAN_AT } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

function ranges(skips: Awaited<ReturnType<EngineWorld['skips']>>): string[] {
  return skips.map(({ fromAt, toAt, count, reason, note }) => {
    const range = `${fromAt - WORLD_BEGAN_AT}-${toAt - WORLD_BEGAN_AT}`;
    return `${range} ${count} ${reason}: ${note ?? ''}`;
  });
}

describe('skipping instants to come', () => {
  it('passes over the next ones and goes on', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(12_000);
    const rest = await scheduler.skip('j', { next: 2, reason: 'moving house' });
    expect(rest).toMatchObject({
      ...{ fromAt: WORLD_BEGAN_AT + 20_000, toAt: WORLD_BEGAN_AT + 30_000 },
    });
    expect(await scheduler.stats('j')).toMatchObject({ nextRunAt: WORLD_BEGAN_AT + 40_000 });
    await world.to(52_000);
    expect(await world.fates('j')).toEqual(['10000 SUCCESS', '40000 SUCCESS', '50000 SUCCESS']);
    expect(ranges(await world.skips('j'))).toEqual(['20000-30000 2 paused: moving house']);
    expect(await world.problems()).toEqual([]);
  });

  it('takes back rows that are planned already', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '1s', task: 'work' });
    await world.to(1_500);
    await scheduler.skip('j', { next: 3, reason: 'quiet' });
    await world.to(6_500);
    const skipped = (await world.runs('j')).filter(({ state }) => state === 'SKIPPED');
    expect(skipped.length).toBeGreaterThan(0);
    for (const run of skipped) expect(run).toMatchObject({ reason: 'paused', error: 'quiet' });
    expect(world.calls.map(({ fireAt }) => fireAt)).toEqual([1000, 5000, 6000]);
    expect(await world.problems()).toEqual([]);
  });

  it('counts on from what is skipped already', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = world.node();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await scheduler.skip('j', { next: 1 });
    await scheduler.skip('j', { next: 2 });
    await scheduler.start();
    await world.to(45_000);
    expect(await world.fates('j')).toEqual(['40000 SUCCESS']);
    expect(await world.problems()).toEqual([]);
  });

  it('passes over a day in the zone of the job, with the misfire policy beside it', async () => {
    const world = new EngineWorld().task('work');
    const hour = 3_600_000;
    const { scheduler } = world.node();
    const when = { cron: '0 */6 * * *', zone: 'Asia/Tokyo' };
    await scheduler.job('j', {
      ...when,
      task: 'work',
      misfire: { mode: 'fire-all', maxAge: '9d' },
    });
    await scheduler.skip('j', { date: '2026-01-02', reason: 'holiday' });
    await world.to(45 * hour);
    await scheduler.start();
    await world.to(45 * hour + 10_000);
    // 2 January in Tokyo is 15:00 to 39:00 of this world's hours.
    const hours = (await world.fates('j')).map((fate) => Number(fate.split(' ')[0]) / hour);
    expect(hours).toEqual([3, 9, 39, 45]);
    expect(ranges(await world.skips('j'))).toEqual([`${15 * hour}-${33 * hour} 4 paused: holiday`]);
    expect(await world.problems()).toEqual([]);
  });

  it('outlives a pause and its end', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    const { fromAt, toAt } = await scheduler.skip('j', { next: 3, reason: 'holiday' });
    await scheduler.pause('j', { reason: 'disk' });
    await world.to(12_000);
    const job = await scheduler.resume('j');
    expect(job.skipWindows).toEqual([{ fromAt, toAt, reason: 'holiday' }]);
    expect(job.nextRunAt).toBe(toAt + 10_000);
    // A job that is active already keeps them, too.
    expect((await scheduler.resume('j')).skipWindows).toHaveLength(1);
    await world.to(45_000);
    expect(await world.fates('j')).toEqual(['40000 SUCCESS']);
    expect(ranges(await world.skips('j'))).toEqual([
      '10000-10000 1 paused: disk',
      '20000-30000 2 paused: holiday',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('is taken back by a resumption that lifts skips, and does not hold runs by hand', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await scheduler.skip('j', { next: 100 });
    await world.to(12_000);
    await scheduler.runNow('j');
    await scheduler.resume('j', { skips: true });
    await world.to(21_000);
    expect(await world.fates('j')).toEqual(['12000 SUCCESS', '20000 SUCCESS']);
    expect(await world.problems()).toEqual([]);
  });

  it.each([
    [{}],
    [{ next: 0 }],
    [{ next: 1.5 }],
    [{ date: '2026-02-30' }],
    [{ date: '2025-12-31' }],
    [{ next: 1, date: '2026-01-02' }],
  ])('refuses %j', async (options) => {
    const world = new EngineWorld().task('work');
    const { scheduler } = world.node();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await expect(scheduler.skip('j', options)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('of a job that only events fire is refused', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = world.node();
    await scheduler.job('j', { manual: true, task: 'work' });
    await expect(scheduler.skip('j', { next: 1 })).rejects.toMatchObject({
      message: expect.stringContaining('no instants to come'),
    });
  });
});

describe('the reason of a pause', () => {
  it('is kept with everything that is skipped for it', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(19_000);
    await scheduler.pause('j', { reason: 'the disk is full' });
    await world.to(45_000);
    const [, row] = await world.runs('j');
    expect(row).toMatchObject({ state: 'SKIPPED', reason: 'paused', error: 'the disk is full' });
    expect(ranges(await world.skips('j'))).toEqual(['30000-40000 2 paused: the disk is full']);
    expect(await world.problems()).toEqual([]);
  });
});
