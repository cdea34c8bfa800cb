import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

const HOUR = 3_600_000;

describe('a clock that is set', () => {
  it('forward is a downtime: missed instants follow the misfire policy', async () => {
    const world = new EngineWorld({ clock: 'process' }).task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10m', task: 'work' });
    await world.to(15 * 60_000);
    world.clock.step(2 * HOUR);
    await world.pass(60_000);
    // 2:16 by the clock: ten, then the latest of those between 0:20 and 2:10.
    const MINUTE = 60_000;
    expect(world.calls.map(({ fireAt }) => fireAt / MINUTE)).toEqual([10, 130]);
    expect(world.calls[1]?.coalesced).toBe(11);
    expect(await world.ledgerProblems(2 * HOUR)).toEqual([]);
  });

  it.each([2_000, 30_000, HOUR, 48 * HOUR])(
    'back by %i ms fires nothing twice and nothing early',
    async (backMs) => {
      const world = new EngineWorld({ clock: 'process' }).task('work');
      const { scheduler } = await world.start();
      await scheduler.job('j', { every: '1s', task: 'work' });
      await world.to(10_500);
      world.clock.step(-backMs);
      await world.pass(60_000);
      const fired = world.calls.map(({ fireAt }) => fireAt);
      expect(new Set(fired).size).toBe(fired.length);
      expect(fired).toEqual([...fired].sort((a, b) => a - b));
    },
  );

  it('back does not stop timeouts and cancelling meanwhile', async () => {
    const world = new EngineWorld({ clock: 'process' });
    world.task('slow', (_, { sleep }) => sleep(600_000));
    const { scheduler } = await world.start();
    const retry = false;
    const first = await scheduler.enqueue('slow', null, { policies: { timeout: '20s', retry } });
    const second = await scheduler.enqueue('slow', null, { policies: { timeout: false, retry } });
    await world.to(10_000);
    world.clock.step(-HOUR);
    await world.to(15_000);
    await scheduler.cancel(second.runId);
    await world.to(40_000);
    expect((await scheduler.findRun(second.runId)).run.state).toBe('CANCELLED');
    expect((await scheduler.findRun(first.runId)).run).toMatchObject({
      state: 'FAILED',
      reason: 'timeout',
    });
    const [call] = world.calls;
    expect(call?.to).toBe(20_000);
  });

  it('of a node does not matter where the store has a clock of its own', async () => {
    const world = new EngineWorld({ clock: 'database' }).task('work');
    const { scheduler, clock } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(15_000);
    clock.step(5 * HOUR);
    await world.to(35_000);
    clock.step(-9 * HOUR);
    await world.to(61_000);
    expect(world.calls.map(({ from }) => from)).toEqual([
      10_000, 20_000, 30_000, 40_000, 50_000, 60_000,
    ]);
    expect(await world.problems()).toEqual([]);
  });
});
