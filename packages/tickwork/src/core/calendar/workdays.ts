import type { RollRule } from '../model/trigger-spec.ts';
import { civilFromDays, daysFromCivil, monthLength, weekdayOf } from '../time/civil.ts';

/** Anything that knows its working days by day number. */
export interface WorkdayRule {
  isWorkday(dayNumber: number): boolean;
}

/** Monday to Friday: what working days are without a calendar. */
export const mondayToFriday: WorkdayRule = {
  isWorkday(dayNumber) {
    const weekday = weekdayOf(dayNumber);
    return weekday !== 0 && weekday !== 6;
  },
};

/** A roll looks no further than this; an instant with no working day so near is dropped. */
export const ROLL_DAYS_MAX = 366;

/**
 * The day number of the `nth` working day of a month (1 = first, −1 = last), or
 * `null` if the month has not so many. `month` from 1.
 */
export function nthWorkday(
  rule: WorkdayRule,
  { year, month, nth }: { readonly year: number; readonly month: number; readonly nth: number },
): number | null {
  const first = daysFromCivil(year, month, 1);
  const length = monthLength(year, month);
  let left = Math.abs(nth);
  for (let i = 0; i < length; i++) {
    const day = nth > 0 ? first + i : first + length - 1 - i;
    if (rule.isWorkday(day) && --left === 0) return day;
  }
  return null;
}

/**
 * The working day to which `rule` moves a day: the day itself if it is one, or
 * `null` if it is dropped. The *modified* rules stay in the month and turn round
 * at its end, even into another month if the whole month is excluded. Never
 * decreasing in `dayNumber`. Source: the date rolling conventions of banking.
 */
export function rollDay(dayNumber: number, rule: RollRule, days: WorkdayRule): number | null {
  if (days.isWorkday(dayNumber)) return dayNumber;
  switch (rule) {
    case 'skip':
      return null;
    case 'following':
      return findWorkday(dayNumber, 1, days);
    case 'preceding':
      return findWorkday(dayNumber, -1, days);
    case 'modified-following':
      return modified(dayNumber, 1, days);
    case 'modified-preceding':
      return modified(dayNumber, -1, days);
    default:
      return rule satisfies never;
  }
}

function modified(dayNumber: number, step: 1 | -1, days: WorkdayRule): number | null {
  const wanted = findWorkday(dayNumber, step, days);
  if (wanted !== null && sameMonth(wanted, dayNumber)) return wanted;
  return findWorkday(dayNumber, step === 1 ? -1 : 1, days) ?? wanted;
}

/** The nearest working day in one direction, at most `ROLL_DAYS_MAX` away, or `null`. */
export function findWorkday(dayNumber: number, step: 1 | -1, days: WorkdayRule): number | null {
  for (let i = 1; i <= ROLL_DAYS_MAX; i++) {
    if (days.isWorkday(dayNumber + i * step)) return dayNumber + i * step;
  }
  return null;
}

function sameMonth(left: number, right: number): boolean {
  const [a, b] = [civilFromDays(left), civilFromDays(right)];
  return a.year === b.year && a.month === b.month;
}
