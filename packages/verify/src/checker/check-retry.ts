import type { RetryPolicy } from '../../../tickwork/src/core/model/policy.ts';
import { definitionOf } from './definition-of.ts';
import type { AttemptRecord, Ledger } from './ledger.ts';
import { showInstant, type Violation } from './violation.ts';

/** After so many lost attempts in a row a run is not tried again. */
const LOST_MAX = 3;

/**
 * retry fault: more failed attempts than 1 + max, an attempt earlier than the back-off
 * allows, an attempt after success or cancellation, or one after three lost ones in a row.
 */
export function checkRetries(ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  for (const [runId, records] of ledger.attemptsByRun) {
    const attempts = [...records].sort((a, b) => a.startAt - b.startAt || a.i - b.i);
    const why =
      afterTheEnd(runId, attempts, ledger) ??
      afterSuccess(attempts, ledger) ??
      againstPolicy(runId, attempts, ledger) ??
      givenUpEarly(runId, attempts, ledger);
    if (why === null) continue;
    violations.push({
      verdict: 'retry-fault',
      text: `run ${runId}: ${why}`,
      sched: attempts[0]?.sched ?? null,
      runId,
      facts: { attempts: attempts.length },
    });
  }
  return violations;
}

function afterTheEnd(
  runId: string,
  attempts: readonly AttemptRecord[],
  ledger: Ledger,
): string | null {
  const ended = ledger.commits
    .get(runId)
    ?.find((each) => each.accepted && each.what === 'completion' && each.state !== 'RETRY');
  if (ended === undefined) return null;
  const after = (ledger.grants.get(runId) ?? []).find((each) => each.i > ended.i);
  const started = attempts.find((each) => each.i > ended.i && each.token > ended.token);
  if (after === undefined && started === undefined) return null;
  const attempt = after?.attempt ?? started?.attempt ?? 0;
  return `attempt ${attempt} followed after the run was ${ended.state ?? 'ended'}`;
}

/** The task finished its work without being asked to stop, and the store took its end. */
function afterSuccess(attempts: readonly AttemptRecord[], ledger: Ledger): string | null {
  for (const [index, attempt] of attempts.entries()) {
    if (attempt.outcome !== 'success' || attempt.signalledAt !== null) continue;
    // One with an older fence was granted before, to a node that stood still since.
    const later = attempts.slice(index + 1).find((each) => each.token > attempt.token);
    if (later !== undefined && acceptedEnd(attempt, ledger)) {
      return `attempt ${later.attempt} followed after a success`;
    }
  }
  return null;
}

/** FAILED by its own errors although attempts were left. */
function givenUpEarly(
  runId: string,
  attempts: readonly AttemptRecord[],
  ledger: Ledger,
): string | null {
  const row = ledger.rows.get(runId);
  const retry = definitionOf(runId, ledger)?.policies.retry;
  if (row?.state !== 'FAILED' || retry === undefined) return null;
  if (row.reason !== 'error' && row.reason !== 'timeout') return null;
  // A start that no task saw counts too: its node died in between.
  const failed = attempts.filter((each) => each.endedBy === 'itself' && acceptedEnd(each, ledger));
  if (failed.length > retry.attemptsMax) return null;
  const allowed = `${retry.attemptsMax} retries`;
  return `it was given up after ${failed.length} failed attempts (${allowed})`;
}

function acceptedEnd(attempt: AttemptRecord, ledger: Ledger): boolean {
  const commits = ledger.commits.get(attempt.runId) ?? [];
  return commits.some(
    (each) =>
      each.accepted &&
      each.what === 'completion' &&
      each.token === attempt.token &&
      each.inc === attempt.inc,
  );
}

function againstPolicy(
  runId: string,
  attempts: readonly AttemptRecord[],
  ledger: Ledger,
): string | null {
  const retry = definitionOf(runId, ledger)?.policies.retry;
  if (retry === undefined) return null;
  let failedCount = 0;
  let lostInRow = 0;
  let notBefore = Number.NEGATIVE_INFINITY;
  let endedAt = Number.NEGATIVE_INFINITY;
  for (const attempt of attempts) {
    if (failedCount > retry.attemptsMax) {
      const allowed = `${retry.attemptsMax} retries`;
      return `attempt ${attempt.attempt} followed after ${failedCount} failed ones (${allowed})`;
    }
    if (lostInRow >= LOST_MAX)
      return `attempt ${attempt.attempt} followed after ${lostInRow} lost ones in a row`;
    // Back-off counts by the store's clock, which nodes read once in a while.
    const { renewMs, tickMs } = ledger.limits;
    const set = ledger.clock.setMs(endedAt - renewMs - tickMs, attempt.startAt);
    if (attempt.startAt < notBefore - set) {
      return (
        `attempt ${attempt.attempt} started ${showInstant(attempt.startAt)}, ` +
        `before its back-off ended ${showInstant(notBefore)}`
      );
    }
    if (countsAsFailed(attempt, ledger)) {
      failedCount += 1;
      lostInRow = 0;
      endedAt = attempt.endAt;
      notBefore = attempt.endAt + backoffMsMin(retry, failedCount) - ledger.limits.clockErrorMs;
    } else if (wasLost(attempt, ledger)) lostInRow += 1;
    else lostInRow = 0;
  }
  return null;
}

/** The store took its end as an error or timeout, or the task said so and nobody denied it. */
function countsAsFailed(attempt: AttemptRecord, ledger: Ledger): boolean {
  if (attempt.outcome !== 'failed') return false;
  if (ledger.commits.has(attempt.runId)) return acceptedEnd(attempt, ledger);
  return !wasLost(attempt, ledger);
}

function wasLost(attempt: AttemptRecord, ledger: Ledger): boolean {
  const row = ledger.dumpedAttempts
    .get(attempt.runId)
    ?.find((each) => each.attempt === attempt.attempt);
  if (row !== undefined) return row.outcome === 'lost';
  return attempt.endedBy === 'crash';
}

/** The least pause after the `failedCount`-th failure, by the policy's own words. */
function backoffMsMin(retry: RetryPolicy, failedCount: number): number {
  const { backoff } = retry;
  switch (backoff.kind) {
    case 'fixed':
      return backoff.delayMs;
    case 'exponential': {
      let delay = backoff.delayMs;
      for (let i = 1; i < failedCount; i++)
        delay = Math.min(delay * backoff.factor, backoff.delayMsMax);
      return Math.floor(Math.min(delay, backoff.delayMsMax));
    }
    case 'list':
      return backoff.delaysMs[Math.min(failedCount, backoff.delaysMs.length) - 1] ?? 0;
    default:
      return backoff satisfies never;
  }
}
