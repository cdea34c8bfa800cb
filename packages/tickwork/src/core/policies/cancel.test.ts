import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

describe('cancelling', () => {
  it('ends a run that has not begun, at once', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    const { runId } = await scheduler.enqueue('work', null, { runAt: world.time.now + 5_000 });
    await world.to(4_000);
    expect(await scheduler.cancel(runId)).toEqual({ runId, outcome: 'cancelled' });
    await world.to(10_000);
    expect(world.calls).toEqual([]);
    expect((await scheduler.findRun(runId)).run).toMatchObject({
      state: 'CANCELLED',
      reason: 'request',
    });
    expect(await scheduler.cancel(runId)).toEqual({ runId, outcome: 'finished' });
  });

  it('asks a running run to stop, and it ends as it stops', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(60_000));
    const { scheduler } = await world.start();
    const { runId } = await scheduler.enqueue('work');
    await world.to(3_000);
    expect(await scheduler.cancel(runId)).toEqual({ runId, outcome: 'requested' });
    await world.to(3_500);
    expect(world.calls).toMatchObject([{ from: 0, aborted: 'TASK_CANCELLED' }]);
    expect((await scheduler.findRun(runId)).run).toMatchObject({
      state: 'CANCELLED',
      reason: 'request',
      attempt: 1,
    });
  });

  it('reaches a run on another node', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(60_000));
    await world.start();
    const outside = world.node();
    const { runId } = await outside.scheduler.enqueue('work');
    await world.to(3_000);
    await outside.scheduler.cancel(runId);
    await world.to(3_500);
    expect((await outside.scheduler.findRun(runId)).run.state).toBe('CANCELLED');
  });

  it('ends a run that waits for its next attempt, and none follows', async () => {
    const world = new EngineWorld().task('fails', () => false);
    const { scheduler } = await world.start();
    const { runId } = await scheduler.enqueue('fails');
    await world.to(4_900);
    expect(await scheduler.cancel(runId)).toEqual({ runId, outcome: 'cancelled' });
    await world.to(30_000);
    expect(world.calls).toHaveLength(1);
    expect((await scheduler.findRun(runId)).run).toMatchObject({
      state: 'CANCELLED',
      failedCount: 1,
    });
  });

  it('lets a run that fails after it was asked to stop not be tried again', async () => {
    const world = new EngineWorld();
    world.task('stubborn', async (_, { sleepDeaf }) => {
      await sleepDeaf(4_000);
      throw new Error('failed by itself');
    });
    const { scheduler } = await world.start();
    const { runId } = await scheduler.enqueue('stubborn');
    await world.to(1_000);
    await scheduler.cancel(runId);
    await world.to(30_000);
    expect(world.calls).toHaveLength(1);
    expect((await scheduler.findRun(runId)).run).toMatchObject({
      state: 'CANCELLED',
      reason: 'request',
    });
  });

  it('keeps the success of a run that finished its work all the same', async () => {
    const world = new EngineWorld();
    world.task('deaf', async (_, { sleepDeaf }) => {
      await sleepDeaf(4_000);
      return 'done';
    });
    const { scheduler } = await world.start();
    const { runId } = await scheduler.enqueue('deaf');
    await world.to(1_000);
    await scheduler.cancel(runId);
    await world.to(30_000);
    expect((await scheduler.findRun(runId)).run).toMatchObject({
      state: 'SUCCESS',
      result: 'done',
    });
  });

  it('gives up a deaf run after its grace', async () => {
    const world = new EngineWorld().task('deaf', (_, { sleepDeaf }) => sleepDeaf(60_000));
    const { scheduler } = await world.start();
    const { runId } = await scheduler.enqueue('deaf');
    await world.to(1_000);
    await scheduler.cancel(runId);
    await world.to(5_900);
    expect((await scheduler.findRun(runId)).run.state).toBe('RUNNING');
    await world.to(6_500);
    expect((await scheduler.findRun(runId)).run).toMatchObject({
      state: 'CANCELLED',
      error: 'did not stop within 5000 ms after it was told to',
    });
  });

  it('lets the next run of a queue follow', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(60_000));
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '2s', task: 'work', overlap: 'queue-all', limit: 3 });
    await world.to(7_000);
    const [first, second] = await world.runs('j');
    await scheduler.cancel(second?.id ?? '');
    await scheduler.cancel(first?.id ?? '');
    await world.to(8_000);
    expect(await world.fates('j')).toEqual([
      '2000 CANCELLED request',
      '4000 CANCELLED request',
      '6000 RUNNING',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it.each([
    ['the process that runs the job', false, 7_300],
    // Its poll comes late, its next claim half a horizon after the last.
    ['another process', true, 8_300],
  ])('lets the next of a queue start when %s cancels between attempts', async (_, apart, byAt) => {
    const world = new EngineWorld().task('fails', () => false);
    const node = await world.start({ timings: { pollEveryMs: 10_000 } });
    const retry = { attempts: 1, delay: '60s' };
    const policies = { overlap: 'queue-all', retry, limit: 2 } as const;
    await node.scheduler.job('j', { every: '2s', task: 'fails', ...policies });
    await world.to(7_300);
    const [first] = await world.runs('j');
    const caller = apart ? world.node() : node;
    await caller.scheduler.cancel(first?.id ?? '');
    await world.to(byAt);
    expect(await world.fates('j')).toEqual(['2000 CANCELLED request', '4000 RETRY error']);
  });

  it('says that there is no such run', async () => {
    const { scheduler } = new EngineWorld().node();
    await expect(scheduler.cancel('nope')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });
});
