import type { CronDays, MonthDayRule, WeekdayRule } from './cron-masks.ts';

/**
 * Which days of a month a schedule matches, as bits: bit 0 = the first. It
 * depends only on the weekday of the first and on the length of the month, so
 * there are 28 answers; each is worked out once.
 */
export class MonthDays {
  readonly #days: CronDays;
  readonly #known = new Int32Array(28).fill(UNKNOWN);

  constructor(days: CronDays) {
    this.#days = days;
  }

  /** The days of a month of 28 to 31 days whose first is a `firstWeekday` (0 = Sunday). */
  bits(firstWeekday: number, length: number): number {
    const index = (length - 28) * 7 + firstWeekday;
    const known = this.#known[index] ?? UNKNOWN;
    if (known !== UNKNOWN) return known;
    const bits = this.#compute(firstWeekday, length);
    this.#known[index] = bits;
    return bits;
  }

  #compute(firstWeekday: number, length: number): number {
    const { ofMonth, ofWeek, both } = this.#days;
    const whole = length === 31 ? 0x7fffffff : (1 << length) - 1;
    const dates = ofMonth === null ? whole : dateBits(ofMonth, firstWeekday, length);
    const days = ofWeek === null ? whole : weekdayBits(ofWeek, firstWeekday, length);
    const either = ofMonth !== null && ofWeek !== null && !both;
    return (either ? dates | days : dates & days) & whole;
  }
}

/** No set of days: a month has at most 31, so the sign bit stays free. */
const UNKNOWN = -1;

function dateBits(rule: MonthDayRule, firstWeekday: number, length: number): number {
  let bits = rule.days >>> 1;
  for (let offset = 0; offset < length; offset++) {
    if ((rule.fromEnd >>> offset) & 1) bits |= 1 << (length - offset - 1);
  }
  if (rule.nearest > 0 && rule.nearest <= length) {
    bits |= 1 << (nearestWorkday(rule.nearest, firstWeekday, length) - 1);
  }
  const target = length - rule.nearestFromEnd;
  if (rule.nearestFromEnd >= 0 && target >= 1) {
    bits |= 1 << (nearestWorkday(target, firstWeekday, length) - 1);
  }
  return bits;
}

/** Monday to Friday nearest to a day, never in another month. */
function nearestWorkday(day: number, firstWeekday: number, length: number): number {
  const weekday = (firstWeekday + day - 1) % 7;
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === length ? day - 2 : day + 1;
  return day;
}

function weekdayBits(rule: WeekdayRule, firstWeekday: number, length: number): number {
  let bits = 0;
  for (let day = 1; day <= length; day++) {
    const weekday = (firstWeekday + day - 1) % 7;
    const nth = Math.floor((day - 1) / 7) + 1;
    const isLast = day + 7 > length;
    const matches =
      ((rule.weekdays >>> weekday) & 1) === 1 ||
      (((rule.nth[weekday] ?? 0) >>> nth) & 1) === 1 ||
      (isLast && ((rule.last >>> weekday) & 1) === 1);
    if (matches) bits |= 1 << (day - 1);
  }
  return bits;
}
