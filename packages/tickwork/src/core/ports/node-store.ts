import type { Node, NodeInfo } from '../model/node.ts';
import type { Run } from '../model/run.ts';
import type { Instant } from '../time/instant.ts';

export interface JoinOutcome {
  /** True if no other node was up: a cold start of the cluster. Exactly one of several racing nodes is. */
  readonly first: boolean;
}

export interface RenewOutcome {
  /** False: the node was declared dead. It must stop everything and join under a new id. */
  readonly held: boolean;
}

/** What a node asks often. Cheap: a few microseconds when nothing has changed. */
export interface Signals {
  /** Differs from the last answer whenever anybody else has written anything. */
  readonly change: number;
  /** Grows with every write to jobs or calendars, by anybody. */
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
  /** Registers a new life of a process with a lease until `leaseUntil`. */
  joinNode(node: NodeInfo, at: Instant, leaseUntil: Instant): Promise<JoinOutcome>;

  /** Lengthens the lease; never shortens it. */
  renewNode(nodeId: string, leaseUntil: Instant): Promise<RenewOutcome>;

  /** The node leaves: its reservations are released, its running runs count as lost. */
  leaveNode(nodeId: string, at: Instant): Promise<void>;

  /**
   * Declares dead every node that is up with `leaseUntil` < `now`, and those named in
   * `provenDead`; releases their reservations in the same step.
   */
  reapNodes(now: Instant, provenDead: readonly string[]): Promise<ReapOutcome>;

  /** RUNNING runs whose node is dead or has left, oldest first. */
  findLostRuns(limit: number): Promise<Run[]>;

  /** Nodes that are up first, then the latest others; at most `limit`. */
  listNodes(limit: number): Promise<Node[]>;

  pollSignals(nodeId: string): Promise<Signals>;

  /**
   * The store's clock, the only statement that asks for the time: the database's own,
   * or for an embedded store the process clock, never below the last one it has kept.
   */
  readClock(): Promise<Instant>;

  /** Waits for running calls, then lets go of files and connections. Idempotent. */
  close(): Promise<void>;
}
