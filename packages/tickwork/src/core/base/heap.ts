/** Taken items are removed from the list once there are this many. */
const TAKEN_MAX = 4096;

/**
 * What comes first by `before` is taken first; of two that are alike, any. Items that are added
 * in their order, as those of a plan are, make a list that costs nothing to keep in order; the
 * others are in a binary heap.
 */
export class Heap<Item> {
  readonly #items: Item[] = [];
  readonly #before: (a: Item, b: Item) => boolean;
  /** In order, from `#taken` on. */
  #list: Item[] = [];
  #taken = 0;

  constructor(before: (a: Item, b: Item) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length + this.#list.length - this.#taken;
  }

  peek(): Item | undefined {
    return this.#listIsFirst() ? this.#list[this.#taken] : this.#items[0];
  }

  push(item: Item): void {
    const last = this.#list.at(-1);
    if (this.#taken === this.#list.length || last === undefined || !this.#before(item, last)) {
      this.#list.push(item);
    } else this.#pushOnHeap(item);
  }

  pop(): Item | undefined {
    return this.#listIsFirst() ? this.#popFromList() : this.#popFromHeap();
  }

  clear(): Item[] {
    const all = [...this.#items.splice(0), ...this.#list.slice(this.#taken)];
    this.#list = [];
    this.#taken = 0;
    return all;
  }

  #listIsFirst(): boolean {
    if (this.#taken === this.#list.length) return false;
    const [top] = this.#items;
    return top === undefined || !this.#before(top, this.#list[this.#taken] as Item);
  }

  #popFromList(): Item | undefined {
    const item = this.#list[this.#taken];
    this.#taken += 1;
    if (this.#taken === this.#list.length) {
      this.#list = [];
      this.#taken = 0;
    } else if (this.#taken >= TAKEN_MAX && this.#taken * 2 >= this.#list.length) {
      this.#list = this.#list.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  #pushOnHeap(item: Item): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = items[parent] as Item;
      if (!this.#before(item, above)) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  #popFromHeap(): Item | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (items.length > 0 && last !== undefined) this.#sinkFromTop(last);
    return first;
  }

  #sinkFromTop(item: Item): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      const right = child + 1;
      if (right < items.length && this.#before(items[right] as Item, items[child] as Item)) {
        child = right;
      }
      if (!this.#before(items[child] as Item, item)) break;
      items[at] = items[child] as Item;
      at = child;
    }
    items[at] = item;
  }
}
