import type { Policies } from '../model/policy.ts';
import type { RunReason } from '../model/run.ts';
import type { StopCause } from '../model/stop-cause.ts';
import type { Completion } from '../ports/run-store.ts';
import type { TaskResult } from '../ports/task-kind.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import { backoffMs } from './backoff.ts';

export interface AttemptFacts {
  readonly result: TaskResult;
  readonly stop: StopCause | null;
  /** The pre-check said no. */
  readonly declined?: boolean;
  /** Failed attempts before this one. */
  readonly failedCount: number;
  readonly policies: Policies;
  readonly endedAt: Instant;
  /** In [0, 1), for the jitter of the back-off. */
  readonly chance: number;
}

export type Decision = Pick<Completion, 'state' | 'reason' | 'outcome' | 'error' | 'dueAt'>;

/**
 * What becomes of a run when an attempt has ended. A timeout is a failure even if the
 * handler finished in the grace; a cancelled attempt that finished its work all the same
 * counts as done. Failed attempts are followed by at most `retry.attemptsMax` others.
 */
export function decideCompletion(facts: AttemptFacts): Decision {
  const { result, stop } = facts;
  if (stop === 'timeout') return failed(facts, 'timeout', timeoutText(facts.policies.timeoutMs));
  if (result.ok) {
    return { state: 'SUCCESS', reason: null, outcome: 'success', error: null, dueAt: null };
  }
  if (stop === 'shutdown' || stop === 'fenced') return interrupted(facts, result.error);
  if (stop !== null) {
    const error = result.error;
    return { state: 'CANCELLED', reason: stop, outcome: 'cancelled', error, dueAt: null };
  }
  if (facts.declined === true) {
    const { error } = result;
    return { state: 'SKIPPED', reason: 'check', outcome: 'skipped', error, dueAt: null };
  }
  return failed(facts, 'error', result.error);
}

function failed(facts: AttemptFacts, reason: 'error' | 'timeout', error: string): Decision {
  const failedCount = facts.failedCount + 1;
  const { retry } = facts.policies;
  const outcome = reason === 'timeout' ? 'timeout' : 'failed';
  if (failedCount > retry.attemptsMax) {
    return { state: 'FAILED', reason, outcome, error, dueAt: null };
  }
  const dueAt = facts.endedAt + backoffMs(retry, failedCount, facts.chance);
  return { state: 'RETRY', reason, outcome, error, dueAt };
}

/** The node gave the run up: another attempt follows at once, or none where asked. */
function interrupted(facts: AttemptFacts, error: string): Decision {
  if (facts.policies.onNodeLoss === 'fail') {
    return { state: 'FAILED', reason: 'node-lost', outcome: 'cancelled', error, dueAt: null };
  }
  const reason: RunReason = 'shutdown';
  return { state: 'RETRY', reason, outcome: 'cancelled', error, dueAt: facts.endedAt };
}

function timeoutText(timeoutMs: DurationMs | null): string {
  return `timed out after ${timeoutMs ?? 0} ms`;
}
