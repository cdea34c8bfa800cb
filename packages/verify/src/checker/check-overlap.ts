import { definitionOf } from './definition-of.ts';
import type { AttemptRecord, JobRecord, Ledger } from './ledger.ts';
import { clockJumped, freeAgainAt, takeoverJustified } from './ownership.ts';
import { showInstant, type Violation } from './violation.ts';

export interface OverlapFindings {
  readonly violations: readonly Violation[];
  /** Overlaps in which the earlier attempt had rightly lost its run and could do no harm. */
  readonly fencedCount: number;
}

/** A process that has lost its lease must be told to stop within this after it can run. */
const STOP_MS_MAX = 1000;

/**
 * overlap: two attempts of one job run at the same time although its policy is not
 * `allow`. A *fenced* overlap is counted only: the earlier attempt's node was gone or cut
 * off for a lease, nothing of it was accepted afterwards, and it was told to stop within a
 * second of being able to run.
 */
export function checkOverlap(ledger: Ledger): OverlapFindings {
  const violations: Violation[] = [];
  let fencedCount = 0;
  for (const job of ledger.jobs) {
    for (const [earlier, later] of overlappingPairs(job)) {
      if (allowsOverlap(earlier, ledger) || allowsOverlap(later, ledger)) continue;
      const why = unfencedBecause(earlier, later, ledger);
      if (why === null) fencedCount += 1;
      else violations.push(violationOf(earlier, later, why));
    }
  }
  return { violations, fencedCount };
}

/** Every pair of attempts with intersecting intervals, by a sweep over the starts. */
function overlappingPairs(job: JobRecord): [AttemptRecord, AttemptRecord][] {
  const pairs: [AttemptRecord, AttemptRecord][] = [];
  let open: AttemptRecord[] = [];
  for (const attempt of [...job.attempts].sort((a, b) => a.startAt - b.startAt || a.i - b.i)) {
    open = open.filter((each) => each.endAt > attempt.startAt);
    for (const each of open) pairs.push([each, attempt]);
    open.push(attempt);
  }
  return pairs;
}

function allowsOverlap(attempt: AttemptRecord, ledger: Ledger): boolean {
  const definition = definitionOf(attempt.runId, ledger);
  return definition === null || definition.policies.overlap.mode === 'allow';
}

function unfencedBecause(
  earlier: AttemptRecord,
  later: AttemptRecord,
  ledger: Ledger,
): string | null {
  if (!takeoverJustified(earlier, later.startAt, ledger)) {
    return `the earlier one still held its run on ${earlier.inc}`;
  }
  const accepted = ledger.commits
    .get(earlier.runId)
    ?.find(
      (each) =>
        each.token === earlier.token &&
        each.inc === earlier.inc &&
        each.accepted &&
        each.i > later.i,
    );
  if (accepted !== undefined) return 'a write of the earlier one was accepted afterwards';
  return stoppedInTime(earlier, later, ledger) ? null : 'the earlier one was not told to stop';
}

function stoppedInTime(earlier: AttemptRecord, later: AttemptRecord, ledger: Ledger): boolean {
  if (earlier.endedBy === 'crash') return true;
  const stoppedAt = Math.min(earlier.signalledAt ?? Number.POSITIVE_INFINITY, earlier.endAt);
  const freeAt = freeAgainAt(earlier, later.startAt, ledger) ?? later.startAt;
  // Leases count by the store's clock: a node learns of a jump when it next renews.
  const { leaseTtlMs, renewMs } = ledger.limits;
  const jumped = clockJumped(later.startAt - leaseTtlMs - renewMs, later.startAt, ledger);
  const limit = freeAt + STOP_MS_MAX + (jumped ? renewMs : 0);
  return stoppedAt <= limit || limit >= ledger.endAt;
}

function violationOf(earlier: AttemptRecord, later: AttemptRecord, why: string): Violation {
  return {
    verdict: 'overlap',
    text:
      `run ${later.runId} started ${showInstant(later.startAt)} on ${later.inc} while run ` +
      `${earlier.runId} of the same job ran on ${earlier.inc}: ${why}`,
    sched: later.sched,
    runId: later.runId,
    facts: { earlierRunId: earlier.runId, earlierStartAt: earlier.startAt, startAt: later.startAt },
  };
}
