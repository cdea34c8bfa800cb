import type { Calendar } from '../../calendar/calendar.ts';
import { ROLL_DAYS_MAX, rollDay } from '../../calendar/workdays.ts';
import type { RollRule } from '../../model/trigger-spec.ts';
import { DAY_MS } from '../../time/civil.ts';
import type { LocalMs } from '../../time/zone.ts';
import type { LocalReadings } from './local-readings.ts';

/** A calendar with the rule for the days it excludes. */
export interface CalendarRule {
  readonly calendar: Calendar;
  readonly roll: RollRule;
}

/** The readings that a calendar leaves, those of excluded days moved as the rule says. */
export function judgedReadings(inner: LocalReadings, rule: CalendarRule): LocalReadings {
  const { calendar, roll } = rule;
  return roll === 'skip'
    ? new AdmittedReadings(inner, calendar)
    : new RolledReadings(inner, calendar, roll);
}

/**
 * A search gives up after this many excluded readings in a row. Each one lets the
 * search jump to the next admitted moment, so that these are at least as many
 * separate exclusions: 19 years of a weekly trigger that meets only days off.
 */
const EXCLUDED_MAX = 1000;

class AdmittedReadings implements LocalReadings {
  readonly #inner: LocalReadings;
  readonly #calendar: Calendar;

  constructor(inner: LocalReadings, calendar: Calendar) {
    this.#inner = inner;
    this.#calendar = calendar;
  }

  atOrAfter(local: LocalMs): LocalMs {
    let from = local;
    for (let i = 0; i < EXCLUDED_MAX; i++) {
      const found = this.#inner.atOrAfter(from);
      if (found === Number.POSITIVE_INFINITY) return found;
      const admitted = this.#calendar.nextAdmitted(found);
      if (admitted === found) return found;
      if (admitted === null) return Number.POSITIVE_INFINITY;
      from = admitted;
    }
    return Number.POSITIVE_INFINITY;
  }
}

const DAYS_MAX = 1500;

/**
 * Moves the readings of excluded days to a working day at the same time; several
 * that meet there count once. A reading that falls into excluded hours of a
 * working day is dropped: only days roll.
 *
 * Rolling days never changes their order (see `rollDay`), though within one
 * target day the times of several days mix. So the search walks over the days
 * that have readings, from the first that can roll to the day of `local`, keeps
 * the earliest moved reading from `local` on, and stops at the first day that
 * rolls beyond that one's day. Bound: 1,500 such days.
 */
class RolledReadings implements LocalReadings {
  readonly #inner: LocalReadings;
  readonly #calendar: Calendar;
  readonly #roll: RollRule;

  constructor(inner: LocalReadings, calendar: Calendar, roll: RollRule) {
    this.#inner = inner;
    this.#calendar = calendar;
    this.#roll = roll;
  }

  atOrAfter(local: LocalMs): LocalMs {
    let best = Number.POSITIVE_INFINITY;
    let found = this.#inner.atOrAfter(this.#firstDay(Math.floor(local / DAY_MS)) * DAY_MS);
    for (let i = 0; i < DAYS_MAX && found !== Number.POSITIVE_INFINITY; i++) {
      const day = Math.floor(found / DAY_MS);
      const target = rollDay(day, this.#roll, this.#calendar);
      if (target !== null) {
        if (target * DAY_MS > best) break;
        best = Math.min(best, this.#firstMoved(found, (target - day) * DAY_MS, local));
      }
      const nextDay = target === null ? this.#nextThatRolls(day) : day + 1;
      if (nextDay === null) break;
      found = this.#inner.atOrAfter(nextDay * DAY_MS);
    }
    return best;
  }

  /** The first day whose readings can come to lie on `day` or later. */
  #firstDay(day: number): number {
    let first = day;
    for (let i = 0; i < ROLL_DAYS_MAX && !this.#calendar.isWorkday(first - 1); i++) first--;
    return first;
  }

  /** After a day that rolls nowhere: the first one near enough to a working day again. */
  #nextThatRolls(day: number): number | null {
    const admitted = this.#calendar.nextAdmitted((day + 1) * DAY_MS);
    if (admitted === null) return null;
    return Math.max(day + 1, Math.floor(admitted / DAY_MS) - ROLL_DAYS_MAX);
  }

  /** The earliest from `local` on of the readings of one day, `first` on, moved by `shift`. */
  #firstMoved(first: LocalMs, shift: LocalMs, local: LocalMs): LocalMs {
    const dayEnd = (Math.floor(first / DAY_MS) + 1) * DAY_MS;
    let found = local - shift > first ? this.#inner.atOrAfter(local - shift) : first;
    while (found < dayEnd) {
      const admitted = this.#calendar.nextAdmitted(found + shift);
      if (admitted === found + shift) return admitted;
      if (admitted === null) break;
      found = this.#inner.atOrAfter(admitted - shift);
    }
    return Number.POSITIVE_INFINITY;
  }
}
