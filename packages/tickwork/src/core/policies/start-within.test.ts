import { EngineWorld, WORLD_BEGAN_AT } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

describe('a time within which runs must start', () => {
  it('skips what found no free slot in time', async () => {
    const world = new EngineWorld().task('long', (_, { sleep }) => sleep(20_000)).task('work');
    const { scheduler } = await world.start({ concurrency: { function: 1 } });
    await scheduler.job('long', { every: '30s', limit: 1, task: 'long' });
    const rest = { every: '10s', startAt: '2026-01-01T00:00:31Z', limit: 3, task: 'work' };
    await scheduler.job('j', { ...rest, startWithin: '5s', misfire: { grace: '1m' } });
    await world.to(62_000);
    expect(await world.fates('j')).toEqual([
      '31000 SKIPPED too-late',
      '41000 SKIPPED too-late',
      '51000 SUCCESS',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('skips what waited too long for its predecessor', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(25_000));
    const { scheduler } = await world.start();
    const policies = { overlap: 'queue-all', startWithin: '20s' } as const;
    await scheduler.job('j', { every: '10s', limit: 3, task: 'work', ...policies });
    await world.to(70_000);
    expect(await world.fates('j')).toEqual([
      '10000 SUCCESS',
      '20000 SUCCESS',
      '30000 SKIPPED too-late',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('lets the next one of the queue in at once when it passes one over', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(33_000));
    const { scheduler } = await world.start();
    const policies = { overlap: 'queue-all', startWithin: '4s' } as const;
    await scheduler.job('j', { every: '10s', limit: 4, task: 'work', ...policies });
    await world.to(80_000);
    expect(await world.fates('j')).toEqual([
      '10000 SUCCESS',
      '20000 SKIPPED too-late',
      '30000 SKIPPED too-late',
      '40000 SUCCESS',
    ]);
    const last = (await world.runs('j')).at(-1);
    expect((last?.startedAt ?? 0) - WORLD_BEGAN_AT).toBeLessThan(43_100);
  });

  it('counts enqueued runs from when they may start, and no further attempts', async () => {
    const world = new EngineWorld().task('work', (_, { attempt }) => attempt > 1);
    const { scheduler } = world.node();
    const policies = { startWithin: '5s', retry: { attempts: 1, delay: '10s' } };
    await scheduler.enqueue('work', 'soon', { policies });
    await scheduler.enqueue('work', 'later', { policies, runAt: WORLD_BEGAN_AT + 9_000 });
    await world.to(8_000);
    await scheduler.start();
    await world.to(30_000);
    const states = (await world.runs()).map(({ state, reason }) => `${state} ${reason}`);
    expect(states).toEqual(['SKIPPED too-late', 'SUCCESS null']);
  });
});
