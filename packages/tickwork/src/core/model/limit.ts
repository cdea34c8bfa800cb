import type { DurationMs, Instant } from '../time/instant.ts';

/** Room that a run takes while it is RUNNING, among all runs that name the key. */
export interface SlotLimit {
  readonly key: string;
  /** 1 to `max`. */
  readonly weight: number;
  /** The weights of running runs never exceed it together. */
  readonly max: number;
}

/** How many starts there may be in each window of time, among all runs that name the key. */
export interface RateLimit {
  readonly key: string;
  /** At least 1. */
  readonly max: number;
  /** Windows begin at multiples of it since 1970. */
  readonly perMs: DurationMs;
}

/** The last window with starts, and how many; every earlier one counts as full. */
export interface RateWindow {
  readonly windowAt: Instant;
  readonly used: number;
}

export interface RateDecision {
  /** The window in which the run may start; it is full with this start if `used` is `max`. */
  readonly startAt: Instant;
  readonly window: RateWindow;
}

/**
 * The place of one more start at `at`: the first window, this one or a later one, that has
 * room. A run comes again when its window begins; `bookedAt` is that window then, and its
 * place is still its own unless the window is over. Pure.
 */
export function decideRate(
  limit: Pick<RateLimit, 'max' | 'perMs'>,
  last: RateWindow | null,
  at: Instant,
  bookedAt: Instant | null,
): RateDecision {
  const nowAt = Math.floor(at / limit.perMs) * limit.perMs;
  const current = last !== null && last.windowAt >= nowAt ? last : { windowAt: nowAt, used: 0 };
  if (bookedAt === nowAt && last !== null) return { startAt: nowAt, window: last };
  const window =
    current.used < limit.max
      ? { windowAt: current.windowAt, used: current.used + 1 }
      : { windowAt: current.windowAt + limit.perMs, used: 1 };
  return { startAt: window.windowAt, window };
}
