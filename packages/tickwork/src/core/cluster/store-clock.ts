import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Instant } from '../time/instant.ts';
import { boundedClock, leadsTooFar } from '../time/kept-clock.ts';

/** What the store's clock showed when the monotonic one stood at `mono`. */
export interface ClockReading {
  readonly at: Instant;
  readonly mono: number;
  /** The store has kept this instant: the clock never goes below it. */
  readonly floorAt: Instant;
  /** `at` and `mono` were read together, so that two readings tell each step of the clock. */
  readonly isExact: boolean;
}

/**
 * The one clock of the engine: the store's. It is read from time to time, and the monotonic
 * clock counts on from there, so that a step of the wall clock is taken over at one known
 * moment (`adopt`), after the lease was renewed for the new time, and never in between.
 *
 * A database's clock counts for all its nodes; the way back of the answer is the error. An embedded
 * store has the process clock, which only never goes below the last instant the store has
 * kept: a clock set back stands still until it has caught up, unless that is more than a week.
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
    // Before the first reading this is a guess, by which nothing later may be bound.
    if (reading === null) return this.#system.now();
    this.#floorAt = this.#shownBy(reading);
    return this.#floorAt;
  }

  #shownBy(reading: ClockReading): Instant {
    return Math.max(this.#floorAt, Math.floor(reading.at + (this.#system.mono() - reading.mono)));
  }

  mono(): number {
    return this.#system.mono();
  }

  /** How long ago the store was asked, in milliseconds; infinite if never. */
  readingAgeMs(): number {
    const reading = this.#reading;
    return reading === null ? Number.POSITIVE_INFINITY : this.#system.mono() - reading.mono;
  }

  /** Asks the store, and changes nothing. */
  async read(store: Pick<Store, 'readClock' | 'clockSource'>): Promise<ClockReading> {
    const storeAt = await store.readClock();
    if (store.clockSource === 'process') {
      const at = this.#system.now();
      return { at, mono: this.#system.mono(), floorAt: storeAt, isExact: true };
    }
    // The answer is as old as its way back, which nobody knows: counted from its arrival the
    // clock is a little behind the database's and never ahead of it, so nothing starts early.
    return { at: storeAt, mono: this.#system.mono(), floorAt: 0, isExact: false };
  }

  /**
   * Counts from a reading on. Answers by how much the clock was set, in milliseconds: also
   * back, when it only stands still from now on. What an answer from afar seems to be back is
   * the time it took.
   */
  adopt(reading: ClockReading): number {
    const former = this.#reading;
    // What the former reading would show, and nobody has been told, binds nothing: it may be
    // old, and the clock have been set back since.
    const before = former === null ? 0 : this.#shownBy(former);
    this.#reading = reading;
    const storeAt = Math.max(reading.at, reading.floorAt);
    if (reading.floorAt > this.#floorAt || leadsTooFar(storeAt, this.#floorAt)) {
      this.#floorAt = reading.floorAt;
    }
    if (former === null) return 0;
    if (!reading.isExact) return this.now() - before;
    return Math.round(reading.at - former.at - (reading.mono - former.mono));
  }

  /**
   * Counts from a reading on as a process does that has just begun: what was told before binds
   * nothing, as it may come from a reading older than a step of the store's clock. Answers by
   * how much the clock was set, in milliseconds.
   */
  restart(reading: ClockReading): number {
    const before = this.#reading === null ? null : this.now();
    this.#reading = reading;
    this.#floorAt = reading.floorAt;
    return before === null ? 0 : this.now() - before;
  }

  /** What the clock would show from a reading on, if it was adopted. */
  shownAfter(reading: ClockReading): Instant {
    return boundedClock(Math.max(reading.at, reading.floorAt), this.now());
  }

  /** Reads and adopts, for moments at which no lease hangs on the time. */
  async measure(store: Pick<Store, 'readClock' | 'clockSource'>): Promise<void> {
    this.adopt(await this.read(store));
  }
}
