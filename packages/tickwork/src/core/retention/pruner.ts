import type { RetentionPolicy } from '../model/policy.ts';
import type { Store } from '../ports/store.ts';
import type { DurationMs, Instant } from '../time/instant.ts';

/** Finished runs removed in one step: small, so that nobody waits for it. */
const BATCH_RUNS = 500;
/** Between full batches. */
const BATCH_PAUSE_MS = 100;

export interface PrunerParts {
  readonly store: Pick<Store, 'pruneRuns'>;
  readonly now: () => Instant;
  readonly everyMs: DurationMs;
  /** For runs without a job. */
  readonly defaults: RetentionPolicy;
}

/** The retaining loop's pass: one small batch at a time, never in the way of claims. */
export class Pruner {
  readonly #parts: PrunerParts;

  constructor(parts: PrunerParts) {
    this.#parts = parts;
  }

  async pass(): Promise<Instant | null> {
    const { store, now, everyMs, defaults } = this.#parts;
    const removed = await store.pruneRuns({ now: now(), limit: BATCH_RUNS, defaults });
    return now() + (removed >= BATCH_RUNS ? BATCH_PAUSE_MS : everyMs);
  }
}
