import { describe, expect, it } from 'vitest';
import { defaultConcurrency, defaultTimings } from '../core/engine/engine-parts.ts';
import { defaultPolicies } from '../core/model/policy.ts';
import { SchedulerCore } from '../core/scheduler.ts';
import { intlZoneData } from '../platform/zone-data.ts';
import { createMemoryStore } from '../stores/memory/index.ts';
import { ScriptedTasks } from './scripted-task.ts';
import { SeededIds, SeededRandom } from './seeded-random.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { SimulatedTime } from './simulated-time.ts';
import { SimulatedTimers } from './simulated-timers.ts';

const START = Date.UTC(2026, 2, 1);

describe('a scheduler that only manages jobs', () => {
  it('follows the clock of the database when that is set', async () => {
    const time = new SimulatedTime(START);
    const storeClock = new SimulatedClock(time);
    const random = new SeededRandom(1);
    const timers = new SimulatedTimers(time);
    const script = () => ({ durationMs: 1, outcome: 'success', stopMs: 1 }) as const;
    const manager = new SchedulerCore({
      store: createMemoryStore({ clock: storeClock, clockSource: 'database' }),
      clock: new SimulatedClock(time),
      ...{ timers, random, ids: new SeededIds('id', random), zoneData: intlZoneData() },
      logger: { log: () => {} },
      processWatch: { isGone: () => false },
      taskKinds: [new ScriptedTasks({ timers, script })],
      functions: { register: () => {}, registerClass: () => {} },
      node: { name: 'm', host: 'm', pid: 1, bootId: '', processStart: '', version: '' },
      timezone: 'UTC',
      concurrency: defaultConcurrency,
      timings: defaultTimings,
      policies: defaultPolicies,
    });
    const task = { kind: 'scripted', name: 'work' };
    await manager.job('before', { every: '1m', task });
    storeClock.step(3_600_000);
    await time.runUntil(START + 10_000);
    const view = await manager.job('after', { every: '1m', task });
    expect(view.effectiveAt).toBe(START + 10_000 + 3_600_000);
  });
});
