import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RetentionPolicy } from '../../core/model/policy.ts';
import type { PruneRequest } from '../../core/ports/run-store.ts';
import { type RetainedGroup, retainedGroups } from '../../core/retention/retained-groups.ts';
import { NO_JOB } from './job-counts.ts';
import { pruneDeletedJobs } from './prune-deleted-jobs.ts';
import type { Session } from './session.ts';
import type { Transactions } from './transactions.ts';

/** Jobs looked at, or rows removed, before the event loop gets its turn. */
const WINDOW_MAX = 1000;
const SLICE_MAX = 250;

interface JobRow {
  readonly job_id: number;
  /** 0 = nothing of it can be beyond its retention. */
  readonly suspect: number;
  readonly age_ms: number | null;
  readonly runs_max: number | null;
  readonly failed_age_ms: number | null;
  readonly failed_runs_max: number | null;
}

/** One group of finished runs of one job. */
interface Group extends RetainedGroup {
  readonly jobId: number;
}

/** Removes what is beyond retention, job by job, in short transactions. */
export async function prune(
  session: Session,
  transactions: Transactions,
  request: PruneRequest,
): Promise<number> {
  const { limit, now } = request;
  let removed = 0;
  for (let next: number | null = NO_JOB - 1; next !== null && removed < limit; ) {
    const after: number = next;
    const found: Found = await transactions.read(() => findGroups(session, after, request));
    next = found.next;
    await nextTurn();
    for (const group of found.groups) {
      for (let more = true; more && removed < limit; ) {
        const slice = Math.min(SLICE_MAX, limit - removed);
        const count = await transactions.write(slice, () => pruneGroup(session, group, now, slice));
        removed += count;
        more = count === slice;
      }
    }
  }
  removed += await transactions.write(SLICE_MAX, () => pruneSkips(session, request));
  removed += await transactions.write(SLICE_MAX, () => pruneNodes(session, request));
  removed += await transactions.write(SLICE_MAX, () => pruneDeletedJobs(session, request));
  return removed;
}

/** `next` is how far the window reached, `null` = to the end. */
interface Found {
  readonly groups: readonly Group[];
  readonly next: number | null;
}

/**
 * The groups with something to remove among the next jobs. One statement tells for jobs whose
 * runs count together; others are looked at one by one.
 */
function findGroups(session: Session, after: number, { now, defaults }: PruneRequest): Found {
  const rows = session.database.all<JobRow>(
    `SELECT s.job_id, j.retention_age_ms AS age_ms, j.retention_runs_max AS runs_max,
      j.retention_failed_age_ms AS failed_age_ms,
      j.retention_failed_runs_max AS failed_runs_max,
      s.job_id = ?2 OR j.retention_failed_age_ms IS NOT NULL OR (j.id IS NULL AND ?6)
        OR s.history_count > ifnull(j.retention_runs_max, ?3)
        OR (SELECT ended_at FROM tickwork_history WHERE job_id = s.job_id ORDER BY seq LIMIT 1)
          < ?5 - ifnull(j.retention_age_ms, ?4) AS suspect
    FROM tickwork_job_stats s LEFT JOIN tickwork_jobs j ON j.id = s.job_id
    WHERE s.job_id > ?1 ORDER BY s.job_id LIMIT ${WINDOW_MAX}`,
    after,
    NO_JOB,
    defaults.runsMax,
    defaults.ageMs,
    now,
    defaults.failed === undefined ? 0 : 1,
  );
  const groups = rows
    .filter(({ suspect }) => suspect === 1)
    .flatMap((row) =>
      retainedGroups(policyOf(row) ?? defaults).map((group) => ({ ...group, jobId: row.job_id })),
    )
    .filter((group) => findBeyond(session, group, now, 1).length > 0);
  return { groups, next: rows.length < WINDOW_MAX ? null : (rows.at(-1)?.job_id ?? null) };
}

/** `null` = the job is deleted. */
function policyOf(row: JobRow): RetentionPolicy | null {
  if (row.age_ms === null || row.runs_max === null) return null;
  const kept = { ageMs: row.age_ms, runsMax: row.runs_max };
  if (row.failed_age_ms === null || row.failed_runs_max === null) return kept;
  return { ...kept, failed: { ageMs: row.failed_age_ms, runsMax: row.failed_runs_max } };
}

/** Removes the longest finished runs of one group, inside a transaction. */
function pruneGroup(session: Session, group: Group, now: number, limit: number): number {
  const { database, counts } = session;
  // Another call of this transaction may have removed or ended runs of the same job.
  counts.flush();
  const rows = findBeyond(session, group, now, limit);
  for (const row of rows) {
    database.run('DELETE FROM tickwork_history WHERE seq = ?', row.seq);
    database.run('DELETE FROM tickwork_attempts WHERE run_id = ?', row.id);
    database.run('DELETE FROM tickwork_output WHERE run_id = ?', row.id);
    counts.addRemoved(group.jobId, row.failed === 1);
  }
  return rows.length;
}

interface OldestRow {
  readonly seq: number;
  readonly id: string;
  readonly ended_at: number;
  readonly failed: number;
}

/** The first runs of a group, as far as they are too many or too old. */
function findBeyond(session: Session, group: Group, now: number, limit: number): OldestRow[] {
  const surplus = countOf(session, group) - group.runsMax;
  const endedBefore = now - group.ageMs;
  const rows = findOldest(session, group, limit);
  const first = rows.findIndex((row, i) => i >= surplus && row.ended_at >= endedBefore);
  return first < 0 ? rows : rows.slice(0, first);
}

function countOf({ database }: Session, { jobId, which }: Group): number {
  const counted = { all: 'history_count', failed: 'failed_count' } as const;
  const column = which === 'others' ? 'history_count - failed_count' : counted[which];
  const text = `SELECT ${column} AS n FROM tickwork_job_stats WHERE job_id = ?`;
  return database.get<{ n: number }>(text, jobId)?.n ?? 0;
}

function findOldest(session: Session, { jobId, which }: Group, limit: number): OldestRow[] {
  const { database, prunedSeqs } = session;
  const select = "SELECT seq, id, ended_at, state = 'FAILED' AS failed FROM tickwork_history";
  const order = 'ORDER BY seq LIMIT';
  if (which === 'failed') {
    const where = "WHERE job_id IS ? AND state = 'FAILED'";
    return database.all(`${select} ${where} ${order} ?`, jobId === NO_JOB ? null : jobId, limit);
  }
  if (which === 'all' && jobId !== NO_JOB) {
    return database.all(`${select} WHERE job_id = ? ${order} ?`, jobId, limit);
  }
  // What stays for longer stands before these; it need not be passed again the next time.
  const key = `${which} ${jobId}`;
  const from = prunedSeqs.get(key) ?? 0;
  const others = which === 'others' ? "AND state <> 'FAILED'" : '';
  const rows =
    jobId === NO_JOB
      ? database.all<OldestRow>(
          `${select} WHERE job_id IS NULL AND seq > ? ${others} ${order} ?`,
          from,
          limit,
        )
      : database.all<OldestRow>(
          `${select} WHERE job_id = ? AND seq > ? ${others} ${order} ?`,
          jobId,
          from,
          limit,
        );
  const first = rows[0];
  if (first !== undefined) prunedSeqs.set(key, first.seq - 1);
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
