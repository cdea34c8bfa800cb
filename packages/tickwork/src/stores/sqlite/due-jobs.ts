import type { JobState } from '../../core/model/job.ts';
import type { Instant } from '../../core/time/instant.ts';
import { type JobStateRow, jobStateSelect } from '../sql/job-row.ts';
import type { Session } from './session.ts';

export function findDueJobs(session: Session, until: Instant, limit: number): JobState[] {
  const rows = session.database.rows<JobStateRow>(
    `${jobStateSelect} WHERE j.wake_at IS NOT NULL AND j.wake_at <= ?
    ORDER BY j.wake_at, j.id LIMIT ?`,
    until,
    limit,
  );
  readDefinitions(session, rows);
  return rows.map((row) => session.jobStateOf(row));
}

/** Reads by one statement the definitions that are not in memory. */
function readDefinitions(session: Session, rows: readonly JobStateRow[]): void {
  const missing = rows.filter(
    ([id, , revision]) => session.knownDefinition(id, revision) === undefined,
  );
  if (missing.length === 0) return;
  const found = session.database.rows<[jobId: number, revision: number, text: string]>(
    `SELECT r.job_id, r.revision, r.definition
    FROM json_each(?) AS asked CROSS JOIN tickwork_job_revisions AS r
      ON r.job_id = asked.value ->> 0 AND r.revision = asked.value ->> 1`,
    JSON.stringify(missing.map(([id, , revision]) => [id, revision])),
  );
  for (const [jobId, revision, text] of found) session.keepDefinition(jobId, revision, text);
}

export function nextDueAt(session: Session): Instant | null {
  const row = session.database.get<{ at: number }>(
    'SELECT wake_at AS at FROM tickwork_jobs WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1',
  );
  return row?.at ?? null;
}
