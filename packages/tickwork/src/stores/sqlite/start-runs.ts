import type { RunOrigin } from '../../core/model/run.ts';
import type { StartOutcome, StartRequest } from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { enterLimits, openLines } from './limits.ts';
import { openWaiting } from './move-run.ts';
import type { Session } from './session.ts';
import { checkLease } from './sqlite-nodes.ts';
import { startTogether } from './start-together.ts';

type Request = StartRequest & { readonly attemptBefore: number };

export interface StartRow {
  readonly seq: number;
  readonly id: string;
  readonly job_id: number | null;
  readonly origin: RunOrigin;
  readonly state: string;
  readonly node_id: string | null;
  readonly fire_at: number;
  readonly waiting: number;
  readonly fence: number;
  readonly attempt: number;
  readonly handler: string;
  readonly reason: string | null;
  readonly due_at: number;
  readonly limit_key: string | null;
  readonly limit_max: number | null;
}

/** Starts reserved runs one after another, inside a transaction. */
export function startRuns(
  session: Session,
  nodeId: string,
  requests: readonly Request[],
  at: Instant,
): StartOutcome[] {
  checkLease(session, nodeId, at);
  const together = startTogether(session, nodeId, requests, at);
  return requests.map((request, i) => together[i] ?? startRun(session, nodeId, request, at));
}

function startRun(session: Session, nodeId: string, request: Request, at: Instant): StartOutcome {
  const run = session.database.get<StartRow>(
    `SELECT seq, id, job_id, origin, state, node_id, fire_at, waiting, fence, attempt,
      handler, reason, due_at, limit_key, limit_max
    FROM tickwork_runs WHERE id = ?`,
    request.runId,
  );
  if (run?.node_id !== nodeId) return { outcome: 'gone' };
  if (run.state === 'RUNNING') {
    if (run.attempt !== request.attemptBefore + 1) return { outcome: 'gone' };
    return { outcome: 'started', fence: run.fence, attempt: run.attempt };
  }
  if (run.attempt !== request.attemptBefore) return { outcome: 'gone' };
  if (request.holdable && run.job_id !== null) {
    const untilAt = heldUntil(session, run.job_id);
    if (untilAt !== null && run.fire_at < untilAt) return { outcome: 'held', untilAt };
  }
  if (request.exclusive && run.job_id !== null) {
    const blocked = blockOf(session, run, run.job_id);
    if (blocked !== null) return blocked;
  }
  const limited = enterLimits(session, run, request, at);
  if (limited !== null) {
    if (run.job_id !== null) openWaiting(session, run.job_id);
    return limited;
  }
  session.database.run(
    `UPDATE tickwork_runs SET state = 'RUNNING', reason = NULL, waiting = 0, fence = fence + 1,
      attempt = attempt + 1, started_at = max(?2, due_at), progress = NULL,
      limit_key = NULL, limit_weight = NULL, limit_max = NULL, holds = ?3 WHERE seq = ?1`,
    run.seq,
    at,
    request.slots?.length ?? 0,
  );
  openLines(session, run, request);
  if (run.job_id !== null) openWaiting(session, run.job_id);
  if ((request.slots?.length ?? 0) === 0) {
    session.starts.add(run.id, { seq: run.seq, jobId: run.job_id, origin: run.origin });
  }
  return { outcome: 'started', fence: run.fence + 1, attempt: run.attempt + 1 };
}

function heldUntil(session: Session, jobId: number): number | null {
  const job = session.database.get<{ hold_until_at: number | null }>(
    'SELECT hold_until_at FROM tickwork_jobs WHERE id = ?',
    jobId,
  );
  return job?.hold_until_at ?? null;
}

/** What stands in the way of an exclusive start; `null` = nothing. */
function blockOf(session: Session, run: StartRow, jobId: number): StartOutcome | null {
  const { database } = session;
  const active = database.all<{ id: string }>(
    `SELECT id FROM tickwork_runs
    WHERE job_id = ? AND (state IN ('RUNNING', 'RETRY') OR limit_key IS NOT NULL) AND seq <> ?
    ORDER BY fire_at, id`,
    jobId,
    run.seq,
  );
  const waiting = database.get<{ count: number; older: number | null }>(
    `SELECT count(*) AS count, sum((fire_at, id) < (?3, ?4)) AS older FROM tickwork_runs
    WHERE waiting = 1 AND job_id = ?1 AND seq <> ?2`,
    jobId,
    run.seq,
    run.fire_at,
    run.id,
  );
  const isLast = run.origin === 'backfill';
  const before = isLast ? (waiting?.count ?? 0) : (waiting?.older ?? 0);
  const blocked = active.length > 0 || before > 0 || (isLast && hasOlderBackfill(session, run));
  if (!blocked) return null;
  return {
    outcome: 'blocked',
    activeRunIds: active.map(({ id }) => id),
    waitingCount: waiting?.count ?? 0,
  };
}

function hasOlderBackfill(session: Session, run: StartRow): boolean {
  const found = session.database.get(
    `SELECT 1 FROM tickwork_runs WHERE waiting = 2 AND job_id = ? AND (fire_at, id) < (?, ?)
    LIMIT 1`,
    run.job_id,
    run.fire_at,
    run.id,
  );
  return found !== undefined;
}
