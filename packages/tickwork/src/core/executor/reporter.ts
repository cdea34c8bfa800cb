import { isStoreTrouble } from '../base/errors.ts';
import type { RunReport, RunStore } from '../ports/run-store.ts';
import type { Instant } from '../time/instant.ts';

/** Reports written in one step. */
const BATCH_MAX = 500;

/**
 * Writes output and progress of running attempts, in company: the first report after a pass
 * asks for the next. What the store did not take is kept and
 * written first the next time, so that nothing of an attempt's output is lost.
 */
export class Reporter {
  readonly #store: Pick<RunStore, 'reportRuns'>;
  readonly #take: () => readonly RunReport[];
  readonly #wantPass: () => void;
  readonly #onDropped: (report: RunReport, error: unknown) => void;
  #wanted = false;
  #pending: RunReport[] = [];
  #flushing: Promise<void> | null = null;

  constructor(
    store: Pick<RunStore, 'reportRuns'>,
    take: () => readonly RunReport[],
    wantPass: () => void,
    /** The store cannot keep this report, though it works; the report is lost. */
    onDropped: (report: RunReport, error: unknown) => void,
  ) {
    this.#store = store;
    this.#take = take;
    this.#wantPass = wantPass;
    this.#onDropped = onDropped;
  }

  /** There is something to report. */
  note(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#wantPass();
  }

  async pass(): Promise<Instant | null> {
    this.#wanted = false;
    await this.flush();
    return null;
  }

  /** Everything that has gathered is stored when this resolves. */
  async flush(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing.catch(() => undefined);
    this.#pending.push(...this.#take());
    if (this.#pending.length === 0) return;
    this.#flushing = this.#write();
    try {
      await this.#flushing;
    } finally {
      this.#flushing = null;
    }
  }

  async #write(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending.slice(0, BATCH_MAX);
      await this.#writeBatch(batch);
      this.#pending = this.#pending.slice(batch.length);
    }
  }

  async #writeBatch(batch: readonly RunReport[]): Promise<void> {
    try {
      await this.#store.reportRuns(batch);
    } catch (error) {
      if (isStoreTrouble(error)) throw error;
      const [only] = batch;
      if (batch.length === 1 && only !== undefined) return this.#onDropped(only, error);
      // One of them is the cause; the others must not be lost with it.
      for (const report of batch) await this.#writeBatch([report]);
    }
  }
}
