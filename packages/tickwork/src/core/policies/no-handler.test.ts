import { EngineWorld, WORLD_BEGAN_AT } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

/** The `job.no-handler` events that a scheduler has told, with seconds of the world. */
function listen(scheduler: EngineScheduler): string[] {
  const told: string[] = [];
  scheduler.on('job.no-handler', ({ at, handler, jobName }) => {
    told.push(`${Math.floor((at - WORLD_BEGAN_AT) / 1000)} ${handler} ${jobName}`);
  });
  return told;
}

type EngineScheduler = Awaited<ReturnType<EngineWorld['start']>>['scheduler'];

describe('a task that no node has', () => {
  it('is told when a run of it is due, not when a job is declared', async () => {
    const world = new EngineWorld().task('backup');
    const { scheduler } = await world.start();
    const told = listen(scheduler);
    await scheduler.job('j', { every: '60s', task: 'bakcup' });
    await world.to(59_000);
    expect(told).toEqual([]);
    await world.to(75_000);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^6\d function:bakcup j$/);
  });

  it('is told of enqueued runs too, once a minute', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    const told = listen(scheduler);
    await scheduler.enqueue('nope', null);
    await scheduler.enqueue('nope', null);
    await world.to(50_000);
    expect(told.map((line) => line.replace(/^\d+ /, ''))).toEqual(['function:nope null']);
    await world.to(130_000);
    expect(told.length).toBeGreaterThan(1);
  });

  it('is no news while the task is known, nor of runs to come', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    const told = listen(scheduler);
    await scheduler.enqueue('work', null);
    await scheduler.enqueue('later', null, { runAt: WORLD_BEGAN_AT + 3_600_000 });
    await world.to(60_000);
    expect(told).toEqual([]);
  });
});
