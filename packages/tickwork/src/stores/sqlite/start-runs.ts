import type { StartOutcome, StartRequest } from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { openWaiting } from './move-run.ts';
import type { Session } from './session.ts';
import { checkLease } from './sqlite-nodes.ts';

type Request = StartRequest & { readonly attemptBefore: number };

interface StartRow {
  readonly seq: number;
  readonly id: string;
  readonly job_id: number | null;
  readonly state: string;
  readonly node_id: string | null;
  readonly fire_at: number;
  readonly waiting: number;
  readonly fence: number;
  readonly attempt: number;
}

/** Starts reserved runs one after another, inside a transaction. */
export function startRuns(
  session: Session,
  nodeId: string,
  requests: readonly Request[],
  at: Instant,
): StartOutcome[] {
  checkLease(session, nodeId, at);
  return requests.map((request) => startRun(session, nodeId, request, at));
}

function startRun(session: Session, nodeId: string, request: Request, at: Instant): StartOutcome {
  const run = session.database.get<StartRow>(
    `SELECT seq, id, job_id, state, node_id, fire_at, waiting, fence, attempt
    FROM tickwork_runs WHERE id = ?`,
    request.runId,
  );
  if (run?.node_id !== nodeId) return { outcome: 'gone' };
  if (run.state === 'RUNNING') {
    if (run.attempt !== request.attemptBefore + 1) return { outcome: 'gone' };
    return { outcome: 'started', fence: run.fence, attempt: run.attempt };
  }
  if (run.attempt !== request.attemptBefore) return { outcome: 'gone' };
  if (request.exclusive && run.job_id !== null) {
    const blocked = blockOf(session, run, run.job_id);
    if (blocked !== null) return blocked;
  }
  session.database.run(
    `UPDATE tickwork_runs SET state = 'RUNNING', reason = NULL, waiting = 0, fence = fence + 1,
      attempt = attempt + 1, started_at = ?2, progress = NULL WHERE seq = ?1`,
    run.seq,
    at,
  );
  if (run.job_id === null) session.starts.add(run.id, run.seq);
  else openWaiting(session, run.job_id);
  return { outcome: 'started', fence: run.fence + 1, attempt: run.attempt + 1 };
}

/** What stands in the way of an exclusive start; `null` = nothing. */
function blockOf(session: Session, run: StartRow, jobId: number): StartOutcome | null {
  const { database } = session;
  const active = database.all<{ id: string }>(
    `SELECT id FROM tickwork_runs WHERE job_id = ? AND state IN ('RUNNING', 'RETRY') AND seq <> ?
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
  if (active.length === 0 && (waiting?.older ?? 0) === 0) return null;
  return {
    outcome: 'blocked',
    activeRunIds: active.map(({ id }) => id),
    waitingCount: waiting?.count ?? 0,
  };
}
