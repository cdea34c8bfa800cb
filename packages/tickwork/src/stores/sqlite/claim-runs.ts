import type { Run } from '../../core/model/run.ts';
import type { ClaimRequest } from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { liveRunSelect, type RunRow } from '../sql/run-row.ts';
import type { Session } from './session.ts';
import { checkLease } from './sqlite-nodes.ts';

type Changing<Row> = { -readonly [Column in keyof Row]: Row[Column] };

interface OpenRow {
  readonly seq: number;
  readonly id: string;
  readonly due_at: number;
}

/** A part of the index of open runs: one handler, one priority, ascending in time. */
interface Lane {
  readonly handler: string;
  readonly priority: number;
}

/** Rows that are looked at in each lane at a time when several are merged. */
const MERGE_ROWS_MIN = 32;

/** True if `claimRuns` would find anything: asked before the lock of a writer is taken. */
export function hasClaim(session: Session, request: ClaimRequest): boolean {
  checkLease(session, request.nodeId, request.now);
  if (request.recover) return true;
  return request.limit > 0 && findOpen(session, { ...request, limit: 1 }).length > 0;
}

/** Reserves runs, and starts those that need no decision, inside a transaction. */
export function claimRuns(session: Session, request: ClaimRequest): Run[] {
  const { database } = session;
  checkLease(session, request.nodeId, request.now);
  const held = request.recover
    ? database.all<RunRow>(
        `${liveRunSelect} WHERE node_id = ? ORDER BY priority DESC, due_at, id`,
        request.nodeId,
      )
    : [];
  const { nodeId, startAt } = request;
  const claimed = readOpen(session, findOpen(session, request));
  const started: Changing<RunRow>[] = [];
  const reserved: Changing<RunRow>[] = [];
  for (const row of claimed) {
    const starts = startAt !== undefined && row.job_id === null && row.due_at <= startAt;
    (starts ? started : reserved).push(row);
  }
  reserve(session, reserved, nodeId);
  if (startAt !== undefined) start(session, started, nodeId, startAt);
  return [...held, ...claimed].map((row) => session.runOf(row));
}

/** The rows of open runs, in the same order. */
function readOpen(session: Session, found: readonly OpenRow[]): Changing<RunRow>[] {
  if (found.length === 0) return [];
  return session.database.all<RunRow>(
    `SELECT r.* FROM json_each(?) AS chosen
    CROSS JOIN (${liveRunSelect}) AS r ON r.seq = chosen.value`,
    seqsOf(found),
  );
}

/** Marks runs as the node's, in the store and in what was read of them. */
function reserve(session: Session, rows: readonly Changing<RunRow>[], nodeId: string): void {
  if (rows.length === 0) return;
  session.database.run(
    `UPDATE tickwork_runs SET node_id = ?, open = 0
    WHERE seq IN (SELECT value FROM json_each(?))`,
    nodeId,
    seqsOf(rows),
  );
  for (const row of rows) row.node_id = nodeId;
}

/** Begins attempts of runs without a job. Such a run waits for nothing and lets nothing wait. */
function start(
  session: Session,
  rows: readonly Changing<RunRow>[],
  nodeId: string,
  at: Instant,
): void {
  if (rows.length === 0) return;
  session.database.run(
    `UPDATE tickwork_runs SET state = 'RUNNING', node_id = ?1, open = 0, started_at = ?2,
      fence = fence + 1, attempt = attempt + 1, reason = NULL, waiting = 0, progress = NULL
    WHERE seq IN (SELECT value FROM json_each(?3))`,
    nodeId,
    at,
    seqsOf(rows),
  );
  for (const row of rows) {
    row.state = 'RUNNING';
    row.node_id = nodeId;
    row.started_at = at;
    row.fence += 1;
    row.attempt += 1;
    row.reason = null;
    row.waiting = 0;
    row.progress = null;
    session.starts.add(row.id, row.seq);
  }
}

function seqsOf(rows: readonly { readonly seq: number }[]): string {
  return `[${rows.map(({ seq }) => seq).join(',')}]`;
}

