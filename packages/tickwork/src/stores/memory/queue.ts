/** Items that are added at one end and removed at the other, both in constant time. */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  /** Everything before has been removed. */
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  add(item: T): void {
    this.#items.push(item);
  }

  removeFirst(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** The items, the first added first. */
  items(): T[] {
    return this.#items.slice(this.#head) as T[];
  }
}
