import type { Attempt, NewRun, RunReason } from '../../core/model/run.ts';
import type { TerminalState } from '../../core/model/run-state.ts';
import type { Supersede } from '../../core/ports/job-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { newRunColumns, newRunValues, sharedRunColumns } from '../sql/run-row.ts';
import { openLine } from './limits.ts';
import type { Session } from './session.ts';

/** What moving a live run needs to know of it. */
export interface MovedRun {
  readonly seq: number;
  readonly id: string;
  readonly job_id: number | null;
  readonly origin: string;
  readonly started_at: number | null;
  readonly error: string | null;
  readonly limit_key: string | null;
  readonly limit_max: number | null;
}

/** The end of a run that no attempt made: skipped, or cancelled before it began. */
export interface QuietEnd {
  readonly state: Extract<TerminalState, 'SKIPPED' | 'CANCELLED'>;
  readonly reason: RunReason;
  readonly at: Instant;
  /** Why, in words; absent or `null` = what stands there stays. */
  readonly note?: string | null;
}

/** The end of a run by its last attempt. */
export interface AttemptEnd {
  readonly state: TerminalState;
  readonly reason: RunReason | null;
  readonly at: Instant;
  readonly nodeId: string;
  readonly startedAt: Instant;
  readonly outcome: Attempt['outcome'];
  readonly failedCount: number;
  readonly lostCount: number;
  readonly error: string | null;
  readonly exitCode: number | null;
  readonly result: string | null;
}

/*
 * `OR FAIL`: pages are not copied for the undoing of one statement, which nobody needs, since an
 * error rolls the whole transaction back.
 */

const insertRunText = `
INSERT OR FAIL INTO tickwork_runs (${newRunColumns.join(', ')})
SELECT ${newRunColumns.map((_, index) => `?${index + 1}`).join(', ')}
WHERE NOT EXISTS (SELECT 1 FROM tickwork_history WHERE id = ?1)
ON CONFLICT DO NOTHING`;

const quietText = `
INSERT OR FAIL INTO tickwork_history (${sharedRunColumns.join(', ')}, ended_at)
SELECT ${select({ state: '?2', reason: '?3', error: 'ifnull(?5, error)' })}, ?4
FROM tickwork_runs WHERE seq = ?1`;

const attemptText = `
INSERT OR FAIL INTO tickwork_history (${sharedRunColumns.join(', ')}, ended_at, result, outcome)
SELECT ${select({
  state: '?2',
  reason: '?3',
  node_id: '?5',
  started_at: '?6',
  failed_count: '?7',
  lost_count: '?8',
  error: '?9',
  exit_code: '?10',
})}, ?4, ?11, ?12 FROM tickwork_runs WHERE seq = ?1`;

/** The shared columns, some of them replaced by parameters. */
function select(replaced: Readonly<Record<string, string>>): string {
  return sharedRunColumns.map((column) => replaced[column] ?? column).join(', ');
}

/** Stores a run unless its id or dedupe key is taken; answers the id that stands. */
export function insertRun(
  session: Session,
  run: NewRun,
  nodeId: string | null,
  at: Instant,
): string {
  const { database, sharedDefinitions } = session;
  let workId: number | null = null;
  if (run.definition !== null) {
    workId = sharedDefinitions.findId(run.definition);
    if (workId === null) {
      // Seldom: a call that stores no run must not leave a work either.
      const standing = standingId(session, run);
      if (standing !== null) return standing;
      workId = sharedDefinitions.add(run.definition);
    }
  }
  const stored = database.run(insertRunText, ...newRunValues(run, nodeId, workId, at));
  if (stored === 1) return run.id;
  return run.dedupeKey === null ? run.id : (standingId(session, run) ?? run.id);
}

/** The id under which a run stands already: its own, or that of its dedupe key. */
function standingId(session: Session, run: NewRun): string | null {
  const { database } = session;
  const own = database.get(
    `SELECT 1 FROM tickwork_runs WHERE id = ?1
    UNION ALL SELECT 1 FROM tickwork_history WHERE id = ?1`,
    run.id,
  );
  if (own !== undefined) return run.id;
  const same = database.get<{ id: string }>(
    'SELECT id FROM tickwork_runs WHERE dedupe_key = ? AND handler = ?',
    run.dedupeKey,
    run.handler,
  );
  return same?.id ?? null;
}

