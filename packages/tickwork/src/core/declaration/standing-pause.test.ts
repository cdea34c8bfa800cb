import { describe, expect, it } from 'vitest';
import type { JobChange } from '../model/job-change.ts';
import { freshMemory } from '../model/trigger-memory.ts';
import {
  DISABLED_AS_ABSENT,
  DISABLED_AS_UNREADABLE,
  DISABLED_BY_DECLARATION,
  pausedSince,
  standingPause,
} from './standing-pause.ts';

type Step = readonly [status: JobChange['status'], reason?: string, pausedUntilAt?: number];

const ACTIVE: Step = ['active'];
const ABSENT: Step = ['disabled', DISABLED_AS_ABSENT];
const DECLARED_OFF: Step = ['disabled', DISABLED_BY_DECLARATION];
const UNREADABLE: Step = ['disabled', DISABLED_AS_UNREADABLE];
const BY_HAND: Step = ['disabled', 'by hand'];

/** Changes at 1, 2, 3, … */
function changes(steps: readonly Step[]): JobChange[] {
  return steps.map(([status, reason = null, pausedUntilAt = null], i) => ({
    ...{ jobId: 1, at: i + 1, revision: 1, status, reason, pausedUntilAt },
    ...{ effectiveAt: i + 1, cursorAt: i + 1, memory: freshMemory(0) },
  }));
}

describe('standingPause', () => {
  const NOW = 100;
  it.each([
    ['of a job that was paused before it left', [ACTIVE, ['paused', 'x'], ABSENT], 'x'],
    ['of a job that could not be read', [['paused', 'x'], UNREADABLE], 'x'],
    ['that ends later', [['paused', 'x', 101], ABSENT], 'x'],
    ['over two ways to be off', [['paused', 'x'], DECLARED_OFF, ABSENT, DECLARED_OFF], 'x'],
    ['whose latest text counts', [['paused', 'x'], ['paused', 'y'], ABSENT], 'y'],
    ['that has ended', [['paused', 'x', 100], ABSENT], null],
    ['that was lifted', [['paused', 'x'], ACTIVE, ABSENT], null],
    ['before a disabling by hand', [['paused', 'x'], BY_HAND, ABSENT], null],
    ['without any change', [], null],
  ] as const)('a pause %s', (_, steps, reason) => {
    const until = reason !== null && steps[0]?.[2] !== undefined ? 101 : null;
    const expected = reason === null ? null : { reason, pausedUntilAt: until };
    expect(standingPause(changes(steps as readonly Step[]), NOW)).toEqual(expected);
  });
});

describe('pausedSince', () => {
  it.each([
    [[ACTIVE, ['paused', 'x']], 2],
    [[ACTIVE, ['paused', 'x'], ['paused', 'y']], 2],
    [[['paused', 'x'], ABSENT, ['paused', 'x']], 1],
    [[['paused', 'x'], BY_HAND, ['paused', 'x']], 3],
    [[['paused', 'x'], ACTIVE, ['paused', 'x']], 3],
    [[ACTIVE], null],
  ] as const)('%j: %s', (steps, since) => {
    expect(pausedSince(changes(steps as readonly Step[]))).toBe(since);
  });
});
