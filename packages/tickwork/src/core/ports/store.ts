import type { JobStore } from './job-store.ts';
import type { NodeStore } from './node-store.ts';
import type { RunStore } from './run-store.ts';
import type { UpkeepStore } from './upkeep-store.ts';

/**
 * Everything the engine remembers. Memory, SQLite and the database servers implement
 * this one port and must not differ: `storeConformance` is its specification.
 */
export interface Store extends JobStore, RunStore, NodeStore, UpkeepStore {
  /** `memory`, `sqlite`, …, for messages. */
  readonly kind: string;
  /**
   * Whose clock `readClock` reads. `database`: one clock for all nodes, to which each
   * measures its offset. `process`: this machine's own, never below the last kept instant.
   */
  readonly clockSource: 'database' | 'process';
}
