/** More are not remembered: what is forgotten is looked up by its id. */
const STARTS_MAX = 50_000;

/**
 * Where the runs stand that this connection has started without a job, so that their ends
 * need not look for them one by one. A hint only: each use is checked by the statement, since
 * a transaction may have been rolled back and another process may have moved the run.
 */
export class Starts {
  readonly #seqOfId = new Map<string, number>();

  add(runId: string, seq: number): void {
    if (this.#seqOfId.size >= STARTS_MAX) this.#seqOfId.clear();
    this.#seqOfId.set(runId, seq);
  }

  /** Answers the place of a run and forgets it. */
  take(runId: string): number | undefined {
    const seq = this.#seqOfId.get(runId);
    if (seq !== undefined) this.#seqOfId.delete(runId);
    return seq;
  }
}
