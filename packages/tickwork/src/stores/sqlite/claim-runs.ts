import { assert } from '../../core/base/errors.ts';
import { needsNoDecision, type Run } from '../../core/model/run.ts';
import type { ClaimRequest } from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import {
  type FreshRow,
  freshRunColumns,
  freshRunFromRow,
  isPlainRun,
  type Lane,
  liveRunSelect,
  type PlainRow,
  plainRunColumns,
  plainRunFromRow,
  type RunRow,
} from '../sql/run-row.ts';
import { findOpen, findOpenRange, type OpenRange } from './find-open.ts';
import type { Session } from './session.ts';
import { checkLease } from './sqlite-nodes.ts';

/** True if `claimRuns` would find anything: asked before the lock of a writer is taken. */
export function hasClaim(session: Session, request: ClaimRequest): boolean {
  checkLease(session, request.nodeId, request.now);
  if (request.recover || request.expected === true) return true;
  return request.limit > 0 && findOpen(session, { ...request, limit: 1 }).length > 0;
}

/** Reserves runs, and starts those that need no decision, inside a transaction. */
export function claimRuns(session: Session, request: ClaimRequest): Run[] {
  checkLease(session, request.nodeId, request.now);
  const held = request.recover
    ? session.database.all<RunRow>(
        `${liveRunSelect} WHERE node_id = ? AND due_at <= ? ORDER BY priority DESC, due_at, id`,
        request.nodeId,
        request.until,
      )
    : [];
  return [...held.map((row) => session.runOf(row)), ...claimOpen(session, request)];
}

/** Where the claimed runs stand. */
interface Claimed {
  readonly started: number[];
  readonly reserved: number[];
}

function claimOpen(session: Session, request: ClaimRequest): Run[] {
  const range = findOpenRange(session, request);
  const plain = range === null ? null : readPlain(session, range);
  if (range !== null && plain !== null) return claimRange(session, request, range, plain);
  const open = findOpen(session, request);
  if (open.length === 0) return [];
  const claimed: Claimed = { started: [], reserved: [] };
  const runs: Run[] = [];
  const rows = readFresh(session, seqsOf(open));
  const others = readWhole(session, rows);
  for (const row of rows) {
    const run = others.get(row[0]) ?? freshRunFromRow(row, session.workOf(row[FRESH_WORK_ID]));
    runs.push(claim(session, run, row[0], request, claimed));
  }
  reserve(session, claimed.reserved, request.nodeId);
  if (request.startAt !== undefined) {
    start(session, claimed.started, request.nodeId, request.startAt);
  }
  return runs;
}

/** Claims all runs between two places, which need nothing of their own to be written. */
function claimRange(
  session: Session,
  request: ClaimRequest,
  { from, to }: OpenRange,
  plain: Run[],
): Run[] {
  const { nodeId, startAt } = request;
  const claimed: Claimed = { started: [], reserved: [] };
  for (const [i, run] of plain.entries()) claim(session, run, from + i, request, claimed);
  const { started, reserved } = claimed;
  if (startAt !== undefined && reserved.length === 0) {
    session.database.run(startText('seq BETWEEN ?3 AND ?4'), nodeId, startAt, from, to);
  } else {
    reserve(session, reserved, nodeId);
    if (startAt !== undefined) start(session, started, nodeId, startAt);
  }
  return plain;
}

/**
 * The runs between two places, if they are all plain and stand there in claim order;
 * otherwise `null`. Ids made by this program are ASCII, which strings are compared by as
 * bytes are.
 */
function readPlain(session: Session, { from, to }: OpenRange): Run[] | null {
  const rows = session.database.rows<PlainRow>(
    `SELECT ${plainRunColumns.join(', ')} FROM tickwork_runs
    WHERE seq BETWEEN ? AND ? AND ${isPlainRun} ORDER BY seq`,
    from,
    to,
  );
  const [first] = rows;
  if (first === undefined || rows.length !== to - from + 1) return null;
  const lane = session.database.get<Lane>(
    'SELECT handler, priority FROM tickwork_runs WHERE seq = ?',
    from,
  );
  assert(lane !== undefined, 'An open run has its row.');
  const runs: Run[] = [];
  let former: PlainRow | null = null;
  for (const row of rows) {
    if (former !== null && !isInOrder(former, row)) return null;
    former = row;
    runs.push(plainRunFromRow(row, lane, session.workOf(row[1])));
  }
  return runs;
}

