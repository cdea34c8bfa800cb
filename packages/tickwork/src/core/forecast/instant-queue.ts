import type { Instant } from '../time/instant.ts';

const CACHE_BITS = 12;
const NONE = -1;

/**
 * Whole numbers by the instant at which they come. Plans meet at few instants (whole minutes
 * mostly), so those of one instant stand in one list, and only the instants are in a heap. All
 * of it is typed arrays: millions of entries make no garbage.
 *
 * The list of an instant is found by a small cache. Where the cache has forgotten it, a second
 * list is begun: an instant may stand in the heap more than once.
 */
export class InstantQueue {
  #heapAt = new Float64Array(64);
  #heapList = new Int32Array(64);
  #size = 0;
  /** Of each list its last node, whose next one is the first; of a free list the next free one. */
  #lastNode = new Int32Array(64);
  #freeList = NONE;
  #listCount = 0;
  #nodeNext = new Int32Array(256);
  #nodeItem = new Int32Array(256);
  #freeNode = NONE;
  #nodeCount = 0;
  readonly #cacheAt = new Float64Array(1 << CACHE_BITS).fill(Number.NaN);
  readonly #cacheList = new Int32Array(1 << CACHE_BITS);

  /** The earliest instant, or `Infinity`. */
  get nextAt(): Instant {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#heapAt[0] as number);
  }

  push(at: Instant, item: number): void {
    const node = this.#newNode(item);
    const place = cachePlace(at);
    if (this.#cacheAt[place] === at) {
      const list = this.#cacheList[place] as number;
      const last = this.#lastNode[list] as number;
      this.#nodeNext[node] = this.#nodeNext[last] as number;
      this.#nodeNext[last] = node;
      this.#lastNode[list] = node;
      return;
    }
    this.#nodeNext[node] = node;
    const list = this.#newList(node);
    this.#cacheAt[place] = at;
    this.#cacheList[place] = list;
    this.#rise(at, list);
  }

  /**
   * Takes what comes at `nextAt` out and gives it to `visit`; not always all of it: go on while
   * `nextAt` stays the same. Pushing meanwhile is allowed.
   */
  take(visit: (item: number) => void): void {
    if (this.#size === 0) return;
    const at = this.#heapAt[0] as number;
    const list = this.#heapList[0] as number;
    const place = cachePlace(at);
    if (this.#cacheAt[place] === at && this.#cacheList[place] === list) {
      this.#cacheAt[place] = Number.NaN;
    }
    this.#sink();
    const last = this.#lastNode[list] as number;
    this.#lastNode[list] = this.#freeList;
    this.#freeList = list;
    let node = this.#nodeNext[last] as number;
    for (;;) {
      const item = this.#nodeItem[node] as number;
      const next = this.#nodeNext[node] as number;
      this.#nodeNext[node] = this.#freeNode;
      this.#freeNode = node;
      visit(item);
      if (node === last) return;
      node = next;
    }
  }

  #newNode(item: number): number {
    let node = this.#freeNode;
    if (node !== NONE) this.#freeNode = this.#nodeNext[node] as number;
    else {
      node = this.#nodeCount++;
      if (node === this.#nodeNext.length) {
        this.#nodeNext = grown(this.#nodeNext);
        this.#nodeItem = grown(this.#nodeItem);
      }
    }
    this.#nodeItem[node] = item;
    return node;
  }

  #newList(node: number): number {
    let list = this.#freeList;
    if (list !== NONE) this.#freeList = this.#lastNode[list] as number;
    else {
      list = this.#listCount++;
      if (list === this.#lastNode.length) this.#lastNode = grown(this.#lastNode);
    }
    this.#lastNode[list] = node;
    return list;
  }

  #rise(at: Instant, list: number): void {
    if (this.#size === this.#heapAt.length) {
      const wider = new Float64Array(this.#size * 2);
      wider.set(this.#heapAt);
      this.#heapAt = wider;
      this.#heapList = grown(this.#heapList);
    }
    const ats = this.#heapAt;
    const lists = this.#heapList;
    let place = this.#size++;
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      const above = ats[parent] as number;
      if (at >= above) break;
      ats[place] = above;
      lists[place] = lists[parent] as number;
      place = parent;
    }
    ats[place] = at;
    lists[place] = list;
  }

  /** Takes the first of the heap away. */
  #sink(): void {
    const ats = this.#heapAt;
    const lists = this.#heapList;
    const size = --this.#size;
    const at = ats[size] as number;
    const list = lists[size] as number;
    let place = 0;
    for (let child = 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && (ats[child + 1] as number) < (ats[child] as number)) child++;
      if ((ats[child] as number) >= at) break;
      ats[place] = ats[child] as number;
      lists[place] = lists[child] as number;
      place = child;
    }
    ats[place] = at;
    lists[place] = list;
  }
}

/** Fibonacci hashing of the lower 32 bits. */
function cachePlace(at: Instant): number {
  return Math.imul(at | 0, 0x9e3779b1) >>> (32 - CACHE_BITS);
}

function grown(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(numbers.length * 2);
  wider.set(numbers);
  return wider;
}
