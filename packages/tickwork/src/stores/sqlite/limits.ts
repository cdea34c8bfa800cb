import { decideRate } from '../../core/model/limit.ts';
import type { StartOutcome, StartRequest } from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import type { Session } from './session.ts';

/** What limits need to know of a run that is to start. */
export interface LimitedRow {
  readonly seq: number;
  readonly id: string;
  readonly reason: string | null;
  readonly due_at: number;
  readonly limit_key: string | null;
  readonly limit_max: number | null;
}

/**
 * Takes room under each key a start asks for; or puts the run in a line, or off to a later
 * window, and answers so. Inside a transaction, before the run is RUNNING.
 */
export function enterLimits(
  session: Session,
  run: LimitedRow,
  request: StartRequest,
  at: Instant,
): StartOutcome | null {
  const { database } = session;
  for (const { key, weight, max } of request.slots ?? []) {
    if (usedOf(session, key) + weight <= max) continue;
    database.run(
      `UPDATE tickwork_runs SET node_id = NULL, waiting = 0, open = 0, reason = 'concurrency',
        limit_key = ?2, limit_weight = ?3, limit_max = ?4 WHERE seq = ?1`,
      run.seq,
      key,
      weight,
      max,
    );
    openFormerLine(session, run);
    openLine(session, key);
    return { outcome: 'limited', key };
  }
  const delayed = request.rate === undefined ? null : delay(session, run, request.rate, at);
  if (delayed !== null) return delayed;
  for (const { key, weight } of request.slots ?? []) {
    database.run(
      `INSERT INTO tickwork_limits (key, used) VALUES (?1, ?2)
      ON CONFLICT (key) DO UPDATE SET used = used + ?2`,
      key,
      weight,
    );
    database.run(
      'INSERT INTO tickwork_holds (run_id, key, weight) VALUES (?, ?, ?)',
      run.id,
      key,
      weight,
    );
  }
  return null;
}

/** After the run is RUNNING: the lines that it has left, and those that have less room now. */
export function openLines(session: Session, run: LimitedRow, request: StartRequest): void {
  openFormerLine(session, run);
  for (const { key } of request.slots ?? []) openLine(session, key);
}

/** Frees what an ended attempt took of its limits. */
export function releaseLimits(session: Session, runId: string): void {
  const { database } = session;
  const taken = database.all<{ key: string; weight: number }>(
    'SELECT key, weight FROM tickwork_holds WHERE run_id = ?',
    runId,
  );
  database.run('DELETE FROM tickwork_holds WHERE run_id = ?', runId);
  for (const { key, weight } of taken) {
    database.run('UPDATE tickwork_limits SET used = used - ?2 WHERE key = ?1', key, weight);
    database.run('DELETE FROM tickwork_limits WHERE key = ? AND used = 0', key);
    openLine(session, key);
  }
}

interface LineRow {
  readonly seq: number;
  readonly open: number;
  readonly node_id: string | null;
  readonly limit_weight: number;
  readonly limit_max: number;
}

/**
 * Opens the first runs of each line of a key for claims, as far as all before them and they
 * fit, and shuts the others. Open ones stand in front, but for one that came among them.
 */
export function openLine(session: Session, key: string): void {
  const { database } = session;
  let handler = nextLine(session, key, '');
  if (handler === null) return;
  const used = usedOf(session, key);
  for (; handler !== null; handler = nextLine(session, key, handler)) {
    let sum = used;
    let closed = false;
    let shut = 0;
    const { max } = database.get<{ max: number }>(
      `SELECT max(limit_max) AS max FROM tickwork_runs
      WHERE limit_max IS NOT NULL AND limit_key = ? AND handler = ?`,
      key,
      handler,
    ) ?? { max: 0 };
    const line = database.all<LineRow>(
      `SELECT seq, open, node_id, limit_weight, limit_max FROM tickwork_runs
      WHERE limit_max IS NOT NULL AND limit_key = ? AND handler = ?
      ORDER BY priority DESC, due_at, id LIMIT ?`,
      key,
      handler,
      max + 2,
    );
    for (const run of line) {
      if (shut === 2) break;
      sum += run.limit_weight;
      const fits: boolean = !closed && sum <= run.limit_max;
      const wasOpen = run.open === 1 || run.node_id !== null;
      shut = closed && !wasOpen ? shut + 1 : 0;
      closed = !fits;
      const open = fits && run.node_id === null ? 1 : 0;
      if (open === run.open) continue;
      database.run('UPDATE tickwork_runs SET open = ?2 WHERE seq = ?1', run.seq, open);
    }
  }
}

function openFormerLine(session: Session, run: LimitedRow): void {
  if (run.limit_max !== null && run.limit_key !== null) openLine(session, run.limit_key);
}

function nextLine(session: Session, key: string, after: string): string | null {
  const row = session.database.get<{ handler: string }>(
    `SELECT handler FROM tickwork_runs
    WHERE limit_max IS NOT NULL AND limit_key = ? AND handler > ? ORDER BY handler LIMIT 1`,
    key,
    after,
  );
  return row?.handler ?? null;
}

function usedOf(session: Session, key: string): number {
  const row = session.database.get<{ used: number }>(
    'SELECT used FROM tickwork_limits WHERE key = ?',
    key,
  );
  return row?.used ?? 0;
}

function delay(
  session: Session,
  run: LimitedRow,
  rate: NonNullable<StartRequest['rate']>,
  at: Instant,
): StartOutcome | null {
  const { database } = session;
  const { key } = rate;
  const row = database.get<{ window_at: number; used: number }>(
    'SELECT window_at, used FROM tickwork_rates WHERE key = ?',
    key,
  );
  const last = row === undefined ? null : { windowAt: row.window_at, used: row.used };
  const bookedAt = run.reason === 'rate' && run.limit_key === key ? run.due_at : null;
  const { startAt, window } = decideRate(rate, last, at, bookedAt);
  database.run(
    `INSERT INTO tickwork_rates (key, window_at, used) VALUES (?1, ?2, ?3)
    ON CONFLICT (key) DO UPDATE SET window_at = ?2, used = ?3`,
    key,
    window.windowAt,
    window.used,
  );
  if (startAt <= at) return null;
  database.run(
    `UPDATE tickwork_runs SET node_id = NULL, waiting = 0, open = 1, reason = 'rate',
      limit_key = ?2, limit_weight = NULL, limit_max = NULL, due_at = ?3 WHERE seq = ?1`,
    run.seq,
    key,
    startAt,
  );
  openFormerLine(session, run);
  return { outcome: 'delayed', key, untilAt: startAt };
}
