/**
 * What is at hand of runs, found by the run's id, in the order of adding. It is asked about
 * each run that is to start, and hardly ever has it: the ids of enqueued runs ascend, so one
 * comparison tells that a new one is greater than all here. A table by id costs many times as
 * much, as each text must be hashed and kept: it is made when an id may be here, and goes when
 * all is gone.
 */
export class RunTable<Item extends { readonly runId: string }> {
  readonly #items = new Set<Item>();
  #byId: Map<string, Item> | null = null;
  /** None here has a greater id. */
  #greatestId = '';

  get size(): number {
    return this.#items.size;
  }

  add(item: Item): void {
    const { runId } = item;
    this.#items.add(item);
    this.#byId?.set(runId, item);
    if (runId > this.#greatestId) this.#greatestId = runId;
  }

  delete(item: Item): boolean {
    if (!this.#items.delete(item)) return false;
    if (this.#items.size === 0) {
      this.#byId = null;
      this.#greatestId = '';
    } else if (this.#byId?.get(item.runId) === item) {
      this.#byId.delete(item.runId);
    }
    return true;
  }

  /** The last one that was added of this run, as long as it is here. */
  find(runId: string): Item | undefined {
    if (this.#items.size === 0 || runId > this.#greatestId) return undefined;
    this.#byId ??= new Map(Array.from(this.#items, (item) => [item.runId, item]));
    return this.#byId.get(runId);
  }

  [Symbol.iterator](): IterableIterator<Item> {
    return this.#items.values();
  }
}
