import type { JobChange } from '../model/job-change.ts';
import type { DurationMs, Instant } from '../time/instant.ts';

export interface WindowFacts {
  readonly sinceAt: Instant;
  readonly now: Instant;
  readonly changes: readonly JobChange[];
  /** See `ReadLedger`. */
  readonly wholeFrom: Instant | null;
  /** The shortest retention that a revision of the job had. */
  readonly retentionMs: DurationMs;
  /** How far ahead runs are planned, so that one may be skipped before its instant. */
  readonly aheadMs: DurationMs;
}

/**
 * From where on (exclusive) the ledger must be whole. What retention has removed is no gap:
 * finished runs go in the order of their ends, so that of all instants before the first kept
 * end some may be gone; skipped stretches go by age. Pure.
 */
export function auditStart(facts: WindowFacts): Instant {
  const first = facts.changes[0]?.cursorAt ?? facts.now;
  const from = Math.max(facts.sinceAt, first);
  if (facts.wholeFrom === 0) return from;
  const kept = facts.wholeFrom === null ? facts.now : facts.wholeFrom + facts.aheadMs;
  return Math.max(from, facts.now - facts.retentionMs, kept);
}
