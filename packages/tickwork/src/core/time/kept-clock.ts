import { DAY_MS } from './civil.ts';
import type { DurationMs, Instant } from './instant.ts';

/** A kept instant that leads by more was written under a wrong clock, or this one is wrong. */
export const CLOCK_LEAD_MS_MAX: DurationMs = 7 * DAY_MS;

/**
 * The clock where the process shows `systemAt` and `keptAt` was shown before, both epoch ms: never
 * below `keptAt`, so that a clock that is set back stands still until it has caught up. A lead of
 * more than seven days binds nothing: it would stand still for years after one start at a wrong
 * date. What was planned by then stays planned; see the repair of the store.
 */
export function boundedClock(systemAt: Instant, keptAt: Instant): Instant {
  return leadsTooFar(systemAt, keptAt) ? systemAt : Math.max(systemAt, keptAt);
}

/** Whether `keptAt` lies so far ahead of `systemAt` that it is not believed. */
export function leadsTooFar(systemAt: Instant, keptAt: Instant): boolean {
  return keptAt - systemAt > CLOCK_LEAD_MS_MAX;
}
