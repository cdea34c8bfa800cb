import { Heap } from '../base/heap.ts';
import type { Instant } from '../time/instant.ts';

/**
 * What stands by for its instant. Most instants are shared by many, so that those of one
 * instant are a list, in the order in which they came.
 */
export class Standby<Item> {
  readonly #instants = new Heap<Instant>((a, b) => a < b);
  readonly #itemsAt = new Map<Instant, Item[]>();

  /** Answers true if nothing stands by for an earlier instant. */
  add(item: Item, at: Instant): boolean {
    const items = this.#itemsAt.get(at);
    if (items !== undefined) {
      items.push(item);
      return false;
    }
    this.#itemsAt.set(at, [item]);
    this.#instants.push(at);
    return this.#instants.peek() === at;
  }

  /** The earliest instant, or `null`. */
  nextAt(): Instant | null {
    return this.#instants.peek() ?? null;
  }

  /** Takes what stands by for the earliest instant, if that has come by `now`. */
  takeDue(now: Instant): readonly Item[] {
    const at = this.#instants.peek();
    if (at === undefined || at > now) return [];
    this.#instants.pop();
    const items = this.#itemsAt.get(at) ?? [];
    this.#itemsAt.delete(at);
    return items;
  }

  /** Takes everything. */
  takeAll(): readonly Item[] {
    return this.#instants.clear().flatMap((at) => {
      const items = this.#itemsAt.get(at) ?? [];
      this.#itemsAt.delete(at);
      return items;
    });
  }
}