function isInOrder(a: PlainRow, b: PlainRow): boolean {
  return a[2] < b[2] || (a[2] === b[2] && a[0] < b[0]);
}

const FRESH_JOB_ID = freshRunColumns.indexOf('job_id') as 2;
const FRESH_ATTEMPT = freshRunColumns.indexOf('attempt') as 3;
const FRESH_REASON = freshRunColumns.indexOf('reason') as 17;
const FRESH_WORK_ID = freshRunColumns.indexOf('work_id') as 4;

/** In the order of the places; as arrays, which are made in a third of the time of objects. */
function readFresh(session: Session, seqs: string): FreshRow[] {
  return session.database.rows<FreshRow>(
    `SELECT ${freshRunColumns.map((column) => `r.${column}`).join(', ')}
    FROM json_each(?) AS chosen CROSS JOIN tickwork_runs AS r ON r.seq = chosen.value`,
    seqs,
  );
}

/** Most have never been tried and belong to no job: all else of them is known. */
function isFresh(row: FreshRow): boolean {
  return row[FRESH_JOB_ID] === null && row[FRESH_ATTEMPT] === 0 && row[FRESH_REASON] === null;
}

/** The runs among these that are not fresh, by their place. */
function readWhole(session: Session, rows: readonly FreshRow[]): ReadonlyMap<number, Run> {
  const seqs: number[] = [];
  for (const row of rows) if (!isFresh(row)) seqs.push(row[0]);
  if (seqs.length === 0) return new Map();
  const whole = session.database.all<RunRow>(
    `${liveRunSelect} WHERE seq IN (SELECT value FROM json_each(?))`,
    `[${seqs.join(',')}]`,
  );
  assert(whole.length === seqs.length, 'An open run has its row.');
  return new Map(whole.map((row) => [row.seq, session.runOf(row)]));
}

/** The run as it is from now on; notes what is to be written of it. */
function claim(
  session: Session,
  run: Changing<Run>,
  seq: number,
  { nodeId, startAt }: ClaimRequest,
  { started, reserved }: Claimed,
): Run {
  run.nodeId = nodeId;
  if (startAt === undefined || run.dueAt > startAt || !needsNoDecision(run)) {
    reserved.push(seq);
    return run;
  }
  started.push(seq);
  session.starts.add(run.id, { seq, jobId: run.jobId, origin: run.origin });
  run.state = 'RUNNING';
  run.startedAt = startAt;
  run.fence += 1;
  run.attempt += 1;
  run.reason = null;
  run.progress = null;
  return run;
}

function reserve(session: Session, seqs: readonly number[], nodeId: string): void {
  if (seqs.length === 0) return;
  session.database.run(
    `UPDATE OR FAIL tickwork_runs SET node_id = ?, open = 0
    WHERE seq IN (SELECT value FROM json_each(?))`,
    nodeId,
    `[${seqs.join(',')}]`,
  );
}

/** Begins attempts of runs without a job. Such a run waits for nothing and lets nothing wait. */
function start(session: Session, seqs: readonly number[], nodeId: string, at: Instant): void {
  if (seqs.length === 0) return;
  const text = startText('seq IN (SELECT value FROM json_each(?3))');
  session.database.run(text, nodeId, at, `[${seqs.join(',')}]`);
}

/** `OR FAIL` needs no copies of pages for its undoing: an error rolls the transaction back. */
function startText(where: string): string {
  return `UPDATE OR FAIL tickwork_runs SET state = 'RUNNING', node_id = ?1, open = 0,
    started_at = ?2, fence = fence + 1, attempt = attempt + 1, reason = NULL, progress = NULL
  WHERE ${where}`;
}

function seqsOf(rows: readonly { readonly seq: number }[]): string {
  return `[${rows.map(({ seq }) => seq).join(',')}]`;
}

type Changing<Row> = { -readonly [Column in keyof Row]: Row[Column] };
