import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';
import { createTestScheduler } from '../../testing/manual-scheduler.ts';
import type { Json } from '../base/json.ts';

const long = (world: EngineWorld): EngineWorld =>
  world.task('work', (_, { sleep }) => sleep(1_000)).task('quick');

describe('running a job now', () => {
  it('leaves its schedule as it is', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(13_000);
    await scheduler.runNow('j');
    await world.to(21_000);
    expect(world.calls.map(({ from }) => from)).toEqual([10_000, 13_000, 20_000]);
    expect(await world.problems()).toEqual([]);
  });

  it.each(['paused', 'disabled'] as const)('works while the job is %s', async (status) => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await (status === 'paused' ? scheduler.pause('j') : scheduler.disable('j'));
    await world.to(13_000);
    await scheduler.runNow('j');
    await world.to(21_000);
    expect(world.calls.map(({ from }) => from)).toEqual([13_000]);
  });

  it('takes another input for this once', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work', input: 'usual' });
    await scheduler.runNow('j', { input: { only: 'now' } });
    await scheduler.runNow('j', { input: null });
    await world.to(11_000);
    expect(world.calls.map(({ input }) => input)).toEqual([{ only: 'now' }, null, 'usual']);
  });

  it('twice with one request id makes one run', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { manual: true, task: 'work' });
    const first = await scheduler.runNow('j', { requestId: 'r-1' });
    await world.to(1_000);
    const again = await scheduler.runNow('j', { requestId: 'r-1' });
    await world.to(2_000);
    expect(again.runId).toBe(first.runId);
    expect(world.calls).toHaveLength(1);
  });

  it('is planned by whoever is up, not by the caller', async () => {
    const world = new EngineWorld().task('work');
    await world.start();
    const outside = world.node();
    await outside.scheduler.job('j', { manual: true, task: 'work' });
    await world.to(500);
    await outside.scheduler.runNow('j');
    await world.to(1_000);
    expect(world.calls).toMatchObject([{ node: 'n1' }]);
    // Other processes look every 200 ms.
    expect(world.calls[0]?.from).toBeLessThanOrEqual(700);
  });
});

