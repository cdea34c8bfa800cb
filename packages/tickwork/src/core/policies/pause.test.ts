import { EngineWorld, WORLD_BEGAN_AT } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

const RESTART = { overlap: 'queue-one' } as const;

function ranges(skips: Awaited<ReturnType<EngineWorld['skips']>>): string[] {
  return skips.map(({ fromAt, toAt, count, reason }) => {
    return `${fromAt - WORLD_BEGAN_AT}-${toAt - WORLD_BEGAN_AT} ${count} ${reason}`;
  });
}

describe('a pause', () => {
  it('passes over its instants in one range and leaves what came before', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(25_000);
    const paused = await scheduler.pause('j', { reason: 'maintenance' });
    expect(paused).toMatchObject({ status: 'paused', statusReason: 'maintenance' });
    await world.to(75_000);
    const resumed = await scheduler.resume('j');
    expect(resumed).toMatchObject({ status: 'active', statusReason: null });
    await world.to(95_000);
    const ran = [10, 20, 80, 90].map((s) => `${s * 1000} SUCCESS`);
    expect(await world.fates('j')).toEqual(ran);
    expect(ranges(await world.skips('j'))).toEqual(['30000-70000 5 paused']);
    expect(await world.problems()).toEqual([]);
  });

  it('skips rows that were planned and not begun, and no running one', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(5_000));
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '1s', task: 'work', overlap: 'queue-all' });
    await world.to(2_500);
    await scheduler.pause('j');
    await world.to(20_500);
    expect(await world.fates('j')).toEqual([
      '1000 SUCCESS',
      '2000 SKIPPED paused',
      '3000 SKIPPED paused',
      '4000 SKIPPED paused',
      '5000 SKIPPED paused',
    ]);
    expect(ranges(await world.skips('j'))).toEqual(['6000-20000 15 paused']);
    expect(await world.problems()).toEqual([]);
  });

  it('lets a run wait for its next attempt and make it', async () => {
    const world = new EngineWorld().task('flaky', (_, { attempt }) => attempt > 1);
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'flaky' });
    await world.to(12_000);
    await scheduler.pause('j');
    await world.to(40_000);
    expect(await world.fates('j')).toEqual(['10000 SUCCESS']);
  });

  it('ends by itself at its instant', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(15_000);
    await scheduler.pause('j', { until: WORLD_BEGAN_AT + 40_000 });
    await world.to(61_000);
    expect(await scheduler.findJob('j')).toMatchObject({ status: 'active', pausedUntilAt: null });
    // The end of the pause belongs to the pause.
    const ran = [10, 50, 60].map((s) => `${s * 1000} SUCCESS`);
    expect(await world.fates('j')).toEqual(ran);
    expect(ranges(await world.skips('j'))).toEqual(['20000-40000 3 paused']);
    expect(await world.problems()).toEqual([]);
  });

  it('that ended while no node was up leaves what came after to the misfire policy', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = world.node();
    await scheduler.job('j', { every: '10s', task: 'work', ...RESTART });
    await world.to(5_000);
    await scheduler.pause('j', { until: WORLD_BEGAN_AT + 40_000 });
    await world.to(95_000);
    await scheduler.start();
    await world.to(101_000);
    expect(await world.fates('j')).toEqual(['90000 SUCCESS', '100000 SUCCESS']);
    expect(ranges(await world.skips('j'))).toEqual([
      '10000-40000 4 paused',
      '50000-80000 4 coalesced',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('survives a restart', async () => {
    const world = new EngineWorld().task('work');
    const first = await world.start();
    await first.scheduler.job('j', { every: '10s', task: 'work' });
    await first.scheduler.pause('j');
    await world.during(first.scheduler.stop());
    const second = await world.start();
    await second.scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(45_000);
    expect(await second.scheduler.findJob('j')).toMatchObject({ status: 'paused' });
    expect(world.calls).toEqual([]);
    expect(await world.problems()).toEqual([]);
  });

  it('of a job that counts from the end of its runs starts the count anew', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(2_000));
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', from: 'end', task: 'work' });
    await world.to(3_000);
    await scheduler.pause('j');
    await world.to(30_000);
    await scheduler.resume('j');
    await world.to(45_000);
    expect(world.calls.map(({ from }) => from)).toEqual([1, 30_000, 42_000]);
  });

  it('of a disabled job is refused', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = world.node();
    await scheduler.job('j', { every: '10s', task: 'work', status: 'disabled' });
    await expect(scheduler.pause('j')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('of many jobs each second does not keep the planner busy', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler, link } = await world.start();
    const source = { kind: 'api', id: '' } as const;
    const jobs = Array.from({ length: 600 }, (_, i) => [`j${i}`, { every: '1s', task: 'work' }]);
    await scheduler.applyJobs(source, Object.fromEntries(jobs));
    await scheduler.job('active', { every: '1s', task: 'work' });
    for (let i = 0; i < 600; i++) await scheduler.pause(`j${i}`);
    link.calls = [];
    await world.pass(10_000);
    expect(link.calls.filter((name) => name === 'planDue').length).toBeLessThan(200);
    expect(world.calls.length).toBeGreaterThanOrEqual(9);
    expect(await world.problems()).toEqual([]);
  });
});

