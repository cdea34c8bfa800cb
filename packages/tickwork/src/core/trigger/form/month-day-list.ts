import type { MonthDay } from '../../model/trigger-spec.ts';
import { parseWeekday } from '../../time/weekday-text.ts';
import { listOf, refuse } from './form.ts';

const NTH_WORKDAY_MAX = 23;

/**
 * Days of a month, as written and without repetitions: `1`, `-2`, `last`,
 * `2nd tue`, `last fri`, `1st workday`, `last workday`; several with commas.
 */
export function parseMonthDays(input: unknown, field: string): readonly MonthDay[] {
  return distinctDays(listOf(input, field).map(([entry, place]) => monthDayOf(entry, place)));
}

function monthDayOf(input: unknown, field: string): MonthDay {
  const text = typeof input === 'number' ? String(input) : input;
  const match =
    typeof text === 'string'
      ? /^(last|-?\d{1,2})(?:st|nd|rd|th)?(?:\s+([a-z ]+))?$/.exec(text.trim().toLowerCase())
      : null;
  if (match === null) return refuseDay(input, field);
  const number = match[1] === 'last' ? -1 : Number(match[1]);
  const unit = match[2] ?? 'day';
  if (number === 0) refuseDay(input, field);
  if (unit === 'day') return Math.abs(number) > 31 ? refuseDay(input, field) : { day: number };
  if (unit === 'workday' || unit === 'working day' || unit === 'business day') {
    if (Math.abs(number) > NTH_WORKDAY_MAX) refuseDay(input, field);
    return { nth: number, workday: true };
  }
  const weekday = parseWeekday(unit);
  if (weekday === null || number > 5 || number < -5) return refuseDay(input, field);
  return { nth: number, weekday };
}

function refuseDay(input: unknown, field: string): never {
  return refuse({
    field,
    value: input,
    reason: 'is no day of a month.',
    remedy: 'Write 1 to 31, last, -2, 2nd tue, last fri, 1st workday or last workday.',
  });
}

/** The days without repetitions, in their order. */
export function distinctDays(days: readonly MonthDay[]): readonly MonthDay[] {
  return [...new Map(days.map((day) => [JSON.stringify(day), day])).values()];
}
