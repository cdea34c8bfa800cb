import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Instant } from '../time/instant.ts';

/** What the store's clock showed when the monotonic one stood at `mono`. */
export interface ClockReading {
  readonly at: Instant;
  readonly mono: number;
  /** The store has kept this instant: the clock never goes below it. */
  readonly floorAt: Instant;
}

/**
 * The one clock of the engine: the store's. It is read from time to time, and the monotonic
 * clock counts on from there, so that a step of the wall clock is taken over at one known
 * moment (`adopt`), after the lease was renewed for the new time, and never in between.
 *
 * A database's clock counts for all its nodes; half the round trip is the error. An embedded
 * store has the process clock, which only never goes below the last instant the store has
 * kept: a clock set back stands still until it has caught up.
 */
export class StoreClock implements Clock {
  readonly #system: Clock;
  #reading: ClockReading | null = null;
  #floorAt: Instant = 0;

  constructor(system: Clock) {
    this.#system = system;
  }

  now(): Instant {
    const reading = this.#reading;
    const at =
      reading === null
        ? this.#system.now()
        : Math.floor(reading.at + (this.#system.mono() - reading.mono));
    if (at > this.#floorAt) this.#floorAt = at;
    return this.#floorAt;
  }

  mono(): number {
    return this.#system.mono();
  }

  /** Asks the store, and changes nothing. */
  async read(store: Pick<Store, 'readClock' | 'clockSource'>): Promise<ClockReading> {
    const started = this.#system.mono();
    const storeAt = await store.readClock();
    if (store.clockSource === 'process') {
      return { at: this.#system.now(), mono: this.#system.mono(), floorAt: storeAt };
    }
    return { at: storeAt, mono: (started + this.#system.mono()) / 2, floorAt: 0 };
  }

  /** Counts from a reading on. Answers by how much the clock jumped, in milliseconds. */
  adopt(reading: ClockReading): number {
    const before = this.now();
    this.#reading = reading;
    if (reading.floorAt > this.#floorAt) this.#floorAt = reading.floorAt;
    return this.now() - before;
  }

  /** Reads and adopts, for moments at which no lease hangs on the time. */
  async measure(store: Pick<Store, 'readClock' | 'clockSource'>): Promise<void> {
    this.adopt(await this.read(store));
  }
}