describe('disabling', () => {
  it('leaves no rows for what is not in force', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(15_000);
    await scheduler.disable('j');
    await world.to(55_000);
    await scheduler.resume('j');
    await world.to(75_000);
    expect(await world.fates('j')).toEqual(['10000 SUCCESS', '60000 SUCCESS', '70000 SUCCESS']);
    expect(await world.skips('j')).toEqual([]);
    expect(await world.problems()).toEqual([]);
  });

  it('supersedes rows that were planned', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '1s', task: 'work' });
    await world.to(1_500);
    await scheduler.disable('j');
    await world.to(30_000);
    expect(await world.fates('j')).toEqual([
      '1000 SUCCESS',
      '2000 SKIPPED superseded',
      '3000 SKIPPED superseded',
      '4000 SKIPPED superseded',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('by hand is kept when the job is declared again', async () => {
    const world = new EngineWorld().task('work');
    const first = world.node();
    await first.scheduler.job('j', { every: '10s', task: 'work' });
    await first.scheduler.disable('j', { reason: 'broken' });
    const second = world.node();
    const job = await second.scheduler.job('j', { every: '20s', task: 'work' });
    expect(job).toMatchObject({ status: 'disabled', statusReason: 'broken', revision: 2 });
  });

  it('where it is declared ends where it is declared', async () => {
    const world = new EngineWorld().task('work');
    const input = { every: '10s', task: 'work' } as const;
    await world.node().scheduler.job('j', { ...input, status: 'disabled' });
    const job = await world.node().scheduler.job('j', input);
    expect(job).toMatchObject({ status: 'active', statusReason: null });
  });
});

describe('removing a job', () => {
  it('supersedes what has not begun and lets the running run end', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(5_000));
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '1s', task: 'work', overlap: 'queue-all' });
    await world.to(2_500);
    await scheduler.remove('j');
    await world.to(20_000);
    expect(await world.fates('j')).toEqual([
      '1000 SUCCESS',
      '2000 SKIPPED superseded',
      '3000 SKIPPED superseded',
      '4000 SKIPPED superseded',
      '5000 SKIPPED superseded',
    ]);
    expect(await world.problems()).toEqual([]);
    await expect(scheduler.findJob('j')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });

  it('lets the name be used again, by another job', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '1s', task: 'work' });
    await world.to(2_500);
    await scheduler.remove('j');
    const again = await scheduler.job('j', { every: '10s', task: 'work' });
    expect(again.revision).toBe(1);
    await world.to(30_000);
    expect(world.calls.map(({ from }) => from)).toEqual([1000, 2000, 12_500, 22_500]);
    expect(await world.problems()).toEqual([]);
  });
});
