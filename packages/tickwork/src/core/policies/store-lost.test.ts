import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

const JOB = { every: '1s', task: 'work', overlap: 'allow' } as const;

describe('an engine whose store was replaced by another one', () => {
  it('ends this life, stops what runs and starts nothing more', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(60_000));
    const node = await world.start();
    await node.scheduler.job('j', JOB);
    await world.to(12_500);
    node.link.setTrouble('STORE_REPLACED');
    await world.to(16_000);
    const calls = world.calls.length;
    expect(world.calls.map(({ aborted }) => aborted)).toEqual(Array(calls).fill('FENCED'));
    await world.to(120_000);
    expect(world.calls).toHaveLength(calls);
    const told = world.events.filter(({ name }) => name === 'store.lost');
    expect(told).toMatchObject([{ code: 'STORE_REPLACED', message: expect.any(String) }]);
    expect(world.events.filter(({ name }) => name === 'loop.error')).toEqual([]);
  });

  it('joins no more, even if the store answered again', async () => {
    const world = new EngineWorld().task('work');
    const node = await world.start();
    await node.scheduler.job('j', JOB);
    await world.to(3_500);
    node.link.setTrouble('STORE_REPLACED');
    await world.to(10_000);
    const calls = world.calls.length;
    node.link.setDown(false);
    await world.to(60_000);
    expect(world.calls).toHaveLength(calls);
  });

  it('can be stopped', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(60_000));
    const node = await world.start();
    await node.scheduler.job('j', JOB);
    await world.to(3_500);
    node.link.setTrouble('STORE_REPLACED');
    await world.during(node.scheduler.stop());
    expect(world.calls.every(({ to }) => to !== null)).toBe(true);
  });

  it('goes on after errors that prove nothing', async () => {
    const world = new EngineWorld().task('work');
    const node = await world.start();
    await node.scheduler.job('j', JOB);
    await world.to(3_500);
    node.link.setTrouble('STORE_UNAVAILABLE');
    await world.to(10_000);
    node.link.setDown(false);
    await world.to(30_000);
    expect(world.spans('j').length).toBeGreaterThan(15);
    expect(world.events.filter(({ name }) => name === 'store.lost')).toEqual([]);
  });
});
