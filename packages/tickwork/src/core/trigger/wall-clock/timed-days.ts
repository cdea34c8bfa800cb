import { DAY_MS } from '../../time/civil.ts';
import { parseTimeOfDay } from '../../time/date-text.ts';
import type { LocalMs } from '../../time/zone.ts';
import type { LocalReadings } from './local-readings.ts';

/** The days on which a trigger has times. */
export interface DayRule {
  /** The first such day not before `dayNumber`, or `null` up to the end of 2199. */
  nextDay(dayNumber: number): number | null;
}

/** A few times of the day, `HH:MM` or `HH:MM:SS` in any order, on the days of a rule. */
export class TimedDays implements LocalReadings {
  readonly #days: DayRule;
  /** Ascending, milliseconds of the day. */
  readonly #timesMs: readonly number[];

  constructor(times: readonly string[], days: DayRule) {
    this.#days = days;
    this.#timesMs = times
      .map((time) => (parseTimeOfDay(time) ?? 0) * 1000)
      .sort((left, right) => left - right);
  }

  atOrAfter(local: LocalMs): LocalMs {
    const from = Math.floor(local / DAY_MS);
    let day = this.#days.nextDay(from);
    if (day === from) {
      const time = this.#timesMs.find((each) => day === null || day * DAY_MS + each >= local);
      if (time !== undefined) return from * DAY_MS + time;
      day = this.#days.nextDay(from + 1);
    }
    return day === null ? Number.POSITIVE_INFINITY : day * DAY_MS + (this.#timesMs[0] ?? 0);
  }
}
