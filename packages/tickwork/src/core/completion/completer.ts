import type { EndedAttempt } from '../executor/executor.ts';
import type { Completion, RunReport } from '../ports/run-store.ts';
import type { Store } from '../ports/store.ts';
import type { Instant } from '../time/instant.ts';

/** Ends written in one step. */
const BATCH_MAX = 1000;

export interface PendingEnd {
  readonly ended: EndedAttempt | null;
  readonly completion: Completion;
  readonly report: RunReport | null;
}

export interface CompleterParts {
  readonly store: Pick<Store, 'completeRuns' | 'reportRuns'>;
  /** Output that was handed over before must be stored before the end is. */
  readonly flushReports: () => Promise<void>;
  readonly onAccepted: (end: PendingEnd) => void;
  readonly onRefused: (end: PendingEnd) => void;
}

/**
 * Writes the ends of attempts, all that have gathered at a time (group commit): their last
 * output first, then the ends themselves. If the store fails, they are kept and tried
 * again; a fence that is no longer the run's makes the store refuse them, once and for all.
 */
export class Completer {
  readonly #parts: CompleterParts;
  readonly #pending: PendingEnd[] = [];
  readonly #pendingFences = new Map<string, number>();

  constructor(parts: CompleterParts) {
    this.#parts = parts;
  }

  /** Ends that are not written yet. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  /** An attempt of this run, or the one given, has ended here; the store may not know it yet. */
  isPending(runId: string, fence?: number): boolean {
    const pending = this.#pendingFences.get(runId);
    return pending !== undefined && (fence === undefined || pending === fence);
  }

  add(end: PendingEnd): void {
    this.#pending.push(end);
    this.#pendingFences.set(end.completion.runId, end.completion.fence);
  }

  async pass(): Promise<Instant | null> {
    // Ends of the same turn of the event loop belong into one batch.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const batch = this.#pending.slice(0, BATCH_MAX);
      const reports = batch.flatMap((end) => (end.report === null ? [] : [end.report]));
      if (reports.length > 0) {
        await this.#parts.flushReports();
        await this.#parts.store.reportRuns(reports);
      }
      const outcomes = await this.#parts.store.completeRuns(batch.map((end) => end.completion));
      this.#pending.splice(0, batch.length);
      for (const end of batch) this.#pendingFences.delete(end.completion.runId);
      for (const [i, end] of batch.entries()) {
        if (outcomes[i] === 'accepted') this.#parts.onAccepted(end);
        else this.#parts.onRefused(end);
      }
    }
    return null;
  }
}
