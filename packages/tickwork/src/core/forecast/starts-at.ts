import type { Instant } from '../time/instant.ts';

const TAKEN_MAX = 1024;

/** Instants, first in first out. A backlog can be long: nothing is moved for each one. */
export class StartsAt {
  #instants: Instant[] = [];
  #taken = 0;

  /** The first one, or `Infinity`. */
  get first(): Instant {
    return this.#instants[this.#taken] ?? Number.POSITIVE_INFINITY;
  }

  push(at: Instant): void {
    this.#instants.push(at);
  }

  shift(): void {
    this.#taken += 1;
    if (this.#taken < TAKEN_MAX || this.#taken * 2 < this.#instants.length) return;
    this.#instants = this.#instants.slice(this.#taken);
    this.#taken = 0;
  }
}
