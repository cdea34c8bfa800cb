import type { SkipRange } from '../../../tickwork/src/core/model/run.ts';
import type { RunDump } from '../history/history.ts';
import type { AttemptRecord, JobRecord } from './ledger.ts';

/** One not-run instant or stretch, whether it is a row of its own or a range. */
export interface Skip {
  readonly fromAt: number;
  readonly toAt: number;
  readonly count: number;
  readonly reason: string;
  /** By the store's clock. */
  readonly decidedAt: number;
  readonly runId: string | null;
  readonly revision: number | null;
  readonly intoRunId: string | null;
}

export function skipsOf(record: JobRecord): Skip[] {
  const rows = record.rows.filter((row) => row.state === 'SKIPPED').map(skipOfRow);
  return [...rows, ...record.skips.map(skipOfRange)].sort((a, b) => a.fromAt - b.fromAt);
}

function skipOfRow(row: RunDump): Skip {
  return {
    fromAt: row.fireAt,
    toAt: row.fireAt,
    count: 1,
    reason: row.reason ?? '',
    decidedAt: row.endedAt ?? row.createdAt,
    runId: row.id,
    revision: row.jobRevision,
    intoRunId: null,
  };
}

function skipOfRange(range: SkipRange): Skip {
  return { ...range, runId: null, revision: null };
}

/** True for runs that stand for a due instant of the trigger. */
export function isScheduled(runId: string, row: RunDump | undefined): boolean {
  if (row !== undefined) return row.origin === 'schedule';
  return !/-(m|a|s|f|b)-/.test(runId) && !runId.startsWith('e_');
}

/** The first witnessed start of each run of a job, in the order of starting. */
export function firstStarts(record: JobRecord): AttemptRecord[] {
  const first = new Map<string, AttemptRecord>();
  for (const attempt of record.attempts) {
    const known = first.get(attempt.runId);
    if (known === undefined || attempt.startAt < known.startAt) first.set(attempt.runId, attempt);
  }
  return [...first.values()].sort((a, b) => a.startAt - b.startAt || a.i - b.i);
}
