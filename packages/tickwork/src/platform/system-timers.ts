import type { TimerHandle, Timers } from '../core/ports/clock.ts';
import type { DurationMs } from '../core/time/instant.ts';

/** Long sleeps drift and hide clock steps, so no timer sleeps longer than this. */
export const TIMER_DELAY_MS_MAX: DurationMs = 30_000;

/**
 * One-shot timers of this process. `delayMs` is clamped to 0..30,000, and what is no
 * number counts as 0, so that a wrong sum wakes the engine early instead of never.
 * A pending timer keeps the process alive.
 */
export const systemTimers: Timers = Object.freeze({ after });

function after(delayMs: DurationMs, callback: () => void): TimerHandle {
  // Node drops the fraction of a delay, which would fire early.
  const delay = Math.ceil(Math.min(delayMs, TIMER_DELAY_MS_MAX));
  // Node turns 0 into 1 ms; an immediate is a new macrotask without that wait.
  if (!(delay > 0)) {
    const immediate = setImmediate(callback);
    return { cancel: () => clearImmediate(immediate) };
  }
  const timer = setTimeout(callback, delay);
  return { cancel: () => clearTimeout(timer) };
}
