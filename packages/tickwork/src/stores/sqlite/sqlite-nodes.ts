import { TickworkError } from '../../core/base/errors.ts';
import type { Node, NodeInfo } from '../../core/model/node.ts';
import type { Run } from '../../core/model/run.ts';
import type { JoinOutcome, ReapOutcome } from '../../core/ports/node-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { liveRunSelect, type RunRow } from '../sql/run-row.ts';
import { openLine } from './limits.ts';
import { openWaiting } from './move-run.ts';
import { lengthenLease } from './renew-lease.ts';
import type { Session } from './session.ts';
import { release } from './settle-runs.ts';

interface NodeRow {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly boot_id: string;
  readonly process_start: string;
  readonly version: string;
  readonly started_at: number;
  readonly lease_until: number;
  readonly state: Node['state'];
  readonly first: number;
}

/** Throws FENCED unless the node is up and its lease reaches `now`. */
export function checkLease(session: Session, nodeId: string, now: Instant): void {
  const held = session.database.get(
    "SELECT 1 FROM tickwork_nodes WHERE id = ? AND state = 'up' AND lease_until >= ?",
    nodeId,
    now,
  );
  if (held !== undefined) return;
  throw new TickworkError('FENCED', {
    field: 'nodeId',
    value: nodeId,
    reason: 'this node does not hold a lease any more.',
    remedy: 'Stop its runs and join under a new id.',
  });
}

export function joinNode(
  session: Session,
  node: NodeInfo,
  at: Instant,
  leaseUntil: Instant,
): JoinOutcome {
  const { database } = session;
  const known = database.get<NodeRow>('SELECT * FROM tickwork_nodes WHERE id = ?', node.id);
  if (known !== undefined) {
    if (known.state !== 'up') throw formerLife(node.id);
    lengthenLease(database, node.id, leaseUntil);
    return { first: known.first === 1 };
  }
  const other = database.get(
    "SELECT 1 FROM tickwork_nodes WHERE state = 'up' AND lease_until >= ? LIMIT 1",
    at,
  );
  const first = other === undefined;
  database.run(
    `INSERT INTO tickwork_nodes (id, name, host, pid, boot_id, process_start, version,
      started_at, lease_until, state, first) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'up', ?)`,
    node.id,
    node.name,
    node.host,
    node.pid,
    node.bootId,
    node.processStart,
    node.version,
    at,
    leaseUntil,
    first ? 1 : 0,
  );
  return { first };
}

export function leaveNode(session: Session, nodeId: string, at: Instant): void {
  endNode(session, nodeId, 'left', at);
}

export function reapNodes(
  session: Session,
  now: Instant,
  provenDead: readonly string[],
): ReapOutcome {
  const dead = session.database.all<{ id: string }>(
    `SELECT id FROM tickwork_nodes WHERE state = 'up'
      AND (lease_until < ?1 OR id IN (SELECT value FROM json_each(?2))) ORDER BY id`,
    now,
    JSON.stringify(provenDead),
  );
  let releasedCount = 0;
  for (const { id } of dead) releasedCount += endNode(session, id, 'dead', now);
  return { nodeIds: dead.map(({ id }) => id), releasedCount };
}

interface ReservedRow {
  readonly seq: number;
  readonly waiting: number;
  readonly job_id: number | null;
  readonly limit_key: string | null;
  readonly limit_max: number | null;
}

/** Ends the life of a node that is up and gives its reservations back; answers how many. */
function endNode(session: Session, nodeId: string, state: 'left' | 'dead', at: Instant): number {
  const { database } = session;
  const ended = database.run(
    `UPDATE tickwork_nodes SET state = ?2, lease_until = min(lease_until, ?3)
    WHERE id = ?1 AND state = 'up'`,
    nodeId,
    state,
    at,
  );
  if (ended === 0) return 0;
  const reserved = database.all<ReservedRow>(
    `SELECT seq, waiting, job_id, limit_key, limit_max FROM tickwork_runs
    WHERE node_id = ? AND state IN ('PENDING', 'RETRY')`,
    nodeId,
  );
  const waitingJobs = new Set<number>();
  for (const run of reserved) {
    release(session, run.seq, run.waiting);
    if (run.job_id !== null && run.waiting !== 0) waitingJobs.add(run.job_id);
  }
  for (const jobId of waitingJobs) openWaiting(session, jobId);
  const lines = new Set(reserved.flatMap((run) => (run.limit_max === null ? [] : [run.limit_key])));
  for (const key of lines) if (key !== null) openLine(session, key);
  return reserved.length;
}

export function findLostRuns(session: Session, limit: number): Run[] {
  const rows = session.database.all<RunRow>(
    `${liveRunSelect} WHERE node_id IS NOT NULL AND state = 'RUNNING'
      AND node_id NOT IN (SELECT id FROM tickwork_nodes WHERE state = 'up')
    ORDER BY started_at, id LIMIT ?`,
    limit,
  );
  return rows.map((row) => session.runOf(row));
}

export function listNodes(session: Session, limit: number): Node[] {
  const rows = session.database.all<NodeRow>(
    `SELECT * FROM tickwork_nodes ORDER BY state <> 'up', started_at DESC, id LIMIT ?`,
    limit,
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    host: row.host,
    pid: row.pid,
    bootId: row.boot_id,
    processStart: row.process_start,
    version: row.version,
    startedAt: row.started_at,
    leaseUntil: row.lease_until,
    state: row.state,
  }));
}

export function findCancelled(session: Session, nodeId: string): string[] {
  const rows = session.database.all<{ id: string }>(
    `SELECT id FROM tickwork_runs
    WHERE node_id = ? AND state = 'RUNNING' AND cancel_requested = 1 ORDER BY id`,
    nodeId,
  );
  return rows.map(({ id }) => id);
}

function formerLife(nodeId: string): TickworkError {
  return new TickworkError('FENCED', {
    field: 'node.id',
    value: nodeId,
    reason: 'this node has left or was declared dead.',
    remedy: 'Join under a new id.',
  });
}
