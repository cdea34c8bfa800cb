import type { JobStatus } from '../../core/model/job.ts';
import { CHANGES_MAX, isSameChange, type JobChange } from '../../core/model/job-change.ts';
import { storedText } from '../sql/stored-text.ts';
import type { Session } from './session.ts';

interface ChangeRow {
  readonly job_id: number;
  readonly seq: number;
  readonly at: number;
  readonly revision: number;
  readonly status: JobStatus;
  readonly reason: string | null;
  readonly paused_until_at: number | null;
  readonly effective_at: number;
  readonly cursor_at: number;
  readonly memory: string;
}

const select = 'SELECT * FROM tickwork_job_changes WHERE job_id = ? ORDER BY seq';

/** Keeps a change of a job, inside the transaction that makes it. */
export function noteChange(session: Session, change: JobChange): void {
  const { database } = session;
  const last = database.get<ChangeRow>(`${select} DESC LIMIT 1`, change.jobId);
  if (last !== undefined && isSameChange(changeFromRow(last), change)) return;
  const seq = (last?.seq ?? 0) + 1;
  keepChange(session, seq, change);
  if (seq <= CHANGES_MAX) return;
  database.run(
    'DELETE FROM tickwork_job_changes WHERE job_id = ? AND seq <= ?',
    change.jobId,
    seq - CHANGES_MAX,
  );
}

/** The beginning of a job that was just made, whose id nothing has used before. */
export function noteFirstChange(session: Session, change: JobChange): void {
  keepChange(session, 1, change);
}

/** The beginnings of jobs that were just made, whose rows say all of it. */
export function noteFirstChanges(session: Session, firstId: number, lastId: number): void {
  session.database.run(
    `INSERT INTO tickwork_job_changes (job_id, seq, at, revision, status, reason,
      paused_until_at, effective_at, cursor_at, memory)
    SELECT id, 1, created_at, revision, status, status_reason,
      paused_until_at, effective_at, cursor_at, memory
    FROM tickwork_jobs WHERE id BETWEEN ? AND ?`,
    firstId,
    lastId,
  );
}

function keepChange(session: Session, seq: number, change: JobChange): void {
  session.database.run(
    `INSERT INTO tickwork_job_changes (job_id, seq, at, revision, status, reason,
      paused_until_at, effective_at, cursor_at, memory)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    change.jobId,
    seq,
    change.at,
    change.revision,
    change.status,
    change.reason,
    change.pausedUntilAt,
    change.effectiveAt,
    change.cursorAt,
    JSON.stringify(change.memory),
  );
}

export function listChanges(session: Session, jobId: number): JobChange[] {
  return session.database.all<ChangeRow>(select, jobId).map(changeFromRow);
}

function changeFromRow(row: ChangeRow): JobChange {
  return {
    jobId: row.job_id,
    at: row.at,
    revision: row.revision,
    status: row.status,
    reason: row.reason,
    pausedUntilAt: row.paused_until_at,
    effectiveAt: row.effective_at,
    cursorAt: row.cursor_at,
    memory: storedText.memory(row.memory),
  };
}
