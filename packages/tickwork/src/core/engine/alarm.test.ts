import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../testing/simulated-clock.ts';
import { SimulatedTime } from '../../testing/simulated-time.ts';
import { SimulatedTimers, type SimulatedTimersOptions } from '../../testing/simulated-timers.ts';
import type { Clock } from '../ports/clock.ts';
import { Alarm } from './alarm.ts';

/** An alarm, and when it woke whom. */
function setUp(options: SimulatedTimersOptions = {}, stopsWhenSetBack = false) {
  const time = new SimulatedTime(1_000_000);
  const clock = new SimulatedClock(time);
  const delays: number[] = [];
  const inner = new SimulatedTimers(time, options);
  const timers = {
    after: (delayMs: number, callback: () => void) => {
      delays.push(delayMs);
      return inner.after(delayMs, callback);
    },
  };
  let floorAt = 0;
  const never: Clock = {
    now: () => {
      floorAt = Math.max(floorAt, clock.now());
      return floorAt;
    },
    mono: () => clock.mono(),
  };
  const alarm = new Alarm(stopsWhenSetBack ? never : clock, timers);
  const woken: string[] = [];
  const wake = (name: string) => () => woken.push(`${name} ${clock.mono()}`);
  const to = (ms: number): Promise<void> => time.runUntil(1_000_000 + ms);
  return { alarm, clock, delays, inner, woken, wake, to, at: (ms: number) => 1_000_000 + ms };
}

describe('Alarm', () => {
  it('wakes each at its own instant, once', async () => {
    const { alarm, woken, wake, to, at } = setUp();
    alarm.set(wake('b'), at(200));
    alarm.set(wake('a'), at(100));
    await to(1_000);
    expect(woken).toEqual(['a 100', 'b 200']);
  });

  it('keeps the last instant that was set', async () => {
    const { alarm, woken, wake, to, at } = setUp();
    const later = wake('later');
    const sooner = wake('sooner');
    alarm.set(later, at(100));
    alarm.set(later, at(300));
    alarm.set(sooner, at(300));
    alarm.set(sooner, at(50));
    await to(1_000);
    expect(woken).toEqual(['sooner 50', 'later 300']);
  });

  it('holds one timer, of at most 30 s', async () => {
    const { alarm, woken, wake, to, at, delays, inner } = setUp();
    alarm.set(wake('day'), at(86_400_000));
    alarm.set(wake('minute'), at(65_000));
    expect(inner.pendingCount).toBe(1);
    await to(66_000);
    expect(delays).toEqual([30_000, 30_000, 5_000, 30_000]);
    expect(woken).toEqual(['minute 65000']);
    expect(inner.pendingCount).toBe(1);
  });

  it('waits on when the timer fires early', async () => {
    const { alarm, woken, wake, to, at } = setUp({ slopMs: () => -0.75 });
    alarm.set(wake('a'), at(100));
    await to(200);
    expect(woken).toHaveLength(1);
    expect(Number(woken[0]?.split(' ')[1])).toBeGreaterThanOrEqual(100);
  });

  it('is there after the clock was set forward', async () => {
    const { alarm, clock, woken, wake, to, at } = setUp();
    alarm.set(wake('a'), at(3_600_000));
    await to(10_000);
    clock.step(3_600_000);
    await to(40_000);
    expect(woken).toEqual(['a 30000']);
  });

  it('wakes after as much time as was asked for although the clock stands still', async () => {
    const { alarm, clock, woken, wake, to, at } = setUp({}, true);
    await to(10_000);
    alarm.set(wake('a'), at(15_000));
    clock.step(-3_600_000);
    await to(60_000);
    expect(woken).toEqual(['a 15000']);
  });

  it('forgets what was cancelled and holds no timer for nothing', async () => {
    const { alarm, woken, wake, to, at, inner } = setUp();
    const wakeUp = wake('a');
    alarm.set(wakeUp, at(100));
    alarm.cancel(wakeUp);
    expect(inner.pendingCount).toBe(0);
    await to(1_000);
    expect(woken).toEqual([]);
  });

  it('can be set again by what it wakes', async () => {
    const { alarm, to, at, clock } = setUp();
    const seen: number[] = [];
    const again = (): void => {
      seen.push(clock.mono());
      if (seen.length < 3) alarm.set(again, clock.now() + 10);
    };
    alarm.set(again, at(10));
    await to(100);
    expect(seen).toEqual([10, 20, 30]);
  });

  it('takes an instant that has passed as now', async () => {
    const { alarm, woken, wake, to, at } = setUp();
    alarm.set(wake('a'), at(-5_000));
    expect(woken).toEqual([]);
    await to(0);
    expect(woken).toEqual(['a 0']);
  });
});
