import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../testing/simulated-clock.ts';
import { SimulatedTime } from '../../testing/simulated-time.ts';
import { SimulatedTimers } from '../../testing/simulated-timers.ts';
import { TickworkError } from '../base/errors.ts';
import { Emitter } from '../events/emitter.ts';
import type { Instant } from '../time/instant.ts';
import { Alarm } from './alarm.ts';
import { Loop } from './loop.ts';
import { Troubles } from './troubles.ts';

/** A loop whose passes do as they are told; `began` holds when each began. */
function setUp(pass: (n: number, now: Instant) => Promise<Instant | null>, chance = 0.999_999) {
  const time = new SimulatedTime(0);
  const clock = new SimulatedClock(time);
  const alarm = new Alarm(clock, new SimulatedTimers(time));
  const logger = { log: () => {} };
  const emitter = new Emitter(clock, logger);
  const troubles = new Troubles({ clock, emitter, logger, isUp: () => true });
  const errors: string[] = [];
  emitter.on('loop.error', ({ code, message, loop }) => errors.push(`${loop} ${code} ${message}`));
  const began: number[] = [];
  const loop = new Loop({
    ...{ name: 'test', clock, alarm, troubles, random: { next: () => chance } },
    pass: async () => {
      began.push(clock.now());
      return await pass(began.length, clock.now());
    },
  });
  const wait = (ms: number): Promise<void> => new Promise((done) => time.after(ms, done));
  return { loop, began, errors, time, wait };
}

describe('Loop', () => {
  it('sleeps until the instant that a pass names', async () => {
    const { loop, began, time } = setUp(async (_, now) => now + 100);
    await time.runUntil(50);
    expect(began).toEqual([]);
    loop.start();
    loop.start();
    await time.runUntil(300);
    expect(began).toEqual([50, 150, 250]);
  });

  it('sleeps until it is nudged when a pass names none', async () => {
    const { loop, began, time } = setUp(async () => null);
    loop.start();
    await time.runUntil(1_000);
    loop.nudge();
    await time.runUntil(2_000);
    expect(began).toEqual([0, 1_000]);
  });

  it('runs one pass at a time; nudges meanwhile make one more', async () => {
    let inside = 0;
    let most = 0;
    const world = setUp(async () => {
      inside += 1;
      most = Math.max(most, inside);
      await world.wait(100);
      inside -= 1;
      return null;
    });
    world.loop.start();
    await world.time.runUntil(30);
    world.loop.nudge();
    await world.time.runUntil(60);
    world.loop.nudge();
    await world.time.runUntil(1_000);
    expect(world.began).toEqual([0, 100]);
    expect(most).toBe(1);
  });

  it('tells of errors and comes again after growing pauses', async () => {
    const { loop, began, errors, time } = setUp(async () => {
      throw new TickworkError('STORE_UNAVAILABLE', { reason: 'down' });
    });
    loop.start();
    await time.runUntil(30_000);
    const pauses = began.slice(1).map((at, i) => at - (began[i] ?? 0));
    expect(pauses.slice(0, 8)).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    expect(errors[0]).toBe('test STORE_UNAVAILABLE down');
  });

  it('pauses by chance for at least the half', async () => {
    const { loop, began, time } = setUp(async () => {
      throw 'odd';
    }, 0);
    loop.start();
    await time.runUntil(1_000);
    expect(began.slice(0, 4)).toEqual([0, 50, 150, 350]);
  });

  it('begins with short pauses again after a success', async () => {
    const world = setUp(async (n, now) => {
      if (n === 4) return now + 1_000;
      throw new Error('broke');
    });
    world.loop.start();
    await world.time.runUntil(2_000);
    expect(world.began).toEqual([0, 100, 300, 700, 1_700, 1_800, 2_000]);
    expect(world.errors[0]).toBe('test BROKEN_INVARIANT broke');
  });

  it('does not hurry for nudges while it fails, unless nudged', async () => {
    const { loop, began, time } = setUp(async () => {
      throw new Error('broke');
    });
    loop.start();
    await time.runUntil(20);
    loop.nudge();
    await time.runUntil(30);
    expect(began).toEqual([0, 20]);
  });

  it('ends after the pass that goes on, and can be started again', async () => {
    const world = setUp(async (_, now) => {
      await world.wait(100);
      return now + 10;
    });
    world.loop.start();
    await world.time.runUntil(50);
    let stopped = false;
    const stop = world.loop.stop().then(() => {
      stopped = true;
    });
    world.loop.nudge();
    await world.time.runUntil(99);
    expect(stopped).toBe(false);
    await world.time.runUntil(500);
    await stop;
    expect(world.began).toEqual([0]);
    world.loop.start();
    await world.time.runUntil(599);
    expect(world.began).toEqual([0, 500]);
  });
});
