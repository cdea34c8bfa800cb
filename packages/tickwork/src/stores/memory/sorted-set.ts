const CHUNK_MAX = 256;

/**
 * Items in order, no two of them equal. An array of short sorted arrays: finding a
 * place is two binary searches, adding and removing moves at most 256 items, and
 * walking from the front or from the middle costs nothing extra.
 *
 * The fields that `compare` reads must not change while an item is in the set.
 */
export class SortedSet<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #chunks: T[][] = [];
  #size = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    return this.#chunks[0]?.[0];
  }

  /** Adds an item; one that is there already stays. */
  add(item: T): void {
    const at = this.#chunkOf(item);
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#append(item);
      return;
    }
    const index = this.#indexIn(chunk, item);
    const found = chunk[index];
    if (found !== undefined && this.#compare(found, item) === 0) return;
    chunk.splice(index, 0, item);
    this.#size++;
    if (chunk.length > CHUNK_MAX) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_MAX >> 1));
  }

  delete(item: T): boolean {
    const at = this.#chunkOf(item);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return false;
    const index = this.#indexIn(chunk, item);
    const found = chunk[index];
    if (found === undefined || this.#compare(found, item) !== 0) return false;
    chunk.splice(index, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
    this.#size--;
    return true;
  }

  /** The items in order. The set must not change meanwhile. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  /** The items from the first one on for which `reached` holds; it must hold for all later ones. */
  *from(reached: (item: T) => boolean): Generator<T, void, undefined> {
    let at = search(this.#chunks.length, (index) => {
      const chunk = this.#chunks[index] as T[];
      return reached(chunk[chunk.length - 1] as T);
    });
    const head = this.#chunks[at];
    if (head === undefined) return;
    let index = search(head.length, (place) => reached(head[place] as T));
    for (; at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at] as T[];
      for (; index < chunk.length; index++) yield chunk[index] as T;
      index = 0;
    }
  }

  /** Items mostly arrive in order: the last chunk is filled to the brim before a new one begins. */
  #append(item: T): void {
    const last = this.#chunks[this.#chunks.length - 1];
    if (last !== undefined && last.length < CHUNK_MAX) last.push(item);
    else this.#chunks.push([item]);
    this.#size++;
  }

  /** The first chunk whose last item is not before `item`; the number of chunks if none. */
  #chunkOf(item: T): number {
    return search(this.#chunks.length, (index) => {
      const chunk = this.#chunks[index] as T[];
      return this.#compare(chunk[chunk.length - 1] as T, item) >= 0;
    });
  }

  #indexIn(chunk: readonly T[], item: T): number {
    return search(chunk.length, (index) => this.#compare(chunk[index] as T, item) >= 0);
  }
}

/** The smallest of 0..length for which `holds`, which must stay true once it is. */
function search(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
