import { isStoreTrouble } from '../base/errors.ts';
import type { EndedAttempt } from '../executor/executor.ts';
import { RunTable } from '../model/run-table.ts';
import type { Completion, CompletionOutcome, RunReport } from '../ports/run-store.ts';
import type { Store } from '../ports/store.ts';
import type { Instant } from '../time/instant.ts';

/** Ends written in one step. */
const BATCH_MAX = 1000;
/** Ends that are not written yet, beyond which nothing new is to be started. */
const UNWRITTEN_MAX = 5_000;
const ERROR_CHARACTERS_MAX = 1000;

export interface PendingEnd {
  readonly ended: EndedAttempt | null;
  readonly completion: Completion;
  readonly report: RunReport | null;
}

export interface CompleterParts {
  readonly store: Pick<Store, 'completeRuns' | 'reportRuns'>;
  /** Output that was handed over before must be stored before the end is. */
  readonly flushReports: () => Promise<void>;
  /** `letsIn`: a run that waited for this end can be claimed now. */
  readonly onAccepted: (end: PendingEnd, letsIn: boolean) => void;
  readonly onRefused: (end: PendingEnd) => void;
  /** `isFull` no more. */
  readonly onRoom: () => void;
}

/**
 * Writes the ends of attempts, all that have gathered at a time (group commit): their last
 * output first, then the ends themselves. If the store fails, they are kept and tried
 * again; a fence that is no longer the run's makes the store refuse them, once and for all.
 */
export class Completer {
  readonly #parts: CompleterParts;
  readonly #pending: PendingEnd[] = [];
  readonly #byRun = new RunTable<Completion>();
  /** One of the pending ends makes the store refuse its whole batch: each is written alone. */
  #apart = false;
  #wasFull = false;

  constructor(parts: CompleterParts) {
    this.#parts = parts;
  }

  /** Ends that are not written yet. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  /** So many ends are not written yet that nothing new is to be started. */
  get isFull(): boolean {
    return this.#pending.length > UNWRITTEN_MAX;
  }

  /** An attempt of this run, or the one given, has ended here; the store may not know it yet. */
  isPending(runId: string, fence?: number): boolean {
    const pending = this.#byRun.find(runId);
    return pending !== undefined && (fence === undefined || pending.fence === fence);
  }

  add(end: PendingEnd): void {
    this.#pending.push(end);
    this.#byRun.add(end.completion);
    this.#wasFull ||= this.isFull;
  }

  /** At a stop: writes what is left, once; tells why if it could not. */
  async writeLast(onFailed: (error: string) => void): Promise<void> {
    try {
      await this.pass();
    } catch (error) {
      onFailed(error instanceof Error ? error.message : String(error));
    }
  }

  async pass(): Promise<Instant | null> {
    // Ends of the same turn of the event loop belong into one batch.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const batch = this.#pending.slice(0, this.#apart ? 1 : BATCH_MAX);
      const outcomes = await this.#write(batch);
      this.#pending.splice(0, batch.length);
      this.#noteRoom();
      if (this.#pending.length === 0) this.#apart = false;
      for (const { completion } of batch) this.#byRun.delete(completion);
      for (const [i, end] of batch.entries()) {
        const outcome = outcomes[i];
        if (outcome === 'refused') this.#parts.onRefused(end);
        else this.#parts.onAccepted(end, outcome === 'lets-in');
      }
    }
    return null;
  }

  #noteRoom(): void {
    if (!this.#wasFull || this.isFull) return;
    this.#wasFull = false;
    this.#parts.onRoom();
  }

  async #write(batch: readonly PendingEnd[]): Promise<readonly CompletionOutcome[]> {
    const { store, flushReports } = this.#parts;
    try {
      const reports: RunReport[] = [];
      for (const { report } of batch) if (report !== null) reports.push(report);
      if (reports.length > 0) {
        await flushReports();
        await store.reportRuns(reports);
      }
      return await store.completeRuns(batch.map((end) => end.completion));
    } catch (error) {
      if (isStoreTrouble(error)) throw error;
      const [only] = batch;
      if (batch.length === 1 && only !== undefined) {
        return await store.completeRuns([unstorable(only.completion, error)]);
      }
      // One of them is the cause; the others must not wait for it.
      this.#apart = true;
      throw error;
    }
  }
}

/** An end that no store takes becomes a failure that says so, without what it carried. */
function unstorable(completion: Completion, error: unknown): Completion {
  const why = error instanceof Error ? error.message : String(error);
  return {
    ...completion,
    state: 'FAILED',
    reason: 'error',
    outcome: 'failed',
    error: `its end could not be stored: ${why}`.slice(0, ERROR_CHARACTERS_MAX),
    exitCode: null,
    result: null,
    dueAt: null,
    followUps: [],
  };
}
