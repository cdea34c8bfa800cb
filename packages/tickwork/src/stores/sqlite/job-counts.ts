import type { TerminalState } from '../../core/model/run-state.ts';
import type { Instant } from '../../core/time/instant.ts';
import type { Database } from './database.ts';

/** The end of a run, as far as its job's counts go. */
export interface CountedEnd {
  readonly state: TerminalState;
  readonly at: Instant;
  readonly startedAt: Instant | null;
  readonly error: string | null;
}

interface Delta {
  success: number;
  failure: number;
  cancelled: number;
  skipped: number;
  durationMs: number;
  history: number;
  /** Of these, how many are FAILED. */
  failed: number;
  /** The last end that was not SKIPPED. */
  last: CountedEnd | null;
  lastStartedAt: Instant | null;
}

const counters = {
  SUCCESS: 'success',
  FAILED: 'failure',
  CANCELLED: 'cancelled',
  SKIPPED: 'skipped',
} as const;

/** Stands for the runs without a job, of which only the number in history is counted. */
export const NO_JOB = 0;

/** The counts of jobs that a transaction changes, written once per job at its end. */
export class JobCounts {
  readonly #database: Database;
  readonly #deltas = new Map<number, Delta>();

  constructor(database: Database) {
    this.#database = database;
  }

  clear(): void {
    this.#deltas.clear();
  }

  addEnd(jobId: number | null, end: CountedEnd): void {
    const delta = this.#deltaOf(jobId ?? NO_JOB);
    delta.history++;
    if (end.state === 'FAILED') delta.failed++;
    if (jobId === null) return;
    delta[counters[end.state]]++;
    if (end.state === 'SKIPPED') return;
    delta.last = end;
    delta.lastStartedAt = end.startedAt ?? delta.lastStartedAt;
    if (end.state === 'CANCELLED' || end.startedAt === null) return;
    delta.durationMs += Math.max(0, end.at - end.startedAt);
  }

  /** So many runs without a job came into history, none of them FAILED. */
  addFinished(count: number): void {
    this.#deltaOf(NO_JOB).history += count;
  }

  addSkipped(jobId: number, count: number): void {
    this.#deltaOf(jobId).skipped += count;
  }

  /** A run was removed from history. */
  addRemoved(jobId: number, failed: boolean): void {
    const delta = this.#deltaOf(jobId);
    delta.history--;
    if (failed) delta.failed--;
  }

  /** Writes what has gathered: what has no words goes by one statement. */
  flush(): void {
    const rows: JobCountsRow[] = [];
    for (const [jobId, delta] of this.#deltas) {
      const row = rowOf(jobId, delta);
      const error = delta.last?.error ?? null;
      if (error === null) rows.push(row);
      else this.#database.run(writeText, JSON.stringify([row]), error);
    }
    this.#deltas.clear();
    if (rows.length > 0) this.#database.run(writeText, JSON.stringify(rows), null);
  }

  #deltaOf(jobId: number): Delta {
    let delta = this.#deltas.get(jobId);
    if (delta === undefined) {
      delta = {
        success: 0,
        failure: 0,
        cancelled: 0,
        skipped: 0,
        durationMs: 0,
        history: 0,
        failed: 0,
        last: null,
        lastStartedAt: null,
      };
      this.#deltas.set(jobId, delta);
    }
    return delta;
  }
}

/** `OR FAIL` needs no copies of pages for its undoing: an error rolls the transaction back. */
const writeText = `
INSERT OR FAIL INTO tickwork_job_stats (job_id, success_count, failure_count, cancelled_count,
  skipped_count, duration_ms_total, history_count, last_started_at, last_ended_at,
  last_state, failed_count, last_error)
SELECT ${Array.from({ length: 11 }, (_, i) => `row.value ->> ${i}`).join(', ')}, ?2
FROM json_each(?1) AS row WHERE true
ON CONFLICT (job_id) DO UPDATE SET
  success_count = success_count + excluded.success_count,
  failure_count = failure_count + excluded.failure_count,
  cancelled_count = cancelled_count + excluded.cancelled_count,
  skipped_count = skipped_count + excluded.skipped_count,
  duration_ms_total = duration_ms_total + excluded.duration_ms_total,
  history_count = history_count + excluded.history_count,
  failed_count = failed_count + excluded.failed_count,
  last_started_at = ifnull(excluded.last_started_at, last_started_at),
  last_ended_at = ifnull(excluded.last_ended_at, last_ended_at),
  last_error = CASE WHEN excluded.last_state IS NULL THEN last_error ELSE excluded.last_error END,
  last_state = ifnull(excluded.last_state, last_state)`;

type JobCountsRow = readonly (number | string | null)[];

/** The values of a row in the order of the columns, but for the error: words may not be JSON. */
function rowOf(jobId: number, delta: Delta): JobCountsRow {
  return [
    jobId,
    delta.success,
    delta.failure,
    delta.cancelled,
    delta.skipped,
    delta.durationMs,
    delta.history,
    delta.lastStartedAt,
    delta.last?.at ?? null,
    delta.last?.state ?? null,
    delta.failed,
  ];
}
