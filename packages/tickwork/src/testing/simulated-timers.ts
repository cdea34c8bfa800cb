import type { TimerHandle, Timers } from '../core/ports/clock.ts';
import type { SimulatedTime } from './simulated-time.ts';

/** What the timer port promises at most. */
const DELAY_MS_MAX = 30_000;

export interface SimulatedTimersOptions {
  /** How the callback reaches the machine that set it; default: it is called. */
  readonly deliver?: (run: () => void) => void;
  /** The platform's rounding, in ms, added to each delay; may be a little below zero. */
  readonly slopMs?: () => number;
}

/** One-shot timers on simulated time. Throws RangeError for delays outside 0..30,000 ms. */
export class SimulatedTimers implements Timers {
  readonly #time: SimulatedTime;
  readonly #deliver: (run: () => void) => void;
  readonly #slopMs: () => number;
  #pending = 0;

  constructor(time: SimulatedTime, options: SimulatedTimersOptions = {}) {
    this.#time = time;
    this.#deliver = options.deliver ?? ((run) => run());
    this.#slopMs = options.slopMs ?? (() => 0);
  }

  /** Timers that are set and have neither fired nor been cancelled. */
  get pendingCount(): number {
    return this.#pending;
  }

  after(delayMs: number, callback: () => void): TimerHandle {
    if (!(delayMs >= 0 && delayMs <= DELAY_MS_MAX)) {
      throw new RangeError(`timers.after: ${delayMs} is not a delay of 0 to ${DELAY_MS_MAX} ms`);
    }
    let live = true;
    this.#pending += 1;
    const end = (): boolean => {
      if (!live) return false;
      live = false;
      this.#pending -= 1;
      return true;
    };
    const event = this.#time.after(delayMs + this.#slopMs(), () => {
      this.#deliver(() => {
        if (end()) callback();
      });
    });
    return {
      cancel: () => {
        if (end()) event.cancel();
      },
    };
  }
}