describe('enqueueing', () => {
  it('starts at its instant, not before', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    for (const ms of [30_007, 5, 61_000]) {
      await scheduler.enqueue('work', ms, { runAt: world.time.now + ms });
    }
    await world.to(120_000);
    expect(world.calls.map(({ from }) => from)).toEqual([5, 30_007, 61_000]);
  });

  it('takes larger priorities first when there is one slot', async () => {
    const world = long(new EngineWorld());
    const { scheduler } = world.node({ concurrency: { function: 1 } });
    const priorities = [0, 5, -3, 100, 5, -100];
    for (const [i, priority] of priorities.entries()) {
      await scheduler.enqueue('work', `${i}:${priority}`, { priority });
    }
    await scheduler.start();
    await world.to(10_000);
    expect(world.calls.map(({ input }) => input)).toEqual([
      '3:100',
      '1:5',
      '4:5',
      '0:0',
      '2:-3',
      '5:-100',
    ]);
    const overlapping = world.calls.some(({ from }, i) => from < (world.calls[i - 1]?.to ?? 0));
    expect(overlapping).toBe(false);
  });

  it('lets an urgent run pass those that are reserved and wait', async () => {
    const world = long(new EngineWorld());
    const { scheduler } = await world.start({ concurrency: { function: 1 } });
    for (let i = 0; i < 5; i++) await scheduler.enqueue('work', i);
    await world.to(1_500);
    await scheduler.enqueue('work', 'urgent', { priority: 50 });
    await world.to(10_000);
    expect(world.calls.map(({ input }) => input)).toEqual([0, 1, 'urgent', 2, 3, 4]);
  });

  it('answers with the live run of the same key, and anew once that has ended', async () => {
    const world = long(new EngineWorld());
    const { scheduler } = await world.start();
    const first = await scheduler.enqueue('work', 1, { key: 'k' });
    const second = await scheduler.enqueue('work', 2, { key: 'k' });
    expect(second).toEqual({ runId: first.runId, outcome: 'duplicate' });
    await world.to(3_000);
    const third = await scheduler.enqueue('work', 3, { key: 'k' });
    expect(third.outcome).toBe('stored');
    await world.to(6_000);
    expect(world.calls.map(({ input }) => input)).toEqual([1, 3]);
  });

  it('of the same request twice is stored once', async () => {
    const world = long(new EngineWorld());
    const { scheduler } = await world.start();
    const first = await scheduler.enqueue('work', 1, { requestId: 'r' });
    const again = await scheduler.enqueue('work', 1, { requestId: 'r' });
    expect(again).toEqual(first);
    await world.to(3_000);
    expect(world.calls).toHaveLength(1);
  });

  it('runs as many as there are slots at once, in each pool', async () => {
    const world = new EngineWorld();
    world.task('inside', (_, { sleep }) => sleep(1_000));
    world.task('outside', (_, { sleep }) => sleep(1_000), 'external');
    const { scheduler } = await world.start({ concurrency: { function: 3, external: 2 } });
    for (let i = 0; i < 6; i++) {
      await scheduler.enqueue('inside');
      await scheduler.enqueue({ kind: 'external', name: 'outside' });
    }
    await world.to(10_000);
    const began = (task: string): number[] =>
      world.calls.filter((call) => call.task === task).map(({ from }) => from);
    expect(began('inside')).toEqual([0, 0, 0, 1_000, 1_000, 1_000]);
    expect(began('outside')).toEqual([0, 0, 1_000, 1_000, 2_000, 2_000]);
  });

  it('waits for a node that knows the task', async () => {
    const world = new EngineWorld().task('known');
    const node = await world.start();
    const { runId } = await node.scheduler.enqueue('later');
    await world.to(60_000);
    expect((await node.scheduler.findRun(runId)).run.state).toBe('PENDING');
    world.task('later');
    await world.start();
    await world.to(61_000);
    expect((await node.scheduler.findRun(runId)).run.state).toBe('SUCCESS');
  });

  it('wakes a node when the task is registered on it', async () => {
    const world = new EngineWorld().task('known');
    const { scheduler } = await world.start();
    await scheduler.enqueue('later');
    await world.to(60_000);
    let ranAt = 0;
    scheduler.task('later', () => {
      ranAt = world.now;
    });
    await world.to(61_000);
    expect(ranAt).toBe(60_000);
  });

  it('refuses a request id that could not be part of a run id', async () => {
    const { scheduler } = new EngineWorld().task('work').node();
    await expect(scheduler.enqueue('work', null, { requestId: 'a b' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'requestId',
    });
  });
});

describe('an input that JSON would change in silence', () => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['NaN', { prices: [1, Number.NaN] }, 'prices[1]'],
    ['a Map', { seen: new Map() }, 'seen'],
    ['undefined in a list', { list: [1, undefined] }, 'list[1]'],
    ['bytes', { body: new Uint8Array(2) }, 'body'],
    ['an invalid date', { at: new Date(Number.NaN) }, 'at'],
  ];
  const error = (field: string) => expect.objectContaining({ code: 'INVALID_INPUT', field });

  it.each(cases)('is refused by every call with %s', async (_what, value, part) => {
    const { scheduler, close } = await createTestScheduler();
    const input = value as Json;
    await scheduler.job('job', { every: '1h', task: 'work' });
    await expect(scheduler.enqueue('work', input)).rejects.toThrow(error(`input.${part}`));
    const many = scheduler.enqueueMany('work', [null, input]);
    await expect(many).rejects.toThrow(error(`inputs[1].${part}`));
    await expect(scheduler.runNow('job', { input })).rejects.toThrow(error(`input.${part}`));
    await close();
  });
});
