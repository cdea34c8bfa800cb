import type { Node, NodeInfo } from '../model/node.ts';
import type { Run } from '../model/run.ts';
import type { Instant } from '../time/instant.ts';
import type { Heartbeat, HeartbeatRequest } from './heartbeat.ts';

export interface JoinOutcome {
  /**
   * True if no other node was up with a lease that reaches `at`: a cold start of the cluster.
   * Exactly one of several racing nodes is. Repeated, it is answered as the first time.
   */
  readonly first: boolean;
}

export interface RenewOutcome {
  /**
   * False: the node was declared dead, has left or is unknown. It must stop everything and
   * join under a new id.
   */
  readonly held: boolean;
}

/** What a node asks often. Cheap: a few microseconds when nothing has changed. */
export interface Signals {
  /** Differs from the last answer whenever anybody has written anything; calls that change
   * nothing leave it, and one that only lengthens a lease may leave it. */
  readonly change: number;
  /**
   * Grows whenever a job is saved, deleted, changes its status or is re-armed by the end of
   * a run, or a calendar is saved, by anybody; not with cursors and counts.
   */
  readonly jobsVersion: number;
  /** Running runs of this node that are asked to stop. */
  readonly cancelRunIds: readonly string[];
}

export interface ReapOutcome {
  /** The nodes that this call declared dead. */
  readonly nodeIds: readonly string[];
  /** Reservations given back. */
  readonly releasedCount: number;
}

/**
 * Nodes and their leases, and the store's own upkeep. One lease per node covers all
 * its runs: renewing is one small write whatever the node is doing.
 */
export interface NodeStore {
  /**
   * Registers a new life of a process with a lease until `leaseUntil`. Throws FENCED for the
   * id of a node that has left or was declared dead.
   */
  joinNode(node: NodeInfo, at: Instant, leaseUntil: Instant): Promise<JoinOutcome>;

  /**
   * Lengthens the lease; never shortens it. Throws STORE_REPLACED where the file of the store was
   * deleted, moved or replaced since it was opened: every later call throws it, too.
   */
  renewNode(nodeId: string, leaseUntil: Instant): Promise<RenewOutcome>;

  /** The node leaves: its reservations are released, its running runs count as lost, its
   * lease ends at `at` at the latest. A node that is not up stays as it is. */
  leaveNode(nodeId: string, at: Instant): Promise<void>;

  /**
   * Declares dead every node that is up with `leaseUntil` < `now`, and those named in
   * `provenDead`; releases their reservations in the same step. Leases end at `now`.
   */
  reapNodes(now: Instant, provenDead: readonly string[]): Promise<ReapOutcome>;

  /** RUNNING runs whose node is dead, has left or is unknown, earliest start first, then id. */
  findLostRuns(limit: number): Promise<Run[]>;

  /** Nodes that are up first, then the others, each by the latest start, then id. */
  listNodes(limit: number): Promise<Node[]>;

  pollSignals(nodeId: string): Promise<Signals>;

  /**
   * The store's clock, the only statement that asks for the time: the database's own,
   * or for an embedded store the process clock, never below the last one it has kept.
   */
  readClock(): Promise<Instant>;

  /**
   * Begins to renew the node's lease beside the event loop. Absent where a store cannot: then
   * a node that blocks its event loop for a lease loses its runs.
   */
  startHeartbeat?(request: HeartbeatRequest): Heartbeat;

  /** Waits for running calls, then lets go of files and connections. Idempotent. */
  close(): Promise<void>;
}
