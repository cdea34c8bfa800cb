import type { RunDump } from '../history/history.ts';
import type { CheckedJob } from './expected.ts';
import { isScheduled, skipsOf } from './job-index.ts';
import type { Ledger } from './ledger.ts';
import { showInstant, type Violation } from './violation.ts';

/**
 * missed: an instant that was certainly due and in force was neither seen to start nor has
 * a row that says why not. Whether the reason is true is judged by `unjustified skip`.
 */
export function checkMissed(ledger: Ledger, jobs: readonly CheckedJob[]): Violation[] {
  return jobs.flatMap((job) => missedOf(job, ledger));
}

function missedOf(job: CheckedJob, ledger: Ledger): Violation[] {
  const started = new Set<number>();
  for (const attempt of job.record.attempts) {
    if (isScheduled(attempt.runId, ledger.rows.get(attempt.runId))) started.add(attempt.fireAt);
  }
  const rows = new Map<number, RunDump>();
  for (const row of job.record.rows) if (row.origin === 'schedule') rows.set(row.fireAt, row);
  const ranges = skipsOf(job.record).filter((skip) => skip.runId === null);
  const violations: Violation[] = [];
  let next = 0;
  for (const fireAt of job.expected.must) {
    if (fireAt > job.judgedUntil) break;
    if (started.has(fireAt)) continue;
    while (next < ranges.length && (ranges[next]?.toAt ?? 0) < fireAt) next += 1;
    const range = ranges[next];
    const inRange = range !== undefined && range.fromAt <= fireAt;
    const row = rows.get(fireAt);
    if (row === undefined && fireAt < job.retainedFrom) continue;
    const why = inRange ? null : missedBecause(row, job, ledger);
    if (why !== null) violations.push(violationOf(job, fireAt, row, why));
  }
  return violations;
}

function missedBecause(row: RunDump | undefined, job: CheckedJob, ledger: Ledger): string | null {
  if (row === undefined) return 'it has no row';
  switch (row.state) {
    case 'SKIPPED':
      return null;
    case 'CANCELLED':
      return row.reason === 'overlap' || ledger.cancelledRunIds.has(row.id)
        ? null
        : 'it was cancelled by nobody';
    case 'FAILED':
    case 'RETRY':
      // The node died between the grant and the first line of the task.
      return wasLost(row) && (ledger.grants.get(row.id) ?? []).length > 0
        ? null
        : `it is ${row.state} unseen`;
    case 'PENDING':
      // Whether the room it waits for is taken is judged by `stuck`.
      return row.waiting ||
        row.limitKey !== null ||
        row.dueAt > job.judgedUntil ||
        behindAnother(row, job)
        ? null
        : 'it still waits to start';
    case 'RUNNING':
      return justGranted(row, ledger) ? null : unseen(row);
    default:
      return unseen(row);
  }
}

/** No attempt of it ended by itself. A limit that the next one waits for hides the reason. */
function wasLost(row: RunDump): boolean {
  const { state, reason } = row;
  if (reason === 'node-lost' || reason === 'poison' || reason === 'shutdown') return true;
  const limited = state === 'RETRY' && (reason === 'concurrency' || reason === 'rate');
  return limited && row.lostCount > 0 && row.failedCount === 0;
}

function unseen(row: RunDump): string {
  return `it is ${row.state}, but no task was seen to start`;
}

/**
 * The watch ended between the store's word and the first line of the task: the answer was on
 * its way, or the start was written ahead of its instant. No attempt before it may have ended
 * by itself unseen.
 */
function justGranted(row: RunDump, ledger: Ledger): boolean {
  const grant = ledger.grants.get(row.id)?.at(-1);
  if (grant === undefined || grant.token !== row.fence || row.failedCount > 0) return false;
  return ledger.endAt - grant.t <= ledger.limits.epsilonMs;
}

function behindAnother(row: RunDump, job: CheckedJob): boolean {
  return job.record.rows.some(
    (each) => each.id !== row.id && (each.state === 'RUNNING' || each.state === 'RETRY'),
  );
}

function violationOf(
  job: CheckedJob,
  fireAt: number,
  row: RunDump | undefined,
  why: string,
): Violation {
  return {
    verdict: 'missed',
    text: `job ${job.record.sched} was due ${showInstant(fireAt)} and was not run: ${why}`,
    sched: job.record.sched,
    runId: row?.id ?? null,
    facts: { fireAt, state: row?.state ?? null, reason: row?.reason ?? null },
  };
}
