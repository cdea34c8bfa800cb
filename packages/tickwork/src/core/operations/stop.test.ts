import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

describe('a scheduler that is stopped while much is due', () => {
  it('starts nothing more', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start({ concurrency: { function: 10 } });
    await world.pass(50);
    const inputs = Array.from({ length: 3_000 }, (_, i) => i);
    const enqueued = scheduler.enqueueMany('work', inputs);
    const stopped = enqueued.then(() => scheduler.stop());
    await world.during(stopped);
    const states = (await world.runs()).map(({ state }) => state);
    expect(states).toHaveLength(3_000);
    expect(states.filter((state) => state === 'PENDING').length).toBeGreaterThan(2_900);
    expect(states).not.toContain('RUNNING');
    await world.during(scheduler.start());
    await world.pass(1_000);
    const left = (await world.runs()).filter(({ state }) => state !== 'SUCCESS');
    expect(left).toEqual([]);
  });
});
