import { describe, expect, it } from 'vitest';
import { defaultPolicies, type Policies } from '../model/policy.ts';
import type { StopCause } from '../model/stop-cause.ts';
import type { TaskResult } from '../ports/task-kind.ts';
import { type Decision, decideCompletion } from './decide-completion.ts';

const good: TaskResult = { ok: true, result: 1 };
const bad: TaskResult = { ok: false, error: 'broke' };

interface Case {
  readonly result: TaskResult;
  readonly stop: StopCause | null;
  readonly failedCount?: number;
  readonly policies?: Partial<Policies>;
  readonly expected: Partial<Decision>;
}

const retry = { state: 'RETRY', dueAt: 105_000 } as const;
const shutdown = {
  state: 'RETRY',
  reason: 'shutdown',
  outcome: 'cancelled',
  dueAt: 100_000,
} as const;

const cases: readonly Case[] = [
  {
    result: good,
    stop: null,
    expected: { state: 'SUCCESS', reason: null, outcome: 'success', error: null, dueAt: null },
  },
  {
    result: bad,
    stop: null,
    expected: { ...retry, reason: 'error', outcome: 'failed', error: 'broke' },
  },
  { result: bad, stop: null, failedCount: 2, expected: retry },
  {
    result: bad,
    stop: null,
    failedCount: 3,
    expected: { state: 'FAILED', reason: 'error', outcome: 'failed', dueAt: null },
  },
  {
    result: bad,
    stop: 'timeout',
    expected: {
      ...retry,
      reason: 'timeout',
      outcome: 'timeout',
      error: 'timed out after 300000 ms',
    },
  },
  {
    result: good,
    stop: 'timeout',
    failedCount: 3,
    expected: { state: 'FAILED', reason: 'timeout', outcome: 'timeout' },
  },
  {
    result: bad,
    stop: 'request',
    expected: {
      state: 'CANCELLED',
      reason: 'request',
      outcome: 'cancelled',
      error: 'broke',
      dueAt: null,
    },
  },
  {
    result: bad,
    stop: 'overlap',
    expected: { state: 'CANCELLED', reason: 'overlap', outcome: 'cancelled' },
  },
  { result: good, stop: 'request', expected: { state: 'SUCCESS', reason: null } },
  { result: good, stop: 'shutdown', expected: { state: 'SUCCESS' } },
  { result: bad, stop: 'shutdown', expected: shutdown },
  { result: bad, stop: 'fenced', expected: shutdown },
  { result: bad, stop: 'shutdown', failedCount: 3, expected: shutdown },
  {
    result: bad,
    stop: 'fenced',
    policies: { onNodeLoss: 'fail' },
    expected: { state: 'FAILED', reason: 'node-lost', dueAt: null },
  },
];

describe('decideCompletion', () => {
  it.each(cases)('$result.ok, told to stop by $stop, failed $failedCount before', (given) => {
    const decided = decideCompletion({
      result: given.result,
      stop: given.stop,
      failedCount: given.failedCount ?? 0,
      policies: { ...defaultPolicies, ...given.policies },
      endedAt: 100_000,
      chance: 0,
    });
    expect(decided).toMatchObject(given.expected);
    expect(decided.dueAt !== null).toBe(decided.state === 'RETRY');
  });
});
