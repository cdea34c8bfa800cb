import type { Clock, TimerHandle, Timers } from '../ports/clock.ts';
import type { Instant } from '../time/instant.ts';

/** No sleep is longer, so that clock steps and suspended machines are noticed. */
const SLEEP_MS_MAX = 30_000;

/**
 * The engine's one timer. Each loop says when it wants to be woken; the alarm sleeps
 * until the earliest of these, at most 30 s, and wakes those whose instant has come. A
 * platform timer may fire a little early: the clock decides, never the timer.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #wakes = new Map<() => void, Instant>();
  #handle: TimerHandle | null = null;
  #handleAt: Instant = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock;
    this.#timers = timers;
  }

  /** Calls `wake` once when the clock has reached `at`; a later call replaces the instant. */
  set(wake: () => void, at: Instant): void {
    this.#wakes.set(wake, at);
    if (at < this.#handleAt) this.#arm();
  }

  cancel(wake: () => void): void {
    this.#wakes.delete(wake);
    if (this.#wakes.size === 0) this.#disarm();
  }

  #arm(): void {
    this.#disarm();
    let earliest = Number.POSITIVE_INFINITY;
    for (const at of this.#wakes.values()) if (at < earliest) earliest = at;
    if (earliest === Number.POSITIVE_INFINITY) return;
    const now = this.#clock.now();
    const delayMs = Math.min(Math.max(earliest - now, 0), SLEEP_MS_MAX);
    this.#handleAt = now + delayMs;
    this.#handle = this.#timers.after(Math.ceil(delayMs), this.#ring);
  }

  #disarm(): void {
    this.#handle?.cancel();
    this.#handle = null;
    this.#handleAt = Number.POSITIVE_INFINITY;
  }

  readonly #ring = (): void => {
    this.#handle = null;
    this.#handleAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    const due: (() => void)[] = [];
    for (const [wake, at] of this.#wakes) if (at <= now) due.push(wake);
    for (const wake of due) this.#wakes.delete(wake);
    for (const wake of due) wake();
    if (this.#handle === null) this.#arm();
  };
}
