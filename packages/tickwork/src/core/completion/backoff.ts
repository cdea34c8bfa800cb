import type { RetryPolicy } from '../model/policy.ts';
import type { DurationMs } from '../time/instant.ts';

/**
 * The pause before the next attempt after `failedCount` (≥ 1) failed ones, in whole
 * milliseconds. `chance` in [0, 1) lengthens it by up to `jitter` of itself; it is never
 * shorter than the policy's own delay.
 */
export function backoffMs(policy: RetryPolicy, failedCount: number, chance: number): DurationMs {
  const base = baseDelayMs(policy, failedCount);
  return Math.floor(base + base * policy.jitter * chance);
}

function baseDelayMs(policy: RetryPolicy, failedCount: number): DurationMs {
  const { backoff } = policy;
  switch (backoff.kind) {
    case 'fixed':
      return backoff.delayMs;
    case 'exponential': {
      const grown = backoff.delayMs * backoff.factor ** (failedCount - 1);
      return Math.min(grown, backoff.delayMsMax);
    }
    case 'list':
      return backoff.delaysMs[Math.min(failedCount, backoff.delaysMs.length) - 1] ?? 0;
    default:
      return backoff satisfies never;
  }
}