/** Moves a run that has not begun, or waits for its next attempt, to history. */
export function endQuietly(session: Session, run: MovedRun, end: QuietEnd): void {
  session.database.run(quietText, run.seq, end.state, end.reason, end.at, end.note ?? null);
  finish(session, run, end.at);
  const { state, at } = end;
  session.counts.addEnd(run.job_id, { state, at, startedAt: run.started_at, error: run.error });
}

/** Moves a running run to history as its attempt has ended. */
export function endByAttempt(session: Session, run: MovedRun, end: AttemptEnd): void {
  session.database.run(
    attemptText,
    run.seq,
    end.state,
    end.reason,
    end.at,
    end.nodeId,
    end.startedAt,
    end.failedCount,
    end.lostCount,
    end.error,
    end.exitCode,
    end.result,
    end.outcome,
  );
  finish(session, run, end.at);
  session.counts.addEnd(run.job_id, end);
}

/** Removes the live row, and re-arms the job where its next instant counts from this end. */
function finish(session: Session, run: MovedRun, at: Instant): void {
  const { database } = session;
  database.run('DELETE FROM tickwork_runs WHERE seq = ?', run.seq);
  if (run.limit_max !== null && run.limit_key !== null) openLine(session, run.limit_key);
  if (run.origin !== 'schedule' || run.job_id === null) return;
  rearm(session, [run.job_id], at);
}

/** The next instant of these jobs counts from this end of a scheduled run, where it does. */
export function rearm(session: Session, jobIds: Iterable<number>, at: Instant): void {
  const armed = session.database.run(
    `UPDATE tickwork_jobs SET ended_at = ?2,
      next_fire_at = min(ifnull(next_fire_at, ?2 + rearm_after_ms), ?2 + rearm_after_ms)
    WHERE id IN (
      SELECT j.id FROM json_each(?1) AS ended
      CROSS JOIN tickwork_jobs AS j INDEXED BY tickwork_jobs_rearm ON j.id = ended.value
      WHERE j.rearm_after_ms IS NOT NULL)`,
    `[${[...jobIds].join(',')}]`,
    at,
  );
  if (armed > 0) session.noteJobs();
}

/**
 * Opens the oldest waiting run of a job for claims while none of the job's runs is active,
 * and shuts the others; answers if it is open. To be called after anything changed that this
 * depends on.
 */
export function openWaiting(session: Session, jobId: number): boolean {
  const { database } = session;
  const heads = database.all<{ seq: number; open: number; node_id: string | null }>(
    `SELECT * FROM (SELECT seq, open, node_id FROM tickwork_runs
      WHERE waiting = 1 AND job_id = ?1 ORDER BY fire_at, id LIMIT 2)
    UNION ALL SELECT * FROM (SELECT seq, open, node_id FROM tickwork_runs
      WHERE waiting = 2 AND job_id = ?1 ORDER BY fire_at, id LIMIT 2)`,
    jobId,
  );
  const active =
    heads.length > 0 &&
    database.get(
      `SELECT 1 FROM tickwork_runs
      WHERE job_id = ? AND (state IN ('RUNNING', 'RETRY') OR limit_key IS NOT NULL) LIMIT 1`,
      jobId,
    ) !== undefined;
  const opens = !active && heads[0]?.node_id === null;
  heads.forEach((head, index) => {
    const open = index === 0 && opens ? 1 : 0;
    if (open === head.open) return;
    database.run('UPDATE tickwork_runs SET open = ?2 WHERE seq = ?1', head.seq, open);
  });
  return opens;
}

/** PENDING runs of a job become SKIPPED: all, or those that a change supersedes. */
export function skipPending(
  session: Session,
  jobId: number,
  which: 'all' | Supersede,
  at: Instant,
): void {
  const all = which === 'all';
  const { reason, note = null, within } = all ? { reason: 'superseded' as const } : which;
  const pending = session.database.all<MovedRun>(
    `SELECT seq, id, job_id, origin, started_at, error, limit_key, limit_max FROM tickwork_runs
    WHERE job_id = ?1 AND state = 'PENDING' AND (?2 = 1
      OR (?3 IS NULL AND origin IN ('schedule', 'after', 'startup', 'failure'))
      OR (origin = 'schedule' AND fire_at BETWEEN ?3 AND ?4))
    ORDER BY fire_at, id`,
    jobId,
    all ? 1 : 0,
    within?.fromAt ?? null,
    within?.toAt ?? null,
  );
  for (const run of pending) endQuietly(session, run, { state: 'SKIPPED', reason, at, note });
  if (pending.length > 0) openWaiting(session, jobId);
}
