import type { Run } from '../model/run.ts';
import type { RunStore } from '../ports/run-store.ts';
import type { DurationMs, Instant } from '../time/instant.ts';

/** Live runs looked at in one pass. */
const RUNS_MAX = 500;

export interface UnhandledParts {
  readonly store: Pick<RunStore, 'listRuns'>;
  readonly now: () => Instant;
  /** How long a run must have been due before it counts as unclaimed. */
  readonly dueForMs: DurationMs;
  /** True for a handler that this node lacks, seldom enough to be told. */
  readonly isNews: (handler: string) => boolean;
  readonly onUnhandled: (run: Run) => void;
}

/**
 * Finds due runs that wait because nobody takes them and this node cannot: whoever stored them,
 * also another process. Each pass looks at a page of the live runs and the next one goes on
 * from there, so that a pass costs the same however many wait, and each run is seen in the end.
 */
export class UnhandledRuns {
  readonly #parts: UnhandledParts;
  #after: string | null = null;

  constructor(parts: UnhandledParts) {
    this.#parts = parts;
  }

  async pass(): Promise<void> {
    const { store, now, dueForMs, isNews, onUnhandled } = this.#parts;
    const filter = { states: ['PENDING', 'RETRY'] as const };
    const page = await store.listRuns(filter, { after: this.#after, limit: RUNS_MAX });
    this.#after = page.next;
    for (const run of page.runs) {
      const isOpen = run.nodeId === null && !run.waiting && (run.limitKey ?? null) === null;
      if (isOpen && run.dueAt <= now() - dueForMs && isNews(run.handler)) onUnhandled(run);
    }
  }
}
