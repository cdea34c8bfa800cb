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

  flush(): void {
    for (const [jobId, delta] of this.#deltas) this.#write(jobId, delta);
    this.#deltas.clear();
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

  #write(jobId: number, delta: Delta): void {
    this.#database.run(
      `INSERT INTO tickwork_job_stats (job_id, success_count, failure_count, cancelled_count,
        skipped_count, duration_ms_total, history_count, last_started_at, last_ended_at,
        last_state, last_error, failed_count)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
      ON CONFLICT (job_id) DO UPDATE SET
        success_count = success_count + ?2, failure_count = failure_count + ?3,
        cancelled_count = cancelled_count + ?4, skipped_count = skipped_count + ?5,
        duration_ms_total = duration_ms_total + ?6, history_count = history_count + ?7,
        failed_count = failed_count + ?12,
        last_started_at = ifnull(?8, last_started_at),
        last_ended_at = ifnull(?9, last_ended_at),
        last_error = CASE WHEN ?10 IS NULL THEN last_error ELSE ?11 END,
        last_state = ifnull(?10, last_state)`,
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
      delta.last?.error ?? null,
      delta.failed,
    );
  }
}
