import { EngineWorld, WORLD_BEGAN_AT } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

const MINUTE = 60_000;

/** A world whose task fails while `broken.yes`. */
function breakable() {
  const broken = { yes: true };
  return { broken, world: new EngineWorld().task('work', () => !broken.yes) };
}

describe('after a failure', () => {
  it('the job runs again after a while, not by its trigger', async () => {
    const { world, broken } = breakable();
    const { scheduler } = await world.start();
    const onFailure = { retryAfter: '5m' };
    await scheduler.job('j', { every: '10m', task: 'work', retry: false, onFailure });
    await world.to(10 * MINUTE + 1_000);
    expect(await scheduler.stats('j')).toMatchObject({ nextRunAt: WORLD_BEGAN_AT + 15 * MINUTE });
    broken.yes = false;
    await world.to(25 * MINUTE);
    expect(await world.fates('j')).toEqual([
      '600000 FAILED error',
      '900000 SUCCESS',
      '1200000 SUCCESS',
    ]);
    const [first, again] = await world.runs('j');
    expect(again).toMatchObject({ origin: 'failure', parentId: first?.id });
    expect(await world.job('j')).toMatchObject({ failuresInRow: 0, holdUntilAt: null });
    expect(await world.problems()).toEqual([]);
  });

  it('what its trigger asks for until then has its row', async () => {
    const { world } = breakable();
    const { scheduler } = await world.start();
    const policies = { retry: false, onFailure: { retryAfter: '24s' } } as const;
    await scheduler.job('j', { every: '10s', task: 'work', ...policies });
    await world.to(65_000);
    expect(await world.fates('j')).toEqual([
      '10000 FAILED error',
      '20000 SKIPPED backoff',
      '30000 SKIPPED backoff',
      '34000 FAILED error',
      '40000 SKIPPED backoff',
      '50000 SKIPPED backoff',
      '58000 FAILED error',
      '60000 SKIPPED backoff',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('only the last of a run’s attempts counts', async () => {
    const world = new EngineWorld().task('work', (_, { attempt }) => attempt === 3);
    const { scheduler } = await world.start();
    const policies = { retry: { attempts: 3, delay: '1s' }, onFailure: { retryAfter: '5s' } };
    await scheduler.job('j', { every: '10s', task: 'work', ...policies });
    await world.to(35_000);
    expect(await world.fates('j')).toEqual(['10000 SUCCESS', '20000 SUCCESS', '30000 SUCCESS']);
  });
});

describe('failures in a row', () => {
  const policies = { retry: false, onFailure: { retryAfter: '5m', pauseAfter: 3 } } as const;

  it('pause the job, with the reason and one event', async () => {
    const { world } = breakable();
    const { scheduler } = await world.start();
    await world.start();
    await scheduler.job('j', { every: '1h', task: 'work', ...policies });
    await world.to(3 * 60 * MINUTE + 1_000);
    expect((await world.fates('j')).slice(0, 3)).toEqual([
      '3600000 FAILED error',
      '3900000 FAILED error',
      '4200000 FAILED error',
    ]);
    expect(await world.job('j')).toMatchObject({ status: 'paused', failuresInRow: 3 });
    const reason = expect.stringContaining('3 failed runs in a row, the last:');
    expect(await world.job('j')).toMatchObject({ statusReason: reason });
    expect(world.told('job.status').filter(({ status }) => status === 'paused')).toHaveLength(1);
    expect(await world.skips('j')).toMatchObject([{ count: 2, reason: 'paused' }]);
    const [change] = (await world.store.listChanges((await world.job('j')).id)).slice(-1);
    expect(change).toMatchObject({ status: 'paused', reason });
    expect(await world.problems()).toEqual([]);
  });

  it('are counted anew after a success and after a resumption', async () => {
    const { world, broken } = breakable();
    const { scheduler } = await world.start();
    const { retryAfter: _none, ...counted } = policies.onFailure;
    await scheduler.job('j', { every: '10s', task: 'work', retry: false, onFailure: counted });
    await world.to(25_000);
    broken.yes = false;
    await world.to(35_000);
    broken.yes = true;
    await world.to(55_000);
    expect(await world.job('j')).toMatchObject({ status: 'active', failuresInRow: 2 });
    await world.to(65_000);
    expect(await world.job('j')).toMatchObject({ status: 'paused', failuresInRow: 3 });
    await scheduler.resume('j');
    expect(await world.job('j')).toMatchObject({ status: 'active', failuresInRow: 0 });
    await world.to(85_000);
    expect(await world.job('j')).toMatchObject({ status: 'active', failuresInRow: 2 });
    expect(await world.problems()).toEqual([]);
  });

  it('ignore runs by hand, but their success ends the hold', async () => {
    const { world, broken } = breakable();
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '1h', task: 'work', ...policies });
    await scheduler.runNow('j');
    await scheduler.runNow('j');
    await world.to(60 * MINUTE + 1_000);
    expect(await world.job('j')).toMatchObject({ failuresInRow: 1 });
    broken.yes = false;
    await scheduler.runNow('j');
    await world.to(60 * MINUTE + 2_000);
    expect(await world.job('j')).toMatchObject({ failuresInRow: 0, holdUntilAt: null });
  });

  it('count attempts that were lost for good', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(10 * MINUTE));
    const first = await world.start();
    const onFailure = { pauseAfter: 1 };
    const rest = { task: 'work', onNodeLoss: 'fail', onFailure, timeout: false } as const;
    await first.scheduler.job('j', { every: '10s', limit: 1, ...rest });
    await world.to(12_000);
    first.crash();
    await world.start();
    await world.to(60_000);
    expect(await world.fates('j')).toEqual(['10000 FAILED node-lost']);
    expect(await world.job('j')).toMatchObject({ status: 'paused', failuresInRow: 1 });
  });
});
