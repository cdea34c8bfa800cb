import type { Instant } from '../time/instant.ts';

/** One life of one process: a restart is another node. */
export interface NodeInfo {
  /** Unique per life (boot UUID of the process), never the host's name. */
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** The operating system's boot id; `''` where unknown. With `pid` and
   * `processStart` it proves that a process of the same host is gone. */
  readonly bootId: string;
  /** The start time of the process as the system counts it; `''` where unknown. */
  readonly processStart: string;
  readonly version: string;
}

/** True if a node holds its lease: one that was killed counts as up in its row for a while. */
export function isAlive(node: Pick<Node, 'state' | 'leaseUntil'>, now: Instant): boolean {
  return node.state === 'up' && node.leaseUntil >= now;
}

export interface Node extends NodeInfo {
  readonly startedAt: Instant;
  /** The node's claims hold until here; renewed while it lives. */
  readonly leaseUntil: Instant;
  readonly state: 'up' | 'left' | 'dead';
}
