import { EngineWorld, WORLD_BEGAN_AT } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';
import type { JobControl } from '../operations/control-api.ts';

const at = (ms: number): number => WORLD_BEGAN_AT + ms;

interface Case {
  readonly name: string;
  readonly prepare: (scheduler: JobControl) => Promise<unknown>;
  /** Of the instants 10, 20, … 60 s. */
  readonly runs: readonly number[];
}

const cases: readonly Case[] = [
  { name: 'nothing', prepare: async () => null, runs: [10, 20, 30, 40, 50, 60] },
  { name: 'a skip', prepare: (s) => s.skip('j', { next: 2 }), runs: [30, 40, 50, 60] },
  {
    name: 'a pause that ends at an instant',
    prepare: (s) => s.pause('j', { until: at(40_000) }),
    runs: [50, 60],
  },
  { name: 'a pause without an end', prepare: (s) => s.pause('j'), runs: [] },
  {
    name: 'a pause over a skip',
    prepare: async (s) => {
      await s.skip('j', { next: 4 });
      await s.pause('j', { until: at(15_000) });
    },
    runs: [50, 60],
  },
  { name: 'a disabled job', prepare: (s) => s.disable('j'), runs: [] },
];

describe('what is told before is what happens', () => {
  it.each(cases)('under $name', async ({ prepare, runs }) => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await prepare(scheduler);
    const fires = await scheduler.nextFires({ job: 'j' }, { count: 6 });
    const told = fires.filter(({ mark }) => mark === 'will-run').map(({ fireAt }) => fireAt);
    expect(told).toEqual(runs.map((seconds) => at(seconds * 1000)));
    for (const { fireAt, mark } of fires) {
      const { verdict } = await scheduler.explain('j', { at: fireAt });
      const expected = mark === 'disabled' ? 'not-in-force' : 'will-skip';
      expect(verdict).toBe(mark === 'will-run' ? 'ahead' : expected);
    }
    const { nextRunAt } = await scheduler.findJob('j');
    if (told.length > 0) expect(nextRunAt).toBe(told[0]);
    expect((await scheduler.stats('j')).nextRunAt).toBe(nextRunAt);
    expect((await scheduler.jobs())[0]?.nextRunAt).toBe(nextRunAt);
    const forecast = await scheduler.forecast({ to: '60s', assume: '1s' });
    expect(forecast.runCount).toBe(told.length);
    await world.to(61_000);
    expect(await world.fates('j')).toEqual(runs.map((seconds) => `${seconds * 1000} SUCCESS`));
    expect(await world.problems()).toEqual([]);
  });
});
