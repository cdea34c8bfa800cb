/** More are not remembered: what is forgotten is looked up by its id. */
const STARTS_MAX = 50_000;

/**
 * Where the runs stand that this connection has started without a job, so that their ends
 * need not look for them one by one. A hint only: each use is checked by the statement, since
 * a transaction may have been rolled back and another process may have moved the run.
 *
 * Short runs end in the order of their starts. They are kept as a queue, whose head is
 * compared and no text is hashed; at the first end out of turn, all move to a table.
 */
export class Starts {
  readonly #seqOfId = new Map<string, number>();
  #ids: string[] = [];
  #seqs: number[] = [];
  #next = 0;

  add(runId: string, seq: number): void {
    if (this.#seqOfId.size + this.#ids.length >= STARTS_MAX) this.#forget();
    this.#ids.push(runId);
    this.#seqs.push(seq);
  }

  /** Answers the place of a run and forgets it. */
  take(runId: string): number | undefined {
    const next = this.#next;
    if (this.#ids[next] === runId) {
      const seq = this.#seqs[next];
      this.#next = next + 1;
      if (this.#next === this.#ids.length) this.#empty();
      return seq;
    }
    if (this.#ids.length > 0) this.#spread();
    const seq = this.#seqOfId.get(runId);
    if (seq !== undefined) this.#seqOfId.delete(runId);
    return seq;
  }

  /** From the queue to the table. */
  #spread(): void {
    for (let at = this.#next; at < this.#ids.length; at++) {
      this.#seqOfId.set(this.#ids[at] ?? '', this.#seqs[at] ?? 0);
    }
    this.#empty();
  }

  #empty(): void {
    this.#ids = [];
    this.#seqs = [];
    this.#next = 0;
  }

  #forget(): void {
    this.#seqOfId.clear();
    this.#empty();
  }
}
