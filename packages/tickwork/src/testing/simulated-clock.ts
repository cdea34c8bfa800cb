import type { Clock } from '../core/ports/clock.ts';
import type { Instant } from '../core/time/instant.ts';
import type { SimulatedTime } from './simulated-time.ts';

/**
 * The clock of one simulated machine: true time plus an offset that tests may step. The
 * monotonic reading is true time and never steps.
 */
export class SimulatedClock implements Clock {
  readonly #time: SimulatedTime;
  readonly #originAt: number;
  #offsetMs: number;

  constructor(time: SimulatedTime, offsetMs = 0) {
    this.#time = time;
    this.#originAt = time.now;
    this.#offsetMs = offsetMs;
  }

  /** What the wall clock is ahead of true time. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  now(): Instant {
    return Math.floor(this.#time.now + this.#offsetMs);
  }

  mono(): number {
    return this.#time.now - this.#originAt;
  }

  /** Sets the wall clock forward, or back if `byMs` is negative. */
  step(byMs: number): void {
    this.#offsetMs += byMs;
  }
}
