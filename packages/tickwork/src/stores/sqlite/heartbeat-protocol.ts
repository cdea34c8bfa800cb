import type { DurationMs } from '../../core/time/instant.ts';
import type { FileIdentity } from './store-file.ts';

/** What a heartbeat's thread is given at its start. */
export interface HeartbeatStart {
  readonly path: string;
  /** The files that the node has open. While others lie at `path`, nothing is renewed. */
  readonly identity: FileIdentity;
  readonly nodeId: string;
  readonly leaseMs: DurationMs;
  readonly renewEveryMs: DurationMs;
  readonly blockMsMax: DurationMs;
  /** Shared with the node; the places are those of `slots`. */
  readonly shared: BigInt64Array;
}

/**
 * Places in the shared memory. Times are readings of `process.hrtime.bigint()`, which all
 * threads of a process share; 0 = never.
 */
export const slots = {
  /** Written by the node: when it last renewed by itself. */
  beat: 0,
  /** Written by the thread: when its last accepted renewal was sent. */
  renewed: 1,
  /** Written by the node: 1 = no renewal may begin any more. */
  stopped: 2,
  /** Written by the node: how many rows it has written. A count, no time. */
  written: 3,
} as const;

/** The one thing that the thread tells: its renewal was refused. Any message to it ends it. */
export type FromHeartbeat = 'refused';
