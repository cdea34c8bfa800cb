import { compiled } from '@tickwork/verify/engine/compiled.ts';
import { describe, expect, it } from 'vitest';
import { freshMemory } from '../model/trigger-memory.ts';
import { advanceMemory } from '../trigger/advance-memory.ts';
import {
  comingInstants,
  IN_FORCE,
  outlookOf,
  plannedFate,
  resumed,
  type Standing,
} from './outlook.ts';

const window = { fromAt: 100, toAt: 200, reason: 'holiday' };

interface Case {
  readonly standing: Partial<Standing>;
  readonly at: number;
  readonly isExcluded?: true;
  readonly mark: string;
  readonly untilAt?: number | null;
  /** The reason and note of the row that is planned; absent = a run. */
  readonly row?: string;
}

const cases: readonly Case[] = [
  { standing: {}, at: 150, mark: 'will-run' },
  { standing: { skipWindows: [window] }, at: 99, mark: 'will-run' },
  {
    standing: { skipWindows: [window] },
    at: 100,
    mark: 'skip-window',
    untilAt: 200,
    row: 'paused holiday',
  },
  {
    standing: { skipWindows: [window] },
    at: 200,
    mark: 'skip-window',
    untilAt: 200,
    row: 'paused holiday',
  },
  { standing: { skipWindows: [window] }, at: 201, mark: 'will-run' },
  { standing: {}, at: 150, isExcluded: true, mark: 'calendar', untilAt: 150, row: 'calendar null' },
  { standing: { holdUntilAt: 151 }, at: 150, mark: 'backoff', untilAt: 150 },
  { standing: { holdUntilAt: 150 }, at: 150, mark: 'will-run' },
  { standing: { status: 'disabled' }, at: 150, mark: 'disabled' },
  { standing: { status: 'paused' }, at: 9_999, mark: 'paused', row: 'paused null' },
  // A pause covers the instant of its end.
  {
    standing: { status: 'paused', statusReason: 'disk', pausedUntilAt: 150 },
    at: 150,
    ...{ mark: 'paused', untilAt: 150, row: 'paused disk' },
  },
  { standing: { status: 'paused', pausedUntilAt: 150 }, at: 151, mark: 'will-run' },
  {
    standing: { status: 'paused', statusReason: 'disk', pausedUntilAt: 150, skipWindows: [window] },
    at: 151,
    ...{ mark: 'skip-window', untilAt: 200, row: 'paused holiday' },
  },
];

describe('outlookOf', () => {
  it.each(cases)('$standing at $at: $mark', ({ standing, at, isExcluded = false, ...expected }) => {
    const outlook = outlookOf({ ...IN_FORCE, ...standing }, isExcluded, at);
    expect(outlook.mark).toBe(expected.mark);
    expect(outlook.untilAt).toBe(expected.untilAt ?? null);
    const fate = plannedFate(outlook);
    expect(fate === null ? undefined : `${fate.reason} ${fate.note}`).toBe(expected.row);
  });

  it('of a resumed job knows its windows alone', () => {
    const paused: Standing = { ...IN_FORCE, status: 'paused', skipWindows: [window] };
    expect(outlookOf(resumed(paused), false, 99).mark).toBe('will-run');
    expect(outlookOf(resumed(paused), false, 150).mark).toBe('skip-window');
  });
});

describe('comingInstants', () => {
  it('walks as the planner does, each with its mark, to the end of the trigger', () => {
    const trigger = compiled({ kind: 'interval', everyMs: 50, runsMax: 200 });
    const advance = advanceMemory.bind(null, trigger);
    const standing = { ...IN_FORCE, skipWindows: [window] };
    const from = { after: 0, memory: freshMemory(0) };
    const coming = [...comingInstants({ trigger, advance }, standing, from)];
    expect(coming).toHaveLength(200);
    expect(coming.slice(0, 5).map(({ at, mark }) => `${at} ${mark}`)).toEqual([
      '50 will-run',
      '100 skip-window',
      '150 skip-window',
      '200 skip-window',
      '250 will-run',
    ]);
  });
});
