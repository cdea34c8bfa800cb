/**
 * Keeps the values that were used last: at most `sizeMax`, at least half as many. They stand in
 * two generations; when the younger is full, the older is dropped whole. Removing the first of
 * a large Map one by one would cost more than what is kept: each search for the first walks
 * over all that were removed.
 */
export class RecentMap<K, V> {
  readonly #generationMax: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  constructor(sizeMax: number) {
    this.#generationMax = Math.max(1, Math.floor(sizeMax / 2));
  }

  get(key: K): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const former = this.#old.get(key);
    if (former !== undefined) this.set(key, former);
    return former;
  }

  set(key: K, value: V): void {
    this.#young.set(key, value);
    if (this.#young.size < this.#generationMax) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  delete(key: K): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  deleteWhere(matches: (key: K) => boolean): void {
    for (const map of [this.#young, this.#old]) {
      for (const key of map.keys()) if (matches(key)) map.delete(key);
    }
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