/**
 * The first open runs of the handlers in claim order. The index is walked lane by lane, by
 * descending priority, so neither runs that nobody here can do nor runs that are not due
 * yet are ever looked at, however many there are.
 */
function findOpen(session: Session, request: ClaimRequest): OpenRow[] {
  const levels = new Map<number, Lane[]>();
  for (const lane of findLanes(session, request.handlers)) {
    const level = levels.get(lane.priority);
    if (level === undefined) levels.set(lane.priority, [lane]);
    else level.push(lane);
  }
  const found: OpenRow[] = [];
  for (const priority of [...levels.keys()].sort((a, b) => b - a)) {
    const rest = request.limit - found.length;
    if (rest <= 0) break;
    const lanes = levels.get(priority) ?? [];
    const rows =
      lanes.length === 1 && lanes[0] !== undefined
        ? readLane(session, lanes[0], request.until, null, rest)
        : mergeLanes(session, lanes, request.until, rest);
    for (const row of rows) found.push(row);
  }
  return found;
}

/** Skips from lane to lane of the index: a few microseconds each, whatever their length. */
function findLanes(session: Session, handlers: readonly string[]): Lane[] {
  const lanes: Lane[] = [];
  for (const handler of new Set(handlers)) {
    let lane = session.database.get<Lane>(
      `SELECT handler, priority FROM tickwork_runs WHERE open = 1 AND handler = ?
      ORDER BY priority DESC LIMIT 1`,
      handler,
    );
    while (lane !== undefined) {
      lanes.push(lane);
      lane = session.database.get<Lane>(
        `SELECT handler, priority FROM tickwork_runs
        WHERE open = 1 AND handler = ? AND priority < ? ORDER BY priority DESC LIMIT 1`,
        handler,
        lane.priority,
      );
    }
  }
  return lanes;
}

function readLane(
  session: Session,
  lane: Lane,
  until: number,
  after: OpenRow | null,
  limit: number,
): OpenRow[] {
  if (after === null) {
    return session.database.all<OpenRow>(
      `SELECT seq, id, due_at FROM tickwork_runs
      WHERE open = 1 AND handler = ? AND priority = ? AND due_at <= ?
      ORDER BY due_at, id LIMIT ?`,
      lane.handler,
      lane.priority,
      until,
      limit,
    );
  }
  return session.database.all<OpenRow>(
    `SELECT seq, id, due_at FROM tickwork_runs
    WHERE open = 1 AND handler = ? AND priority = ? AND due_at <= ? AND (due_at, id) > (?, ?)
    ORDER BY due_at, id LIMIT ?`,
    lane.handler,
    lane.priority,
    until,
    after.due_at,
    after.id,
    limit,
  );
}

interface Reader {
  readonly lane: Lane;
  rows: OpenRow[];
  at: number;
}

/** The first `limit` rows of lanes of one priority, read piece by piece and merged. */
function mergeLanes(
  session: Session,
  lanes: readonly Lane[],
  until: number,
  limit: number,
): OpenRow[] {
  const piece = Math.max(MERGE_ROWS_MIN, Math.ceil((2 * limit) / lanes.length));
  const readers: Reader[] = lanes.map((lane) => ({
    lane,
    rows: readLane(session, lane, until, null, Math.min(piece, limit)),
    at: 0,
  }));
  const merged: OpenRow[] = [];
  while (merged.length < limit) {
    let best: Reader | null = null;
    for (const reader of readers) {
      const head = reader.rows[reader.at];
      if (head === undefined) continue;
      const former = best?.rows[best.at];
      if (former === undefined || isBefore(head, former)) best = reader;
    }
    const row = best?.rows[best.at];
    if (best === null || row === undefined) break;
    merged.push(row);
    best.at++;
    if (best.at === best.rows.length) {
      best.rows = readLane(session, best.lane, until, row, piece);
      best.at = 0;
    }
  }
  return merged;
}

/** Ids are compared as the database does, by their bytes. */
function isBefore(a: OpenRow, b: OpenRow): boolean {
  if (a.due_at !== b.due_at) return a.due_at < b.due_at;
  return Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)) < 0;
}
