import { type SkipWindow, skipWindowAt } from '../model/skip-window.ts';
import type { Instant } from '../time/instant.ts';
import type { SkipFate } from './skip-ranges.ts';

/**
 * Why an instant of an active job is passed over whenever it is decided, or `null`: it lies in
 * a window that somebody set, or the trigger excludes it (see `Trigger.excludes`). The planner,
 * the forecast and every list of next instants ask this.
 */
export function passedOver(
  skipWindows: readonly SkipWindow[],
  isExcluded: boolean,
  at: Instant,
): SkipFate | null {
  const window = skipWindowAt(skipWindows, at);
  if (window !== null) return { reason: 'paused', intoRunId: null, note: window.reason };
  return isExcluded ? { reason: 'calendar', intoRunId: null, note: null } : null;
}
