import { describe, expect, it } from 'vitest';
import { ambientTrap } from './ambient-trap.ts';
import { SeededIds, SeededRandom } from './seeded-random.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { SimulatedTime } from './simulated-time.ts';
import { SimulatedTimers } from './simulated-timers.ts';

describe('SimulatedTime', () => {
  it('runs events by instant and then in the order of scheduling', async () => {
    const time = new SimulatedTime(1000);
    const seen: string[] = [];
    time.at(1020, () => seen.push('late'));
    time.at(1010, () => seen.push('first'));
    time.at(1010, () => seen.push('second'));
    time.after(0, () => seen.push('now'));
    await time.runUntil(1015);
    expect(seen).toEqual(['now', 'first', 'second']);
    expect(time.now).toBe(1015);
    await time.runUntil(1020);
    expect(seen).toEqual(['now', 'first', 'second', 'late']);
  });

  it('keeps the order of thousands of events with many cancelled ones', async () => {
    const random = new SeededRandom(7);
    const time = new SimulatedTime(0);
    const seen: number[] = [];
    const expected: number[] = [];
    for (let i = 0; i < 3000; i++) {
      const at = random.int(0, 500);
      const event = time.at(at, () => seen.push(at));
      if (random.chance(0.3)) event.cancel();
      else expected.push(at);
    }
    await time.runUntil(600);
    expect(seen).toEqual(expected.sort((a, b) => a - b));
  });

  it('lets every promise reaction run before the next event', async () => {
    const time = new SimulatedTime(0);
    const seen: string[] = [];
    const chain = async (): Promise<void> => {
      for (let i = 0; i < 200; i++) await Promise.resolve();
      seen.push('chain');
    };
    time.at(1, () => void chain());
    time.at(1, () => seen.push('next'));
    await time.runUntil(2);
    expect(seen).toEqual(['chain', 'next']);
  });

  it('runs events that events plan, at the same instant too', async () => {
    const time = new SimulatedTime(0);
    const seen: number[] = [];
    const again = (): void => {
      seen.push(time.now);
      if (seen.length < 200) time.after(seen.length % 3, again);
    };
    time.after(0, again);
    await time.runUntil(1000);
    expect(seen).toHaveLength(200);
    expect(seen.at(-1)).toBe(199);
  });

  it('rejects with what an event throws', async () => {
    const time = new SimulatedTime(0);
    time.at(5, () => {
      throw new Error('boom');
    });
    await expect(time.runUntil(10)).rejects.toThrow('boom');
  });

  it('ends early once it is not wanted any more', async () => {
    const time = new SimulatedTime(0);
    let count = 0;
    const tick = (): void => {
      count += 1;
      time.after(10, tick);
    };
    tick();
    await time.runWhile(() => count < 5);
    expect(time.now).toBe(40);
  });
});

describe('simulated clock and timers', () => {
  it('steps the wall clock and never the monotonic one', async () => {
    const time = new SimulatedTime(10_000);
    const clock = new SimulatedClock(time, 250);
    await time.runUntil(10_100);
    clock.step(-60_000);
    expect(clock.now()).toBe(10_100 + 250 - 60_000);
    expect(clock.mono()).toBe(100);
  });

  it('fires once after the delay, and not at all when cancelled', async () => {
    const time = new SimulatedTime(0);
    const timers = new SimulatedTimers(time);
    const seen: string[] = [];
    timers.after(20, () => seen.push('fired'));
    const cancelled = timers.after(10, () => seen.push('cancelled'));
    cancelled.cancel();
    cancelled.cancel();
    expect(timers.pendingCount).toBe(1);
    await time.runUntil(30_000);
    expect(seen).toEqual(['fired']);
    expect(timers.pendingCount).toBe(0);
  });

  it.each([-1, 30_001, Number.NaN, 2 ** 31])('refuses a delay of %s ms', (delay) => {
    const timers = new SimulatedTimers(new SimulatedTime(0));
    expect(() => timers.after(delay, () => {})).toThrow(RangeError);
  });
});

describe('ambientTrap', () => {
  it.each([
    ['Date.now', () => Date.now()],
    ['new Date()', () => new Date()],
    ['Date()', () => Date()],
    ['Math.random', () => Math.random()],
    ['performance.now', () => performance.now()],
    ['crypto.randomUUID', () => crypto.randomUUID()],
    ['setTimeout', () => setTimeout(() => {}, 1)],
    ['setImmediate', () => setImmediate(() => {})],
  ])('makes %s throw inside events and microtasks, and works around them', async (name, call) => {
    const restore = ambientTrap.install();
    const found: unknown[] = [];
    try {
      const time = new SimulatedTime(0);
      time.at(1, () => {
        void Promise.resolve()
          .then(() => void call())
          .catch((error: unknown) => found.push(error));
      });
      await time.runUntil(2);
      expect(() => call()).not.toThrow();
      expect(new Date(5).getTime()).toBe(5);
    } finally {
      restore();
    }
    expect(String(found[0])).toContain(`${name} was called by code under simulation`);
    expect(() => call()).not.toThrow();
  });
});

describe('SeededRandom', () => {
  it('repeats by seed and differs between seeds', () => {
    const draw = (seed: number): number[] => {
      const random = new SeededRandom(seed);
      return Array.from({ length: 50 }, () => random.next());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('is uniform enough for tests', () => {
    const random = new SeededRandom('uniform');
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const slot = random.int(0, 9);
      counts[slot] = (counts[slot] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  it('forks sequences without moving itself', () => {
    const a = new SeededRandom(3);
    const b = new SeededRandom(3);
    a.fork('x').next();
    expect(a.next()).toBe(b.next());
    expect(new SeededRandom(3).fork('x').next()).not.toBe(new SeededRandom(3).fork('y').next());
  });

  it('makes ids in order of making', () => {
    const ids = new SeededIds('n1', new SeededRandom(1));
    const made = Array.from({ length: 100 }, () => ids.next());
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(100);
    expect(made[0]).toMatch(/^[0-9a-z-]{1,40}$/);
  });
});
