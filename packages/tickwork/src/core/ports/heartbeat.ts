import type { DurationMs } from '../time/instant.ts';

export interface HeartbeatRequest {
  /** A node that has just joined. */
  readonly nodeId: string;
  readonly leaseMs: DurationMs;
  readonly renewEveryMs: DurationMs;
  /** So long after the last `beat` the heartbeat stops renewing: the node counts as dead. */
  readonly blockMsMax: DurationMs;
  /** The store refused a renewal: the node was declared dead. Called at most once. */
  readonly onRefused: () => void;
  /** It ended by a fault; the node lives on without it. Called at most once. */
  readonly onFailed: (message: string) => void;
}

/**
 * Renews a node's lease beside the event loop, so that work which blocks the loop does not
 * cost the node its runs. It only stands in: while the node renews in time by itself, it
 * writes nothing. It ends with its process and stands still when that is stopped.
 */
export interface Heartbeat {
  /** The node has just renewed by itself, so its event loop runs. */
  beat(): void;
  /**
   * How many milliseconds ago, by the monotonic clock, the last renewal of the heartbeat that
   * the store accepted was sent; infinite if there was none.
   */
  renewedMsAgo(): number;
  /** No renewal begins after this call; resolves when everything is let go. Idempotent. */
  stop(): Promise<void>;
}
