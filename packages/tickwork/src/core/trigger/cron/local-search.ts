import { civilFromDays, DAY_MS, daysFromCivil, monthLength, weekdayOf } from '../../time/civil.ts';
import type { LocalMs } from '../../time/zone.ts';
import type { LocalReadings } from '../wall-clock/local-readings.ts';
import { YEAR_MAX, YEAR_MIN } from './cron-expression.ts';
import type { CronMasks } from './cron-masks.ts';
import { MonthDays } from './month-days.ts';

const HALF = 30;
const LAST_SECOND_OF_DAY = 86_399;
const MONTH_BITS = 0x1ffe;

/**
 * Finds the readings of the wall clock that match an expression, without any
 * zone. The search goes by whole months: the matching days of a month are one
 * mask, months and years without a match are stepped over, and a day's time is
 * found by counting zero bits. The month looked at last is remembered, for the
 * next question is nearly always about the same one.
 *
 * Bound: at most one step for each matching month of the years 1970 to 2199.
 */
export class LocalSearch implements LocalReadings {
  /** How many months the searches have looked at so far. */
  steps = 0;
  readonly #masks: CronMasks;
  readonly #monthDays: MonthDays;
  readonly #firstTime: number;
  readonly #lastTime: number;
  /** The remembered month: day number of its first, its length and its matching days. */
  #first = 1;
  #length = 0;
  #days = 0;
  #year = 0;
  #month = 0;

  constructor(masks: CronMasks) {
    this.#masks = masks;
    this.#monthDays = new MonthDays(masks.days);
    this.#firstTime = this.#timeFrom(0);
    this.#lastTime = this.#timeTo(LAST_SECOND_OF_DAY);
  }

  /** The first matching reading at or after `local` (a whole second), or `Infinity`. */
  atOrAfter(local: LocalMs): LocalMs {
    const day = Math.floor(local / DAY_MS);
    let found = this.#dayFrom(day);
    if (found === day) {
      const time = this.#timeFrom((local - day * DAY_MS) / 1000);
      if (time >= 0) return day * DAY_MS + time * 1000;
      found = this.#dayFrom(day + 1);
    }
    return found === NO_DAY ? Number.POSITIVE_INFINITY : found * DAY_MS + this.#firstTime * 1000;
  }

  /** The last matching reading at or before `local` (a whole second), or `-Infinity`. */
  atOrBefore(local: LocalMs): LocalMs {
    const day = Math.floor(local / DAY_MS);
    let found = this.#dayTo(day);
    if (found === day) {
      const time = this.#timeTo((local - day * DAY_MS) / 1000);
      if (time >= 0) return day * DAY_MS + time * 1000;
      found = this.#dayTo(day - 1);
    }
    return found === NO_DAY ? Number.NEGATIVE_INFINITY : found * DAY_MS + this.#lastTime * 1000;
  }

