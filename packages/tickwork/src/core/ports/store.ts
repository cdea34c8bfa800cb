import type { JobStore } from './job-store.ts';
import type { NodeStore } from './node-store.ts';
import type { RunStore } from './run-store.ts';

/**
 * Everything the engine remembers. Memory, SQLite and the database servers implement
 * this one port and must not differ: `storeConformance` is its specification.
 */
export interface Store extends JobStore, RunStore, NodeStore {
  /** `memory`, `sqlite`, …, for messages. */
  readonly kind: string;
}
