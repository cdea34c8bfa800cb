import { storedRun } from '@tickwork/verify/engine/stored-run.ts';
import { describe, expect, it, test } from 'vitest';
import type { Run } from '../model/run.ts';
import { couldStartEarly, leadMs } from './start-early.ts';

test.each([
  [0, 20],
  [1, 21],
  [80, 21],
  [81, 22],
  [8_000, 120],
  [38_400, 500],
  [1_000_000, 500],
])('of %i starts to come, the next is written %i ms before its instant', (count, ms) => {
  expect(leadMs(count)).toBe(ms);
});

describe('couldStartEarly', () => {
  it.each<[boolean, string, Partial<Run>]>([
    [true, 'a planned run', {}],
    [true, 'a run that was enqueued for a time', { origin: 'enqueue', jobId: null }],
    [false, 'a run by hand', { origin: 'manual' }],
    [false, 'a run after another job, whose own may be paused', { origin: 'after' }],
    [false, 'a run after a failure', { origin: 'failure' }],
    [false, 'a run that is made up for', { origin: 'backfill' }],
    [false, 'a further attempt', { state: 'RETRY', attempt: 1 }],
    [false, 'a run that may be running', { state: 'RUNNING', attempt: 1 }],
    [false, 'a run that waits for its predecessor', { waiting: true }],
    [false, 'a run that waits for room', { limitKey: 'pool:db' }],
  ])('is %s for %s', (expected, _, fields) => {
    expect(couldStartEarly(storedRun({ id: 'r', ...fields }))).toBe(expected);
  });
});
