import { assert } from '../../core/base/errors.ts';
import type {
  Completion,
  CompletionOutcome,
  OutputChunk,
  ReportOutcome,
  RunReport,
} from '../../core/ports/run-store.ts';
import { jsonText } from '../sql/json-text.ts';
import { affectJob } from './affect-job.ts';
import { releaseLimits } from './limits.ts';
import { endByAttempt, insertRun, type MovedRun, openWaiting } from './move-run.ts';
import type { Session } from './session.ts';

interface RunningRow extends MovedRun {
  readonly state: string;
  readonly reason: 'request' | 'overlap' | null;
  readonly fence: number;
  readonly attempt: number;
  readonly failed_count: number;
  readonly lost_count: number;
  readonly cancel_requested: number;
  readonly holds: number;
}

export function checkCompletions(completions: readonly Completion[]): void {
  for (const { state, dueAt } of completions) {
    assert((state === 'RETRY') === (dueAt !== null), 'RETRY, and only RETRY, has a dueAt.');
  }
}

/** Ends one attempt, inside a transaction. */
export function completeRun(session: Session, completion: Completion): CompletionOutcome {
  const run = session.database.get<RunningRow>(
    `SELECT seq, id, job_id, origin, started_at, error, state, reason, fence, attempt,
      failed_count, lost_count, cancel_requested, holds, limit_key, limit_max
    FROM tickwork_runs WHERE id = ?`,
    completion.runId,
  );
  if (run?.state !== 'RUNNING' || run.fence !== completion.fence) {
    return wasCompleted(session, completion) ? 'accepted' : 'refused';
  }
  const { outcome, endedAt } = completion;
  if (run.holds > 0) releaseLimits(session, run.id);
  const failed = outcome === 'failed' || outcome === 'timeout' ? 1 : 0;
  const counts = {
    failedCount: run.failed_count + failed,
    lostCount: outcome === 'lost' ? run.lost_count + 1 : 0,
  };
  if (completion.state === 'RETRY' && run.cancel_requested === 0) {
    retry(session, run, completion, counts);
  } else {
    const { nodeId, startedAt, error, exitCode } = completion;
    const stopped = completion.state === 'RETRY';
    endByAttempt(session, run, {
      state: completion.state === 'RETRY' ? 'CANCELLED' : completion.state,
      reason: stopped ? run.reason : completion.reason,
      at: endedAt,
      nodeId,
      startedAt,
      outcome,
      ...counts,
      error,
      exitCode,
      result: stopped ? null : jsonText(completion.result),
    });
  }
  for (const followUp of completion.followUps) insertRun(session, followUp, null, endedAt);
  if (run.job_id !== null) {
    if (completion.onJob) affectJob(session, run.job_id, completion.onJob, endedAt);
    if (openWaiting(session, run.job_id)) return 'lets-in';
  }
  return 'accepted';
}

function retry(
  session: Session,
  run: RunningRow,
  completion: Completion,
  counts: { readonly failedCount: number; readonly lostCount: number },
): void {
  const { database } = session;
  const { fence, nodeId, startedAt, endedAt, outcome, error, exitCode } = completion;
  database.run(
    `INSERT INTO tickwork_attempts
      (run_id, attempt, fence, node_id, started_at, ended_at, outcome, error, exit_code)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    run.id,
    run.attempt,
    fence,
    nodeId,
    startedAt,
    endedAt,
    outcome,
    error,
    exitCode,
  );
  database.run(
    `UPDATE tickwork_runs SET state = 'RETRY', reason = ?2, node_id = NULL, open = 1, due_at = ?3,
      holds = 0, started_at = ?4, failed_count = ?5, lost_count = ?6, error = ?7, exit_code = ?8
    WHERE seq = ?1`,
    run.seq,
    completion.reason,
    completion.dueAt ?? endedAt,
    startedAt,
    counts.failedCount,
    counts.lostCount,
    error,
    exitCode,
  );
}

/** True if this very completion has been applied before. */
function wasCompleted(session: Session, completion: Completion): boolean {
  const { runId, fence, outcome, endedAt, state } = completion;
  const { database } = session;
  const retried =
    state === 'RETRY' &&
    database.get(
      `SELECT 1 FROM tickwork_attempts
      WHERE run_id = ? AND fence = ? AND outcome = ? AND ended_at = ?`,
      runId,
      fence,
      outcome,
      endedAt,
    ) !== undefined;
  if (retried) return true;
  const finished = database.get<{ state: string }>(
    `SELECT state FROM tickwork_history
    WHERE id = ? AND fence = ? AND outcome = ? AND ended_at = ?`,
    runId,
    fence,
    outcome,
    endedAt,
  );
  if (finished === undefined) return false;
  return finished.state === state || (state === 'RETRY' && finished.state === 'CANCELLED');
}

/** Adds output and progress of one running attempt, inside a transaction. */
export function reportRun(session: Session, report: RunReport): ReportOutcome {
  const { database } = session;
  const run = database.get<{ seq: number }>(
    "SELECT seq FROM tickwork_runs WHERE id = ? AND state = 'RUNNING' AND fence = ?",
    report.runId,
    report.fence,
  );
  if (run === undefined) return 'refused';
  if (report.progress !== undefined) {
    const text = jsonText(report.progress);
    database.run('UPDATE tickwork_runs SET progress = ?2 WHERE seq = ?1', run.seq, text);
  }
  for (const chunk of report.output) keepOutput(session, report.runId, chunk);
  return 'accepted';
}

function keepOutput(session: Session, runId: string, chunk: OutputChunk): void {
  session.database.run(
    `INSERT INTO tickwork_output (run_id, attempt, seq, at, stream, text)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    runId,
    chunk.attempt,
    chunk.seq,
    chunk.at,
    chunk.stream,
    chunk.text,
  );
}
