import type { RunDump } from '../history/history.ts';
import type { CheckedJob } from './expected.ts';
import { skipsOf } from './job-index.ts';
import type { Ledger } from './ledger.ts';
import { showInstant, type Violation } from './violation.ts';

/**
 * accounting: every due instant is counted once. Between |MUST| and |MUST ∪ MAY ∪ paused|
 * of the instants have a row; none is both run and skipped; a pause kept its instants; the
 * counts that a job carries equal a recount of its rows; so do the totals.
 */
export function checkAccounting(ledger: Ledger, jobs: readonly CheckedJob[]): Violation[] {
  if (!ledger.dumped) return [];
  return [
    ...jobs.flatMap((job) => [
      ...balance(job),
      ...runAndSkipped(job),
      ...pausesKept(job),
      ...statsRecounted(job),
    ]),
    ...totalsRecounted(ledger),
  ];
}

function balance(job: CheckedJob): Violation[] {
  const { expected, record } = job;
  if (!expected.known) return [];
  let rows = 0;
  // Of those that retention cannot have touched.
  let kept = 0;
  for (const row of record.rows) {
    if (row.origin !== 'schedule' || row.fireAt > job.judgedUntil) continue;
    rows += 1;
    if (row.fireAt >= job.retainedFrom) kept += 1;
  }
  for (const range of record.skips) {
    if (range.toAt > job.judgedUntil) continue;
    rows += range.count;
    if (range.toAt >= job.retainedFrom) kept += range.count;
  }
  const upTo = (instants: Iterable<number>): number => {
    let count = 0;
    for (const at of instants) if (at <= job.judgedUntil) count += 1;
    return count;
  };
  const least = upTo(expected.must.filter((at) => at >= job.retainedFrom));
  const most = upTo(new Set([...expected.must, ...expected.may, ...expected.paused]));
  // A range that reaches into the unjudged end is counted nowhere: it can only make rows fewer.
  const open = record.skips.some((range) => range.toAt > job.judgedUntil);
  if (rows <= most && (kept >= least || open)) return [];
  return [
    violationOf(job, `${rows} instants have a row, but ${least} to ${most} were due`, {
      rows,
      least,
      most,
    }),
  ];
}

function runAndSkipped(job: CheckedJob): Violation[] {
  const ranges = skipsOf(job.record).filter((skip) => skip.runId === null);
  const violations: Violation[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const range of ranges) {
    if (range.fromAt <= last) {
      violations.push(
        violationOf(job, `${showInstant(range.fromAt)} was skipped twice`, {
          fromAt: range.fromAt,
        }),
      );
    }
    last = Math.max(last, range.toAt);
  }
  for (const row of job.record.rows) {
    if (row.origin !== 'schedule') continue;
    const range = ranges.find((each) => row.fireAt >= each.fromAt && row.fireAt <= each.toAt);
    if (range === undefined) continue;
    const facts = { runId: row.id, state: row.state, reason: range.reason };
    violations.push(
      violationOf(job, `${showInstant(row.fireAt)} has a run and lies in a skipped stretch`, facts),
    );
  }
  return violations;
}

/** No silent drop in a pause either: the instants of a pause are kept as skipped ones. */
function pausesKept(job: CheckedJob): Violation[] {
  if (!job.expected.known || job.record.dump === null) return [];
  // A pause that lasts is written down when it ends, or now and then.
  if (job.record.dump.status === 'paused') return [];
  const due = job.expected.paused.filter(
    (at) => at <= job.judgedUntil && at >= job.retainedFrom,
  ).length;
  let kept = 0;
  for (const skip of skipsOf(job.record)) if (skip.reason === 'paused') kept += skip.count;
  if (kept >= due) return [];
  return [
    violationOf(job, `${due} instants lay in pauses, and ${kept} are kept as paused`, {
      due,
      kept,
    }),
  ];
}

function statsRecounted(job: CheckedJob): Violation[] {
  const stats = job.record.dump?.stats;
  if (stats === undefined) return [];
  const count = (state: RunDump['state']): number =>
    job.record.rows.filter((row) => row.state === state).length;
  // Counts stay when the rows go.
  const removed = job.retainedFrom > (job.timeline.windows[0]?.fromAt ?? 0);
  const ranged = job.record.skips.reduce((sum, range) => sum + range.count, 0);
  const pairs: [string, number, number][] = [
    ['successes', stats.successCount, count('SUCCESS')],
    ['failures', stats.failureCount, count('FAILED')],
    ['cancellations', stats.cancelledCount, count('CANCELLED')],
    ['skips', stats.skippedCount, count('SKIPPED') + ranged],
  ];
  return pairs
    .filter(([, shown, counted]) => shown < counted || (shown > counted && !removed))
    .map(([name, shown, counted]) =>
      violationOf(job, `it shows ${shown} ${name}, a recount finds ${counted}`, {
        name,
        shown,
        counted,
      }),
    );
}

function totalsRecounted(ledger: Ledger): Violation[] {
  if (ledger.totals === null) return [];
  const counts: Record<string, number> = {};
  for (const row of ledger.rows.values()) counts[row.state] = (counts[row.state] ?? 0) + 1;
  return Object.entries(ledger.totals)
    .filter(([state, shown]) => shown !== (counts[state] ?? 0))
    .map(([state, shown]) => ({
      verdict: 'accounting',
      text: `the totals show ${shown} runs ${state}, a recount finds ${counts[state] ?? 0}`,
      sched: null,
      runId: null,
      facts: { state, shown, counted: counts[state] ?? 0 },
    }));
}

function violationOf(job: CheckedJob, why: string, facts: Violation['facts']): Violation {
  const { sched } = job.record;
  return { verdict: 'accounting', text: `job ${sched}: ${why}`, sched, runId: null, facts };
}
