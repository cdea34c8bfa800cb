import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../testing/simulated-clock.ts';
import { SimulatedTime } from '../../testing/simulated-time.ts';
import { StoreClock } from './store-clock.ts';

const START = Date.UTC(2026, 0, 1);

/** A store whose clock is read after `thereMs` and answers after `backMs` more. */
function remote(
  time: SimulatedTime,
  way: { thereMs: number; backMs: number },
  clockSource: 'database' | 'process',
) {
  const wait = (ms: number): Promise<void> => new Promise((done) => time.after(ms, done));
  const readClock = async (): Promise<number> => {
    await wait(way.thereMs);
    const at = Math.floor(time.now);
    await wait(way.backMs);
    return at;
  };
  return { readClock, clockSource };
}

describe('StoreClock', () => {
  it.each([
    { thereMs: 0, backMs: 200 },
    { thereMs: 200, backMs: 0 },
    { thereMs: 100, backMs: 100 },
  ])('is never ahead of the database, whatever the way takes: %o', async (way) => {
    const time = new SimulatedTime(START);
    const clock = new StoreClock(new SimulatedClock(time, 600_000));
    const measured = clock.measure(remote(time, way, 'database'));
    await time.runUntil(START + 1000);
    await measured;
    for (let i = 0; i < 50; i++) {
      await time.runUntil(time.now + 7.3);
      expect(clock.now()).toBeLessThanOrEqual(time.now);
      expect(clock.now()).toBeGreaterThan(time.now - way.backMs - 2);
    }
  });

  it('never runs backwards when a later answer was slower', async () => {
    const time = new SimulatedTime(START);
    const clock = new StoreClock(new SimulatedClock(time));
    const measure = async (backMs: number): Promise<void> => {
      const measured = clock.measure(remote(time, { thereMs: 1, backMs }, 'database'));
      await time.runUntil(time.now + 500);
      await measured;
    };
    await measure(1);
    const before = clock.now();
    await measure(300);
    expect(clock.now()).toBeGreaterThanOrEqual(before);
  });

  it('stands still only as long as it was ahead when it was last read', async () => {
    const time = new SimulatedTime(START);
    const database = new SimulatedClock(time);
    const clock = new StoreClock(new SimulatedClock(time));
    const store = { readClock: async () => database.now(), clockSource: 'database' } as const;
    await clock.measure(store);
    const shownAt = clock.now();
    database.step(-60_000);
    await time.runUntil(START + 90_000);
    await clock.measure(store);
    // Nobody was told the time of those 90 seconds by the old reading.
    expect(clock.now()).toBe(START + 30_000);
    expect(clock.now()).toBeGreaterThan(shownAt);
  });

  it('begins anew without what was told by an old reading', async () => {
    const time = new SimulatedTime(START);
    const database = new SimulatedClock(time);
    const clock = new StoreClock(new SimulatedClock(time));
    const store = { readClock: async () => database.now(), clockSource: 'database' } as const;
    expect(clock.restart(await clock.read(store))).toBe(0);
    database.step(-60_000);
    await time.runUntil(START + 90_000);
    expect(clock.now()).toBe(START + 90_000);
    expect(clock.restart(await clock.read(store))).toBe(-60_000);
    expect(clock.now()).toBe(START + 30_000);
  });

  it('tells how old its reading is', async () => {
    const time = new SimulatedTime(START);
    const clock = new StoreClock(new SimulatedClock(time));
    expect(clock.readingAgeMs()).toBe(Number.POSITIVE_INFINITY);
    const measured = clock.measure(remote(time, { thereMs: 0, backMs: 0 }, 'database'));
    await time.runUntil(START);
    await measured;
    await time.runUntil(START + 4000);
    expect(clock.readingAgeMs()).toBe(4000);
  });

  it('tells once by how much the clock of this machine was set, forward and back', async () => {
    const time = new SimulatedTime(START);
    const wall = new SimulatedClock(time);
    const clock = new StoreClock(wall);
    let keptAt = 0;
    const store = {
      clockSource: 'process' as const,
      readClock: async () => {
        keptAt = Math.max(keptAt, wall.now());
        return keptAt;
      },
    };
    const stepAfter = async (byMs: number): Promise<number> => {
      await time.runUntil(time.now + 5000);
      wall.step(byMs);
      return clock.adopt(await clock.read(store));
    };
    expect(await stepAfter(0)).toBe(0);
    const steps = [0, 3_600_000, 0, -7_200_000, 0, 60_000, 0];
    for (const byMs of steps) expect(await stepAfter(byMs)).toBe(byMs);
    expect(clock.now()).toBeGreaterThanOrEqual(keptAt);
  });
});
