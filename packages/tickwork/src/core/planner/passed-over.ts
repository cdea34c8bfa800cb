import { type Rest, restAt } from '../model/skip-window.ts';
import type { Instant } from '../time/instant.ts';
import type { SkipFate } from './skip-ranges.ts';

/**
 * Why an instant of an active job is passed over whenever it is decided, or `null`: it lies in
 * a window that somebody set, or the trigger excludes it (see `Trigger.excludes`). The planner,
 * the forecast and every list of next instants ask this.
 */
export function passedOver(
  rests: readonly Rest[],
  isExcluded: boolean,
  at: Instant,
): SkipFate | null {
  const rest = restAt(rests, at);
  if (rest !== null) return { reason: 'paused', intoRunId: null, note: rest.reason };
  return isExcluded ? { reason: 'calendar', intoRunId: null, note: null } : null;
}
