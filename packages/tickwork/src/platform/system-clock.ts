import type { Clock } from '../core/ports/clock.ts';

/** The clock of this process: the system's wall clock and its monotonic clock. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  mono: () => performance.now(),
});
