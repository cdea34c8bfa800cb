import { changeOfPause } from '../../core/ledger/change-of.ts';
import type { JobEffect } from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { type JobRow, jobSelect } from '../sql/job-row.ts';
import { noteChange } from './job-changes.ts';
import { insertRun, skipPending } from './move-run.ts';
import type { Session } from './session.ts';

/** What the end of a run does to its job, see `JobEffect`; inside its transaction. */
export function affectJob(session: Session, jobId: number, effect: JobEffect, at: Instant): void {
  const { database } = session;
  if (effect.kind === 'succeeded') {
    database.run(
      `UPDATE tickwork_jobs SET failures_in_row = 0, hold_until_at = NULL
      WHERE id = ? AND (failures_in_row > 0 OR hold_until_at IS NOT NULL)`,
      jobId,
    );
    return;
  }
  database.run(
    'UPDATE tickwork_jobs SET failures_in_row = failures_in_row + 1 WHERE id = ?',
    jobId,
  );
  const job = database.get<{ status: string; failures_in_row: number }>(
    'SELECT status, failures_in_row FROM tickwork_jobs WHERE id = ?',
    jobId,
  );
  if (job?.status !== 'active') return;
  const { pauseAfter, again } = effect;
  if (pauseAfter !== null && job.failures_in_row >= pauseAfter) {
    pauseJob(session, jobId, effect.pauseReason, at);
  } else if (again !== null) {
    insertRun(session, again, null, at);
    database.run(
      'UPDATE tickwork_jobs SET hold_until_at = max(ifnull(hold_until_at, 0), ?2) WHERE id = ?1',
      jobId,
      again.fireAt,
    );
  }
}

/** Pauses a job, and skips what it has planned, inside a transaction. */
export function pauseJob(session: Session, jobId: number, reason: string, at: Instant): void {
  const { database } = session;
  database.run(
    `UPDATE tickwork_jobs SET status = 'paused', status_reason = ?2, paused_until_at = NULL
    WHERE id = ?1`,
    jobId,
    reason,
  );
  session.noteJobs();
  const [row] = database.rows<JobRow>(`${jobSelect} WHERE j.id = ?`, jobId);
  if (row !== undefined) noteChange(session, changeOfPause(session.jobOf(row), reason, at));
  skipPending(session, jobId, { reason: 'paused', note: reason }, at);
}
