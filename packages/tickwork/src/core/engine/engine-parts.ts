import type { Pools } from '../declaration/parse-limits.ts';
import type { NodeInfo } from '../model/node.ts';
import type { Policies } from '../model/policy.ts';
import type { Clock, Timers } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { ProcessWatch } from '../ports/process-watch.ts';
import type { Ids, Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import type { SlotKind, TaskKind } from '../ports/task-kind.ts';
import type { DurationMs } from '../time/instant.ts';
import type { ZoneData } from '../time/zone-data.ts';

/** Times that shape the engine; the defaults are those of `defaultTimings`. */
export interface Timings {
  /** How far ahead runs are planned and claimed. */
  readonly horizonMs: DurationMs;
  /** How long a node's claims hold without a renewal. */
  readonly leaseMs: DurationMs;
  readonly renewEveryMs: DurationMs;
  /**
   * A process whose event loop is blocked for longer than this counts as dead, where the
   * store can renew beside the event loop; else `leaseMs` is the limit.
   */
  readonly blockMsMax: DurationMs;
  readonly reapEveryMs: DurationMs;
  /** How often an idle node looks for what other processes have written. */
  readonly pollEveryMs: DurationMs;
  readonly pruneEveryMs: DurationMs;
}

export const defaultTimings: Timings = Object.freeze({
  horizonMs: 2_000,
  leaseMs: 15_000,
  renewEveryMs: 5_000,
  blockMsMax: 60_000,
  reapEveryMs: 5_000,
  pollEveryMs: 200,
  pruneEveryMs: 60_000,
});

export const defaultConcurrency: Readonly<Record<SlotKind, number>> = Object.freeze({
  function: 100,
  external: 10,
});

/** Everything the engine is made of: ports, and settings that are checked already. */
export interface EngineParts {
  readonly store: Store;
  /** The process's own clock; the engine corrects it to the store's. */
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly ids: Ids;
  readonly zoneData: ZoneData;
  readonly logger: Logger;
  readonly processWatch: ProcessWatch;
  readonly taskKinds: readonly TaskKind[];
  /** What this process is; `id` is renewed whenever it has to join again. */
  readonly node: Omit<NodeInfo, 'id'>;
  /** The zone of jobs that name none; an IANA name. */
  readonly timezone: string;
  readonly concurrency: Readonly<Record<SlotKind, number>>;
  readonly timings: Timings;
  readonly policies: Policies;
  /** The sizes of the pools that jobs may name. */
  readonly pools?: Pools;
}
