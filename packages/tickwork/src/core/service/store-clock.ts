import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Instant } from '../time/instant.ts';

/**
 * The one clock of the engine: the store's. A database is asked from time to time and the
 * monotonic clock counts on from its answer (half the round trip is the error), so that a
 * node whose own clock is wrong or set does no harm. An embedded store has the process
 * clock, which only never goes below the last instant the store has kept: a clock set back
 * stands still until it has caught up, and nothing is re-ordered or fired twice.
 */
export class StoreClock implements Clock {
  readonly #system: Clock;
  /** The last answer of a database and the monotonic reading that belongs to it. */
  #base: { readonly storeAt: Instant; readonly mono: number } | null = null;
  #floorAt: Instant = 0;

  constructor(system: Clock) {
    this.#system = system;
  }

  now(): Instant {
    const base = this.#base;
    const read =
      base === null
        ? this.#system.now()
        : Math.floor(base.storeAt + (this.#system.mono() - base.mono));
    if (read > this.#floorAt) this.#floorAt = read;
    return this.#floorAt;
  }

  mono(): number {
    return this.#system.mono();
  }

  /** What this clock is ahead of the process's own, in milliseconds. */
  offsetMs(): number {
    return this.now() - this.#system.now();
  }

  /** Asks the store once more. */
  async measure(store: Pick<Store, 'readClock' | 'clockSource'>): Promise<void> {
    const started = this.#system.mono();
    const storeAt = await store.readClock();
    if (store.clockSource === 'process') {
      if (storeAt > this.#floorAt) this.#floorAt = storeAt;
      return;
    }
    // The reply cannot be older than the half of the round trip that it took on average.
    this.#base = { storeAt, mono: (started + this.#system.mono()) / 2 };
  }
}
