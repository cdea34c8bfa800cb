import { faultKinds, type HistoryEvent } from '../history/history.ts';
import { Availability } from './availability.ts';
import { checkAccounting } from './check-accounting.ts';
import { checkCaused } from './check-caused.ts';
import { checkDoubledAttempts } from './check-doubled-attempt.ts';
import { checkDoubledFires } from './check-doubled-fire.ts';
import { checkExtra } from './check-extra.ts';
import { checkLate } from './check-late.ts';
import { checkLimits } from './check-limits.ts';
import { checkLostResults } from './check-lost-result.ts';
import { checkMadeUp } from './check-made-up.ts';
import { checkMissed } from './check-missed.ts';
import { checkOverlap } from './check-overlap.ts';
import { checkRetries } from './check-retry.ts';
import { checkSequences } from './check-sequence.ts';
import { checkSkips } from './check-skips.ts';
import { checkStaleEffects } from './check-stale-effect.ts';
import { checkStuck } from './check-stuck.ts';
import { type CheckedJob, checkedJobs } from './expected.ts';
import type { Ledger } from './ledger.ts';
import { countReached } from './reached.ts';
import { readLedger } from './read-ledger.ts';
import type { Violation } from './violation.ts';

export interface CheckResult {
  /** `invalid`: there are violations. `unknown`: nothing was judged. */
  readonly verdict: 'valid' | 'invalid' | 'unknown';
  readonly violations: readonly Violation[];
  /** How many instants were certainly due, might be due, and were seen to start. */
  readonly mustCount: number;
  readonly mayCount: number;
  readonly startCount: number;
  readonly fencedOverlapCount: number;
  /** Lateness of starts that no fault held up, ascending, in ms. */
  readonly latenessMs: readonly number[];
  /** Situations the history went through, by name. */
  readonly reached: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
}

/** Judges a history. Pure: the same events give the same result. */
export function checkHistory(events: readonly HistoryEvent[]): CheckResult {
  const ledger = readLedger(events);
  const jobs = checkedJobs(ledger);
  const availability = new Availability(ledger);
  const overlap = checkOverlap(ledger);
  const late = checkLate(ledger, jobs, availability);
  const violations: Violation[] = [
    ...checkMissed(ledger, jobs),
    ...checkSequences(ledger, jobs, availability),
    ...checkCaused(ledger, jobs),
    ...checkSkips(ledger, jobs, availability),
    ...checkDoubledFires(ledger, jobs),
    ...checkExtra(ledger, jobs, availability),
    ...late.violations,
    ...checkDoubledAttempts(ledger),
    ...overlap.violations,
    ...checkLimits(ledger),
    ...checkMadeUp(ledger, jobs),
    ...checkStaleEffects(ledger),
    ...checkLostResults(ledger, jobs, availability),
    ...checkStuck(ledger, jobs, availability),
    ...checkRetries(ledger),
    ...checkAccounting(ledger, jobs),
  ];
  return {
    verdict: verdictOf(violations, jobs, ledger),
    violations,
    mustCount: sum(jobs, (job) => job.expected.must.length),
    mayCount: sum(jobs, (job) => job.expected.may.size),
    startCount: ledger.attempts.length,
    fencedOverlapCount: overlap.fencedCount,
    latenessMs: [...late.latenessMs].sort((a, b) => a - b),
    reached: countReached(ledger, jobs, overlap.fencedCount),
    faults: countFaults(ledger),
  };
}

/** A history in which nothing was due proves nothing. */
function verdictOf(
  violations: readonly Violation[],
  jobs: readonly CheckedJob[],
  ledger: Ledger,
): CheckResult['verdict'] {
  if (violations.length > 0) return 'invalid';
  const due = jobs.some((job) => job.expected.must.length > 0 || !job.expected.known);
  return due || ledger.attempts.length > 0 ? 'valid' : 'unknown';
}

function countFaults(ledger: Ledger): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(faultKinds.map((kind) => [kind, 0]));
  counts.skew = ledger.skewCount;
  for (const fault of ledger.faults) counts[fault.kind] = (counts[fault.kind] ?? 0) + 1;
  return counts;
}

function sum(jobs: readonly CheckedJob[], of: (job: CheckedJob) => number): number {
  return jobs.reduce((total, job) => total + of(job), 0);
}
