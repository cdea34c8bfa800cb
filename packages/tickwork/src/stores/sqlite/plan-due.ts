import { changeOfPlan } from '../../core/ledger/change-of.ts';
import type { SkipRange } from '../../core/model/run.ts';
import type { PlanWrite, WriteOutcome } from '../../core/ports/job-store.ts';
import { memoryText } from '../sql/job-row.ts';
import { noteChange } from './job-changes.ts';
import { insertRun, skipPending } from './move-run.ts';
import { isPlain, movePlainly, PlainRuns } from './plan-plain.ts';
import type { Session } from './session.ts';

interface StandingRow {
  readonly status: string;
  readonly revision: number;
  readonly cursor_at: number;
  readonly skip_open: number;
  readonly ended_at: number | null;
}

interface LastSkip {
  readonly from_at: number;
  readonly reason: string;
  readonly into_run_id: string | null;
  readonly note: string | null;
}

/**
 * Writes planning steps, each whole or not at all, inside a transaction. Those that only move
 * a cursor and store runs, which nearly all do, are written by few statements.
 */
export function planDue(session: Session, writes: readonly PlanWrite[]): WriteOutcome[] {
  const isUp = nodesUp(session);
  const plain = new PlainRuns(session);
  const outcomes = writes.map((write): WriteOutcome => {
    if (!isPlain(write)) {
      plain.flush();
      return planJob(session, write, isUp);
    }
    if (!movePlainly(session, write)) return 'conflict';
    for (const run of write.runs) {
      const reserved = run.nodeId !== null && isUp(run.nodeId);
      plain.add(run, reserved ? run.nodeId : null, write);
    }
    return 'written';
  });
  plain.flush();
  return outcomes;
}

/** Which nodes are up, each asked about once. */
function nodesUp({ database }: Session): (nodeId: string) => boolean {
  const nodes = new Map<string, boolean>();
  return (nodeId) => {
    const known = nodes.get(nodeId);
    if (known !== undefined) return known;
    const up = database.get("SELECT 1 FROM tickwork_nodes WHERE id = ? AND state = 'up'", nodeId);
    nodes.set(nodeId, up !== undefined);
    return up !== undefined;
  };
}

function planJob(
  session: Session,
  write: PlanWrite,
  isUp: (nodeId: string) => boolean,
): WriteOutcome {
  const { database } = session;
  const { expected, position, status } = write;
  const standing = database.get<StandingRow>(
    'SELECT revision, cursor_at, status, skip_open, ended_at FROM tickwork_jobs WHERE id = ?',
    expected.jobId,
  );
  const standsSo =
    standing?.revision === expected.revision &&
    standing.cursor_at === expected.cursorAt &&
    standing.status === expected.status &&
    standing.ended_at === expected.endedAt;
  if (standing === undefined || !standsSo) return 'conflict';
  database.run(
    `UPDATE tickwork_jobs SET cursor_at = ?2, next_fire_at = ?3, memory = ?4, zone_version = ?5,
      skip_open = ?6 WHERE id = ?1`,
    expected.jobId,
    position.cursorAt,
    position.nextFireAt,
    memoryText(position),
    position.zoneVersion,
    skipOpenAfter(write, standing.skip_open),
  );
  if (status !== undefined) {
    database.run(
      `UPDATE tickwork_jobs SET status = ?2, status_reason = ?3, paused_until_at = ?4,
        failures_in_row = CASE WHEN ?2 = 'active' THEN 0 ELSE failures_in_row END,
        hold_until_at = CASE WHEN ?2 = 'active' THEN NULL ELSE hold_until_at END
      WHERE id = ?1`,
      expected.jobId,
      status.status,
      status.reason,
      status.pausedUntilAt,
    );
    session.noteJobs();
  }
  if (write.skipWindows !== undefined) {
    database.run(
      'UPDATE tickwork_jobs SET skip_windows = ?2 WHERE id = ?1',
      expected.jobId,
      JSON.stringify(write.skipWindows),
    );
  }
  const change = changeOfPlan(write);
  if (change !== null) noteChange(session, change);
  if (write.supersede !== null) {
    skipPending(session, expected.jobId, write.supersede, write.at);
  }
  for (const run of write.runs) {
    const reserved = run.nodeId !== null && isUp(run.nodeId);
    insertRun(session, run, reserved ? run.nodeId : null, write.at);
  }
  if (write.skips.length > 0) keepSkips(session, write, standing.skip_open === 1);
  return 'written';
}

/** 1 while the last thing planned is a skip range, so that the next step may lengthen it. */
function skipOpenAfter(write: PlanWrite, before: number): number {
  const last = write.skips.at(-1);
  const scheduled = write.runs.filter((run) => run.origin === 'schedule');
  if (last === undefined) return scheduled.length > 0 ? 0 : before;
  return scheduled.every((run) => run.fireAt < last.fromAt) ? 1 : 0;
}

function keepSkips(session: Session, write: PlanWrite, open: boolean): void {
  const { database, counts } = session;
  const { jobId } = write.expected;
  write.skips.forEach((skip, index) => {
    counts.addSkipped(jobId, skip.count);
    const before = index === 0 && open ? continued(session, write, skip) : null;
    if (before === null) {
      database.run(
        `INSERT INTO tickwork_skips
          (job_id, from_at, to_at, count, reason, decided_at, into_run_id, note)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        jobId,
        skip.fromAt,
        skip.toAt,
        skip.count,
        skip.reason,
        skip.decidedAt,
        skip.intoRunId,
        skip.note ?? null,
      );
    } else {
      database.run(
        `UPDATE tickwork_skips SET to_at = ?3, count = count + ?4, decided_at = ?5
        WHERE job_id = ?1 AND from_at = ?2`,
        jobId,
        before.from_at,
        skip.toAt,
        skip.count,
        skip.decidedAt,
      );
    }
  });
}

/** The job's last range, if `skip` goes on where that one ended. */
function continued(session: Session, write: PlanWrite, skip: SkipRange): LastSkip | null {
  const early = write.runs.some((run) => run.origin === 'schedule' && run.fireAt <= skip.toAt);
  if (early) return null;
  const last = session.database.get<LastSkip>(
    `SELECT from_at, reason, into_run_id, note FROM tickwork_skips WHERE job_id = ?
    ORDER BY from_at DESC LIMIT 1`,
    write.expected.jobId,
  );
  const same =
    last?.reason === skip.reason &&
    last.into_run_id === skip.intoRunId &&
    last.note === (skip.note ?? null);
  return last !== undefined && same ? last : null;
}
