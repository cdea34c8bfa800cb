import type { RunReason } from '../../core/model/run.ts';
import type { CancelOutcome, Settlement, WriteOutcomeOfRun } from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { openLine } from './limits.ts';
import { endQuietly, type MovedRun, openWaiting } from './move-run.ts';
import type { Session } from './session.ts';

interface LiveRow extends MovedRun {
  readonly state: string;
  readonly node_id: string | null;
  readonly waiting: number;
  readonly cancel_requested: number;
}

/** Applies one decision about a reserved run, inside a transaction. */
export function settleRun(
  session: Session,
  nodeId: string,
  settlement: Settlement,
  at: Instant,
): WriteOutcomeOfRun {
  const run = findLive(session, settlement.runId);
  if (run === undefined) {
    const repeated =
      settlement.to === 'SKIPPED' &&
      endedSo(session, settlement.runId, 'SKIPPED', settlement.reason, at);
    return repeated ? 'written' : 'gone';
  }
  const allowed =
    run.state === 'PENDING' || (run.state === 'RETRY' && settlement.to === 'released');
  if (!allowed || run.node_id !== nodeId) return 'gone';
  if (settlement.to === 'SKIPPED') {
    if (settlement.intoRunId !== undefined) absorb(session, run.seq, settlement.intoRunId);
    endQuietly(session, run, { state: 'SKIPPED', reason: settlement.reason, at });
  } else {
    const waits = settlement.to === 'waiting' && run.job_id !== null && run.limit_key === null;
    const turn = run.origin === 'backfill' ? 2 : 1;
    release(session, run.seq, waits ? turn : run.waiting);
    if (run.limit_max !== null && run.limit_key !== null) openLine(session, run.limit_key);
  }
  if (run.job_id !== null) openWaiting(session, run.job_id);
  return 'written';
}

/** The other run stands for this one and for those that this one stood for. */
function absorb(session: Session, seq: number, intoRunId: string): void {
  session.database.run(
    `UPDATE tickwork_runs SET coalesced_count = coalesced_count + 1
      + (SELECT coalesced_count FROM tickwork_runs WHERE seq = ?1)
    WHERE id = ?2 AND state = 'PENDING' AND seq <> ?1`,
    seq,
    intoRunId,
  );
}

/** Gives a reservation back; a waiting run is not open before its turn, see `openWaiting`. */
export function release(session: Session, seq: number, waiting: number): void {
  session.database.run(
    `UPDATE tickwork_runs SET node_id = NULL, waiting = ?2,
      open = CASE WHEN limit_max IS NULL THEN ?3 ELSE 0 END WHERE seq = ?1`,
    seq,
    waiting,
    waiting === 0 ? 1 : 0,
  );
}

/** Cancels one run, inside a transaction. */
export function cancelRun(
  session: Session,
  runId: string,
  at: Instant,
  reason: Extract<RunReason, 'request' | 'overlap'>,
): CancelOutcome['outcome'] {
  const { database } = session;
  const run = findLive(session, runId);
  if (run === undefined) {
    if (endedSo(session, runId, 'CANCELLED', reason, at)) return 'cancelled';
    const finished = database.get('SELECT 1 FROM tickwork_history WHERE id = ?', runId);
    return finished === undefined ? 'unknown' : 'finished';
  }
  if (run.state !== 'RUNNING') {
    endQuietly(session, run, { state: 'CANCELLED', reason, at });
    if (run.job_id !== null) openWaiting(session, run.job_id);
    return 'cancelled';
  }
  if (run.cancel_requested === 0) {
    database.run(
      'UPDATE tickwork_runs SET cancel_requested = 1, reason = ?2 WHERE seq = ?1',
      run.seq,
      reason,
    );
  }
  return 'requested';
}

function findLive(session: Session, runId: string): LiveRow | undefined {
  return session.database.get<LiveRow>(
    `SELECT seq, id, job_id, origin, started_at, error, state, node_id, waiting,
      limit_key, limit_max, cancel_requested FROM tickwork_runs WHERE id = ?`,
    runId,
  );
}

function endedSo(
  session: Session,
  runId: string,
  state: string,
  reason: RunReason,
  at: Instant,
): boolean {
  const found = session.database.get(
    `SELECT 1 FROM tickwork_history
    WHERE id = ? AND state = ? AND reason = ? AND ended_at = ?`,
    runId,
    state,
    reason,
    at,
  );
  return found !== undefined;
}
