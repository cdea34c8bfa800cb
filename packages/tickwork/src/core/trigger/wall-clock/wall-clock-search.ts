import { DAY_MS } from '../../time/civil.ts';
import { DAY_NUMBER_END, parseTimeOfDay } from '../../time/date-text.ts';
import type { DstRule } from '../../time/dst-rule.ts';
import { INSTANT_END, INSTANT_MIN, type Instant } from '../../time/instant.ts';
import type { Zone } from '../../time/zone.ts';

/** The days on which a trigger has times. */
export interface DayRule {
  /** The first such day not before `dayNumber`, or `null` up to the end of 2199. */
  nextDay(dayNumber: number): number | null;
}

export interface WallClock {
  readonly zone: Zone;
  readonly dst: DstRule;
  /** `HH:MM` or `HH:MM:SS`. */
  readonly times: readonly string[];
  readonly days: DayRule;
}

/**
 * The first instant strictly later than an instant at which the wall clock shows
 * one of the times on one of the days.
 *
 * Clock changes can carry a time over midnight in either direction, but never
 * further than a day: so the search begins on the local day before `after`, and
 * goes on for one day behind the best instant found. Lost times all lie at the
 * end of their gap and so count once. Bound: one step for each day of the rule,
 * and there are hardly ever more than five, as every day has instants unless a
 * gap is skipped.
 */
export class WallClockSearch {
  readonly #clock: WallClock;
  readonly #timesMs: readonly number[];

  constructor(clock: WallClock) {
    this.#clock = clock;
    this.#timesMs = clock.times.map((time) => (parseTimeOfDay(time) ?? 0) * 1000);
  }

  next(after: Instant): Instant | null {
    const { zone, days } = this.#clock;
    const from = Math.max(after, INSTANT_MIN - 1);
    if (from >= INSTANT_END) return null;
    let best: Instant | null = null;
    let bestDay = DAY_NUMBER_END;
    let day = days.nextDay(Math.floor(zone.localAt(from) / DAY_MS) - 1);
    while (day !== null && day <= bestDay + 1) {
      const found = this.#firstOn(day, from);
      if (found !== null && (best === null || found < best)) {
        best = found;
        bestDay = Math.min(bestDay, day);
      }
      day = days.nextDay(day + 1);
    }
    return best === null || best >= INSTANT_END ? null : best;
  }

  #firstOn(day: number, after: Instant): Instant | null {
    const { zone, dst } = this.#clock;
    let first: Instant | null = null;
    for (const time of this.#timesMs) {
      for (const at of zone.instantsOf(day * DAY_MS + time, dst)) {
        if (at > after && (first === null || at < first)) first = at;
      }
    }
    return first;
  }
}