  #dayFrom(day: number): number {
    if (day < this.#first || day >= this.#first + this.#length) this.#enterMonthOf(day);
    let bits = this.#days & (-1 << (day - this.#first));
    while (bits === 0) {
      if (!this.#enterNextMonth()) return NO_DAY;
      bits = this.#days;
    }
    return this.#first + lowestBit(bits);
  }

  #dayTo(day: number): number {
    if (day < this.#first || day >= this.#first + this.#length) this.#enterMonthOf(day);
    let bits = this.#days & (0x7fffffff >>> (30 - (day - this.#first)));
    while (bits === 0) {
      if (!this.#enterPreviousMonth()) return NO_DAY;
      bits = this.#days;
    }
    return this.#first + highestBit(bits);
  }

  #enterMonthOf(day: number): void {
    const date = civilFromDays(day);
    this.#enter(date.year, date.month);
  }

  #enterNextMonth(): boolean {
    const { months } = this.#masks;
    const later = months & (-2 << this.#month) & MONTH_BITS;
    if (later !== 0 && this.#yearMatches(this.#year)) {
      this.#enter(this.#year, lowestBit(later));
      return true;
    }
    const year = this.#yearFrom(this.#year + 1);
    if (year > YEAR_MAX) return false;
    this.#enter(year, lowestBit(months));
    return true;
  }

  #enterPreviousMonth(): boolean {
    const { months } = this.#masks;
    const earlier = months & ((1 << this.#month) - 1);
    if (earlier !== 0 && this.#yearMatches(this.#year)) {
      this.#enter(this.#year, highestBit(earlier));
      return true;
    }
    const year = this.#yearTo(this.#year - 1);
    if (year < YEAR_MIN) return false;
    this.#enter(year, highestBit(months));
    return true;
  }

  #enter(year: number, month: number): void {
    this.steps++;
    this.#year = year;
    this.#month = month;
    this.#first = daysFromCivil(year, month, 1);
    this.#length = monthLength(year, month);
    const matches = ((this.#masks.months >>> month) & 1) === 1 && this.#yearMatches(year);
    this.#days = matches ? this.#monthDays.bits(weekdayOf(this.#first), this.#length) : 0;
  }

  #yearMatches(year: number): boolean {
    if (year < YEAR_MIN || year > YEAR_MAX) return false;
    const { years } = this.#masks;
    return years === null || years[year - YEAR_MIN] === 1;
  }

  /** The first matching year from `year` on, or one beyond the last. */
  #yearFrom(year: number): number {
    let candidate = Math.max(year, YEAR_MIN);
    while (candidate <= YEAR_MAX && !this.#yearMatches(candidate)) candidate++;
    return candidate;
  }

  /** The last matching year up to `year`, or one before the first. */
  #yearTo(year: number): number {
    let candidate = Math.min(year, YEAR_MAX);
    while (candidate >= YEAR_MIN && !this.#yearMatches(candidate)) candidate--;
    return candidate;
  }

  /** The first matching second of a day at or after `from`, or -1. */
  #timeFrom(from: number): number {
    const masks = this.#masks;
    let hour = Math.trunc(from / 3600);
    let minute = Math.trunc(from / 60) % 60;
    let second = from % 60;
    if ((masks.hours >>> hour) & 1) {
      if (bitAt(masks.minuteLow, masks.minuteHigh, minute)) {
        second = bitFrom(masks.secondLow, masks.secondHigh, second);
        if (second >= 0) return hour * 3600 + minute * 60 + second;
      }
      minute = bitFrom(masks.minuteLow, masks.minuteHigh, minute + 1);
    } else {
      minute = -1;
    }
    if (minute < 0) {
      const later = masks.hours & (-2 << hour);
      if (later === 0) return -1;
      hour = lowestBit(later);
      minute = bitFrom(masks.minuteLow, masks.minuteHigh, 0);
    }
    return hour * 3600 + minute * 60 + bitFrom(masks.secondLow, masks.secondHigh, 0);
  }

  /** The last matching second of a day at or before `to`, or -1. */
  #timeTo(to: number): number {
    const masks = this.#masks;
    let hour = Math.trunc(to / 3600);
    let minute = Math.trunc(to / 60) % 60;
    let second = to % 60;
    if ((masks.hours >>> hour) & 1) {
      if (bitAt(masks.minuteLow, masks.minuteHigh, minute)) {
        second = bitTo(masks.secondLow, masks.secondHigh, second);
        if (second >= 0) return hour * 3600 + minute * 60 + second;
      }
      minute = bitTo(masks.minuteLow, masks.minuteHigh, minute - 1);
    } else {
      minute = -1;
    }
    if (minute < 0) {
      const earlier = masks.hours & ((1 << hour) - 1);
      if (earlier === 0) return -1;
      hour = highestBit(earlier);
      minute = bitTo(masks.minuteLow, masks.minuteHigh, 59);
    }
    return hour * 3600 + minute * 60 + bitTo(masks.secondLow, masks.secondHigh, 59);
  }
}

/** Before every day number, and no answer of a search. */
const NO_DAY = -1_000_000_000;

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

function highestBit(bits: number): number {
  return 31 - Math.clz32(bits);
}

function bitAt(low: number, high: number, value: number): boolean {
  return ((value < HALF ? low >>> value : high >>> (value - HALF)) & 1) === 1;
}

/** The first set value of a pair of masks at or after `from` (0 to 60), or -1. */
function bitFrom(low: number, high: number, from: number): number {
  if (from < HALF) {
    const bits = low & (-1 << from);
    if (bits !== 0) return lowestBit(bits);
    return high === 0 ? -1 : HALF + lowestBit(high);
  }
  const bits = high & (-1 << (from - HALF));
  return bits === 0 ? -1 : HALF + lowestBit(bits);
}

/** The last set value of a pair of masks at or before `to` (-1 to 59), or -1. */
function bitTo(low: number, high: number, to: number): number {
  if (to >= HALF) {
    const bits = high & (-1 >>> (31 - (to - HALF)));
    if (bits !== 0) return HALF + highestBit(bits);
    return low === 0 ? -1 : highestBit(low);
  }
  const bits = to < 0 ? 0 : low & (-1 >>> (31 - to));
  return bits === 0 ? -1 : highestBit(bits);
}
