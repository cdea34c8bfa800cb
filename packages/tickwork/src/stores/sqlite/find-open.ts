import type { ClaimRequest } from '../../core/ports/run-store.ts';
import type { Lane } from '../sql/run-row.ts';
import type { Session } from './session.ts';

export interface OpenRow {
  readonly seq: number;
  readonly id: string;
  readonly due_at: number;
}

/** Rows that are looked at in each lane at a time when several are merged. */
const MERGE_ROWS_MIN = 32;

/**
 * The first open runs of the handlers in claim order. The index is walked lane by lane, by
 * descending priority, so neither runs that nobody here can do nor runs that are not due
 * yet are ever looked at, however many there are.
 */
export function findOpen(session: Session, request: ClaimRequest): OpenRow[] {
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

/** Places of the table that follow one another. */
export interface OpenRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Where the runs of `findOpen` stand, if they are all there is between two places: the normal
 * case of a long queue. `null` = they are not, or of several lanes, or there are none. Reads
 * only the index.
 */
export function findOpenRange(session: Session, request: ClaimRequest): OpenRange | null {
  const lanes = findLanes(session, request.handlers);
  const [lane] = lanes;
  if (lane === undefined || lanes.length > 1 || request.limit < 1) return null;
  const found = session.database.get<{ count: number; first: number; last: number }>(
    `SELECT count(*) AS count, min(seq) AS first, max(seq) AS last FROM (
      SELECT seq FROM tickwork_runs
      WHERE open = 1 AND handler = ? AND priority = ? AND due_at <= ?
      ORDER BY due_at, id LIMIT ?)`,
    lane.handler,
    lane.priority,
    request.until,
    request.limit,
  );
  if (found === undefined || found.count === 0) return null;
  if (found.last - found.first + 1 !== found.count) return null;
  return { from: found.first, to: found.last };
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
