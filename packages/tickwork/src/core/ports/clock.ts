import type { DurationMs, Instant } from '../time/instant.ts';

/**
 * Time as the engine sees it. `now` is the store's clock (the process clock
 * plus a measured offset, never below the last time the store has kept);
 * `mono` measures elapsed time and is only ever used as a difference.
 */
export interface Clock {
  /** The current instant. May step when the system clock is set. */
  now(): Instant;
  /** A reading in milliseconds, with fractions, that never steps backwards. */
  mono(): number;
}

export interface TimerHandle {
  /** Forgets the timer. Safe to call twice and after it fired. */
  cancel(): void;
}

/** One-shot timers. The engine holds one for its heap and a few for its loops. */
export interface Timers {
  /**
   * Calls `callback` once, not before `delayMs` (0 to 30,000) have passed by
   * the monotonic clock, give or take the platform's rounding: callers check
   * the clock again. Work runs as a new macrotask, never inside `after`.
   */
  after(delayMs: DurationMs, callback: () => void): TimerHandle;
}
