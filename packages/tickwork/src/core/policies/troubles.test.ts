import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

describe('an engine whose store refuses', () => {
  it.each(['STORE_FULL', 'STORE_CORRUPT', 'STORE_READ_ONLY'] as const)(
    '%s: says what fails until it works again',
    async (code) => {
      const world = new EngineWorld().task('work');
      const node = await world.start();
      await node.scheduler.job('j', { every: '1s', task: 'work' });
      await world.to(5_500);
      expect(node.scheduler.troubles()).toEqual({ errorCount: 0, current: [] });
      node.link.setTrouble(code);
      await world.to(15_000);
      const { current, errorCount } = node.scheduler.troubles();
      expect(current.map(({ loop }) => loop)).toEqual(expect.arrayContaining(['planner']));
      expect(current.every((each) => each.code === code)).toBe(true);
      expect(errorCount).toBeGreaterThan(2);
      node.link.setDown(false);
      await world.to(40_000);
      expect(node.scheduler.troubles()).toEqual({ errorCount: expect.any(Number), current: [] });
      const recovered = world.events.filter(({ name }) => name === 'loop.recovered');
      expect(recovered).toContainEqual(expect.objectContaining({ loop: 'planner' }));
    },
  );

  it('says nothing more once it is stopped', async () => {
    const world = new EngineWorld().task('work');
    const node = await world.start();
    await node.scheduler.job('j', { every: '1s', task: 'work' });
    node.link.setTrouble('STORE_FULL');
    await world.to(5_500);
    node.link.setDown(false);
    await world.during(node.scheduler.stop());
    expect(node.scheduler.troubles().current).toEqual([]);
  });
});
