import { nthWorkday, type WorkdayRule } from '../../calendar/workdays.ts';
import type { MonthDay, MonthlySpec } from '../../model/trigger-spec.ts';
import { civilFromDays, daysFromCivil, monthLength, weekdayOf } from '../../time/civil.ts';
import { DAY_NUMBER_END, parseDate } from '../../time/date-text.ts';
import type { CompileKind } from '../kind.ts';
import { type DayRule, TimedDays } from '../wall-clock/timed-days.ts';
import { WallClockTrigger } from '../wall-clock/wall-clock-trigger.ts';
import { describeMonthly } from './describe-monthly.ts';

export const compileMonthly: CompileKind<'monthly'> = (spec, env) => {
  const zone = env.zones.get(spec.zone);
  const readings = new TimedDays(spec.times, new DaysOfMonths(spec, env.workdays));
  const { kind, dst } = spec;
  return new WallClockTrigger(
    { kind, readings, zone, dst, describe: (locale) => describeMonthly(spec, locale) },
    env.rules,
  );
};

/**
 * The days of every n-th month. The days of the month asked for last are kept,
 * as a search asks for neighbours. Bound: the 2,760 months of 1970 to 2199.
 */
class DaysOfMonths implements DayRule {
  readonly #spec: MonthlySpec;
  readonly #workdays: WorkdayRule;
  readonly #anchorMonth: number;
  #keptMonth = Number.NaN;
  #keptDays: readonly number[] = [];

  constructor(spec: MonthlySpec, workdays: WorkdayRule) {
    const anchor = civilFromDays(parseDate(spec.anchorDate ?? '') ?? 0);
    this.#spec = spec;
    this.#workdays = workdays;
    this.#anchorMonth = anchor.year * 12 + anchor.month - 1;
  }

  nextDay(dayNumber: number): number | null {
    const { every } = this.#spec;
    const date = civilFromDays(dayNumber);
    const months = date.year * 12 + date.month - 1 - this.#anchorMonth;
    for (let i = Math.ceil(months / every); ; i++) {
      const month = this.#anchorMonth + i * every;
      if (month >= MONTH_END) return null;
      const found = this.#daysOf(month).find((day) => day >= dayNumber);
      if (found !== undefined) return found;
    }
  }

  #daysOf(month: number): readonly number[] {
    if (month === this.#keptMonth) return this.#keptDays;
    const days = this.#spec.days
      .map((day) => dayIn(Math.floor(month / 12), (month % 12) + 1, day, this.#workdays))
      .filter((day) => day !== null && day < DAY_NUMBER_END)
      .map(Number);
    this.#keptMonth = month;
    this.#keptDays = [...new Set(days)].sort((left, right) => left - right);
    return this.#keptDays;
  }
}

const MONTH_END = 2200 * 12;

/** The day number of a day of the month, or `null` if the month has no such day. */
function dayIn(year: number, month: number, day: MonthDay, rule: WorkdayRule): number | null {
  if ('workday' in day) return nthWorkday(rule, { year, month, nth: day.nth });
  const length = monthLength(year, month);
  const first = daysFromCivil(year, month, 1);
  if ('day' in day) {
    const number = day.day > 0 ? day.day : length + 1 + day.day;
    return number >= 1 && number <= length ? first + number - 1 : null;
  }
  const wanted = day.weekday % 7;
  if (day.nth > 0) {
    const number = 1 + ((wanted - weekdayOf(first) + 7) % 7) + (day.nth - 1) * 7;
    return number <= length ? first + number - 1 : null;
  }
  const last = first + length - 1;
  const found = last - ((weekdayOf(last) - wanted + 7) % 7) + (day.nth + 1) * 7;
  return found >= first ? found : null;
}
