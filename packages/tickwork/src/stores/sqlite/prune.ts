import type { PruneRequest } from '../../core/ports/run-store.ts';
import { NO_JOB } from './job-counts.ts';
import type { Session } from './session.ts';
import type { Transactions } from './transactions.ts';

/** Jobs looked at, or rows removed, before the event loop gets its turn. */
const WINDOW_MAX = 1000;
const SLICE_MAX = 250;

interface Group {
  readonly job_id: number;
  readonly history_count: number;
  readonly age_ms: number | null;
  readonly runs_max: number | null;
}

interface Limits {
  readonly jobId: number;
  readonly endedBefore: number;
  readonly runsMax: number;
}

/** Removes what is beyond retention, job by job, in short transactions. */
export async function prune(
  session: Session,
  transactions: Transactions,
  request: PruneRequest,
): Promise<number> {
  const { limit } = request;
  let removed = 0;
  for (let after: number | null = NO_JOB - 1; after !== null && removed < limit; ) {
    const from = after;
    const groups: Group[] = await transactions.read(() => findGroups(session, from, request));
    after = groups.length < WINDOW_MAX ? null : (groups.at(-1)?.job_id ?? null);
    for (const group of groups.filter((each) => each.history_count > 0)) {
      const limits = limitsOf(group, request);
      for (let more = true; more && removed < limit; ) {
        const slice = Math.min(SLICE_MAX, limit - removed);
        const count = await transactions.write(slice, () => pruneJob(session, limits, slice));
        removed += count;
        more = count === slice;
      }
    }
  }
  removed += await transactions.write(SLICE_MAX, () => pruneSkips(session, request));
  removed += await transactions.write(SLICE_MAX, () => pruneNodes(session, request));
  return removed;
}

/**
 * The next jobs with something in history. Those with nothing to remove have a count of 0:
 * they only tell how far the window reached.
 */
function findGroups(session: Session, after: number, request: PruneRequest): Group[] {
  const { now, defaults } = request;
  return session.database.all<Group>(
    `SELECT s.job_id, j.retention_age_ms AS age_ms, j.retention_runs_max AS runs_max,
      CASE WHEN s.job_id = ?2
        OR s.history_count > ifnull(j.retention_runs_max, ?3)
        OR (SELECT ended_at FROM tickwork_history WHERE job_id = s.job_id ORDER BY seq LIMIT 1)
          < ?5 - ifnull(j.retention_age_ms, ?4)
      THEN s.history_count ELSE 0 END AS history_count
    FROM tickwork_job_stats s LEFT JOIN tickwork_jobs j ON j.id = s.job_id
    WHERE s.job_id > ?1 ORDER BY s.job_id LIMIT ${WINDOW_MAX}`,
    after,
    NO_JOB,
    defaults.runsMax,
    defaults.ageMs,
    now,
  );
}

function limitsOf(group: Group, request: PruneRequest): Limits {
  const { now, defaults } = request;
  return {
    jobId: group.job_id,
    endedBefore: now - (group.age_ms ?? defaults.ageMs),
    runsMax: group.runs_max ?? defaults.runsMax,
  };
}

/** Removes the longest finished runs of one job, inside a transaction. */
function pruneJob(session: Session, limits: Limits, limit: number): number {
  const { database, counts } = session;
  // Another call of this transaction may have removed or ended runs of the same job.
  counts.flush();
  const stats = database.get<{ history_count: number }>(
    'SELECT history_count FROM tickwork_job_stats WHERE job_id = ?',
    limits.jobId,
  );
  const surplus = (stats?.history_count ?? 0) - limits.runsMax;
  const rows = oldest(session, limits.jobId, limit);
  let removed = 0;
  for (const row of rows) {
    if (removed >= surplus && row.ended_at >= limits.endedBefore) break;
    database.run('DELETE FROM tickwork_history WHERE seq = ?', row.seq);
    database.run('DELETE FROM tickwork_attempts WHERE run_id = ?', row.id);
    database.run('DELETE FROM tickwork_output WHERE run_id = ?', row.id);
    removed++;
  }
  if (removed > 0) counts.addRemoved(limits.jobId, removed);
  return removed;
}

interface OldestRow {
  readonly seq: number;
  readonly id: string;
  readonly ended_at: number;
}

function oldest(session: Session, jobId: number, limit: number): OldestRow[] {
  const select = 'SELECT seq, id, ended_at FROM tickwork_history';
  if (jobId !== NO_JOB) {
    const text = `${select} WHERE job_id = ? ORDER BY seq LIMIT ?`;
    return session.database.all<OldestRow>(text, jobId, limit);
  }
  const rows = session.database.all<OldestRow>(
    `${select} WHERE job_id IS NULL AND seq > ? ORDER BY seq LIMIT ?`,
    session.prunedSeq,
    limit,
  );
  // Runs of jobs, which may stay for long, need not be passed again the next time.
  const first = rows[0];
  if (first !== undefined) session.prunedSeq = first.seq - 1;
  return rows;
}

function pruneSkips(session: Session, request: PruneRequest): number {
  return session.database.run(
    `DELETE FROM tickwork_skips WHERE (job_id, from_at) IN (
      SELECT k.job_id, k.from_at FROM tickwork_skips k
        LEFT JOIN tickwork_jobs j ON j.id = k.job_id
      WHERE k.to_at < ?1 - ifnull(j.retention_age_ms, ?2)
      ORDER BY k.job_id, k.from_at LIMIT ?3)`,
    request.now,
    request.defaults.ageMs,
    request.limit,
  );
}

function pruneNodes(session: Session, request: PruneRequest): number {
  return session.database.run(
    `DELETE FROM tickwork_nodes WHERE id IN (
      SELECT id FROM tickwork_nodes WHERE state <> 'up' AND lease_until < ? ORDER BY id LIMIT ?)`,
    request.now - request.defaults.ageMs,
    request.limit,
  );
}
