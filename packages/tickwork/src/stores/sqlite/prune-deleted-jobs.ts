import type { PruneRequest } from '../../core/ports/run-store.ts';
import type { Session } from './session.ts';

/**
 * Forgets jobs that were deleted longer ago than the retention and of which no run and no
 * skipped stretch is left, inside a transaction.
 */
export function pruneDeletedJobs(session: Session, request: PruneRequest): number {
  const { database } = session;
  const gone = database.all<{ id: number }>(
    `SELECT id FROM tickwork_deleted_jobs d WHERE deleted_at < ?
      AND NOT EXISTS (SELECT 1 FROM tickwork_runs WHERE job_id = d.id)
      AND NOT EXISTS (SELECT 1 FROM tickwork_history WHERE job_id = d.id)
      AND NOT EXISTS (SELECT 1 FROM tickwork_skips WHERE job_id = d.id)
    ORDER BY id LIMIT ?`,
    request.now - request.defaults.ageMs,
    request.limit,
  );
  for (const { id } of gone) {
    database.run('DELETE FROM tickwork_job_revisions WHERE job_id = ?', id);
    database.run('DELETE FROM tickwork_job_stats WHERE job_id = ?', id);
    database.run('DELETE FROM tickwork_deleted_jobs WHERE id = ?', id);
    session.forgetJob(id);
  }
  return gone.length;
}
