import { Heap } from '../base/heap.ts';
import type { Instant } from '../time/instant.ts';
import { type Actor, type Due, dueOf, startsFirst } from './actor.ts';

/**
 * What is due and has no free slot yet, for one kind of slot. A run that finds one right at its
 * instant, as nearly all do, is only a number: the index of its actor, which is its order too.
 * The others are in a heap.
 */
export class ReadyRuns {
  readonly #actors: readonly Actor[];
  readonly #heap = new Heap<Due>(startsFirst);
  #fresh = new Int32Array(64);
  #freshCount = 0;

  constructor(actors: readonly Actor[]) {
    this.#actors = actors;
  }

  get isEmpty(): boolean {
    return this.#heap.size === 0 && this.#freshCount === 0;
  }

  /** A job's instant is now, and it may start now. */
  addFresh(index: number): void {
    if (this.#freshCount === this.#fresh.length) {
      const wider = new Int32Array(this.#freshCount * 2);
      wider.set(this.#fresh);
      this.#fresh = wider;
    }
    this.#fresh[this.#freshCount++] = index;
  }

  add(due: Due): void {
    if (isNew(due)) due.actor.open.push(due.startAt);
    this.#heap.push(due);
  }

  /** Takes runs in order while a slot is free; true if it took any. */
  takeWhile(
    isFree: () => boolean,
    now: Instant,
    take: { readonly fresh: (actor: Actor) => void; readonly due: (due: Due) => void },
  ): boolean {
    const count = this.#freshCount;
    if (count > 1) this.#fresh.subarray(0, count).sort();
    let next = 0;
    let taken = false;
    while (next < count && this.#heap.size === 0 && isFree()) {
      take.fresh(this.#actors[this.#fresh[next++] as number] as Actor);
      taken = true;
    }
    for (; next < count; next++) {
      this.add(dueOf(this.#actors[this.#fresh[next] as number] as Actor, now));
    }
    this.#freshCount = 0;
    while (this.#heap.size > 0 && isFree()) {
      const due = this.#heap.pop() as Due;
      if (isNew(due)) due.actor.open.shift();
      take.due(due);
      taken = true;
    }
    return taken;
  }
}

/** It comes for the first time: those of one job are taken in the order in which they came. */
function isNew({ waited, limit }: Due): boolean {
  return !waited && limit === null;
}
