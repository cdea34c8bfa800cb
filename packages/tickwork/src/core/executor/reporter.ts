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
  #wanted = false;
  #held: RunReport[] = [];
  #flushing: Promise<void> | null = null;

  constructor(
    store: Pick<RunStore, 'reportRuns'>,
    take: () => readonly RunReport[],
    wantPass: () => void,
  ) {
    this.#store = store;
    this.#take = take;
    this.#wantPass = wantPass;
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
    this.#held.push(...this.#take());
    if (this.#held.length === 0) return;
    this.#flushing = this.#write();
    try {
      await this.#flushing;
    } finally {
      this.#flushing = null;
    }
  }

  async #write(): Promise<void> {
    while (this.#held.length > 0) {
      const batch = this.#held.slice(0, BATCH_MAX);
      await this.#store.reportRuns(batch);
      this.#held = this.#held.slice(batch.length);
    }
  }
}
