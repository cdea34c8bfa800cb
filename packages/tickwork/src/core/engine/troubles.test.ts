import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../testing/simulated-clock.ts';
import { SimulatedTime } from '../../testing/simulated-time.ts';
import { TickworkError } from '../base/errors.ts';
import { Emitter } from '../events/emitter.ts';
import { Troubles } from './troubles.ts';

const full = new TickworkError('STORE_FULL', { reason: 'the disk is full.' });

function setUp() {
  const time = new SimulatedTime(0);
  const clock = new SimulatedClock(time);
  const lines: string[] = [];
  const logger = {
    log: (level: string, message: string, fields: object = {}) =>
      lines.push(`${level} ${message} ${JSON.stringify(fields)}`),
  };
  const emitter = new Emitter(clock, logger);
  const heard: string[] = [];
  emitter.on('loop.error', ({ loop, code }) => heard.push(`${loop} ${code}`));
  emitter.on('loop.recovered', ({ loop, errorCount }) => heard.push(`${loop} well ${errorCount}`));
  const state = { isUp: true };
  const troubles = new Troubles({ clock, emitter, logger, isUp: () => state.isUp });
  return { time, lines, heard, state, troubles };
}

describe('errors of the loops', () => {
  it('are logged at once, then once a minute with their number', async () => {
    const { time, lines, heard, troubles } = setUp();
    for (let second = 0; second <= 60; second++) {
      await time.runUntil(second * 1_000);
      troubles.note('planner', full);
    }
    const line =
      'error the engine\'s planner failed {"code":"STORE_FULL","error":"the disk is full."';
    expect(lines).toEqual([`${line}}`, `${line},"times":61}`]);
    expect(heard).toHaveLength(61);
  });

  it('are logged at once when another error or another loop follows', () => {
    const { lines, troubles } = setUp();
    troubles.note('planner', full);
    troubles.note('dispatcher', full);
    troubles.note('planner', new Error('no such table'));
    expect(lines.map((line) => line.split(' ')[3])).toEqual(['planner', 'dispatcher', 'planner']);
    expect(lines[2]).toContain('BROKEN_INVARIANT');
  });

  it('are counted and listed until the loop works again, which is logged', async () => {
    const { time, lines, heard, troubles } = setUp();
    troubles.note('planner', full);
    await time.runUntil(3_000);
    troubles.note('planner', full);
    expect(troubles.report()).toEqual({
      errorCount: 2,
      current: [
        {
          ...{ loop: 'planner', subject: null, code: 'STORE_FULL', message: 'the disk is full.' },
          ...{ sinceAt: 0, lastAt: 3_000, errorCount: 2 },
        },
      ],
    });
    await time.runUntil(5_000);
    troubles.settle('planner');
    troubles.settle('planner');
    expect(troubles.report()).toEqual({ errorCount: 2, current: [] });
    expect(lines.at(-1)).toBe(
      'info the engine\'s planner works again {"errors":2,"lastedMs":5000}',
    );
    expect(heard.at(-1)).toBe('planner well 2');
  });

  it('stand while there is no lease: passes that do nothing prove nothing', () => {
    const { lines, state, troubles } = setUp();
    troubles.note('planner', full);
    state.isUp = false;
    troubles.settle('planner');
    expect(troubles.report().current).toHaveLength(1);
    state.isUp = true;
    troubles.settle('planner');
    expect(lines.at(-1)).toContain('works again');
  });

  it('of a job are listed under its name while they come again', async () => {
    const { time, troubles } = setUp();
    troubles.note('planner', new Error('no calendar x'), 'job report');
    troubles.settle('planner');
    expect(troubles.report().current).toMatchObject([
      { subject: 'job report', message: 'job report: no calendar x' },
    ]);
    await time.runUntil(150_001);
    expect(troubles.report().current).toEqual([]);
  });

  it('of many jobs fill neither the log nor the memory', async () => {
    const { time, lines, troubles } = setUp();
    for (let i = 0; i < 1_000; i++) troubles.note('planner', full, `job ${i}`);
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toContain('only counted');
    expect(troubles.report().errorCount).toBe(1_000);
    expect(troubles.report().current).toHaveLength(100);
    await time.runUntil(60_000);
    troubles.note('planner', full, 'another');
    expect(lines).toHaveLength(22);
  });
});
