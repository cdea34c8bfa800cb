import type { RunOrigin } from '../../core/model/run.ts';

/** More are not remembered: what is forgotten is looked up by its id. */
const STARTS_MAX = 50_000;

/** Where a run stands, and what of it never changes. */
export interface Start {
  readonly seq: number;
  readonly jobId: number | null;
  readonly origin: RunOrigin;
}

/**
 * Where the runs stand that this connection has started and that hold nothing, so that their ends
 * need not look for them one by one. A hint only: each use is checked by the statement, since
 * a transaction may have been rolled back and another process may have moved the run.
 *
 * Short runs end in the order of their starts. They are kept as a queue, whose head is
 * compared and no text is hashed; at the first end out of turn, all move to a table.
 */
export class Starts {
  readonly #startOfId = new Map<string, Start>();
  #ids: string[] = [];
  #starts: Start[] = [];
  #next = 0;

  add(runId: string, start: Start): void {
    if (this.#startOfId.size + this.#ids.length >= STARTS_MAX) this.#forget();
    this.#ids.push(runId);
    this.#starts.push(start);
  }

  /** Answers how a run was started and forgets it. */
  take(runId: string): Start | undefined {
    const next = this.#next;
    if (this.#ids[next] === runId) {
      const start = this.#starts[next];
      this.#next = next + 1;
      if (this.#next === this.#ids.length) this.#empty();
      return start;
    }
    if (this.#ids.length > 0) this.#spread();
    const start = this.#startOfId.get(runId);
    if (start !== undefined) this.#startOfId.delete(runId);
    return start;
  }

  /** From the queue to the table. */
  #spread(): void {
    for (let at = this.#next; at < this.#ids.length; at++) {
      const id = this.#ids[at];
      const start = this.#starts[at];
      if (id !== undefined && start !== undefined) this.#startOfId.set(id, start);
    }
    this.#empty();
  }

  #empty(): void {
    this.#ids = [];
    this.#starts = [];
    this.#next = 0;
  }

  #forget(): void {
    this.#startOfId.clear();
    this.#empty();
  }
}
