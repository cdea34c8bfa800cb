import { civilFromDays, daysFromCivil, monthLength, weekdayOf } from '../../time/civil.ts';
import { DAY_NUMBER_END } from '../../time/date-text.ts';

/** The part of a recurrence rule that holidays need. */
export interface IcsRule {
  readonly frequency: 'YEARLY' | 'MONTHLY' | 'WEEKLY' | 'DAILY';
  readonly interval: number;
  readonly count: number | null;
  /** Weekdays, 0 = Sunday; `nth` 0 = each one of the period, 1.. = n-th, −1 = last. */
  readonly byDay: readonly { readonly nth: number; readonly weekday: number }[];
  readonly byMonth: readonly number[];
  /** 1..31, or −1 = last day of the month. */
  readonly byMonthDay: readonly number[];
  /** The weekday with which a week begins, 0 = Sunday. */
  readonly weekStart: number;
}

/** The rule and the text of its UNTIL, or the reason why it is not read. */
export type IcsRuleResult =
  | { readonly rule: IcsRule; readonly until: string | null }
  | { readonly reason: string };

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const FREQUENCIES = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'] as const;
const PARTS = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTH', 'BYMONTHDAY', 'WKST'];

/** Reads the value of an RRULE. Source: RFC 5545 §3.3.10. */
export function parseRule(text: string): IcsRuleResult {
  const parts = new Map<string, string>();
  for (const part of text.trim().toUpperCase().split(';')) {
    const [key = '', value = ''] = part.split('=');
    if (part !== '' && !PARTS.includes(key))
      return { reason: `has the part ${key}, which is not read.` };
    if (part !== '') parts.set(key, value);
  }
  const frequency = FREQUENCIES.find((name) => name === parts.get('FREQ'));
  if (frequency === undefined) return { reason: 'has no FREQ of YEARLY, MONTHLY, WEEKLY, DAILY.' };
  const interval = Number(parts.get('INTERVAL') ?? 1);
  const count = parts.has('COUNT') ? Number(parts.get('COUNT')) : null;
  const byDay = (parts.get('BYDAY')?.split(',') ?? []).map(parseByDay);
  const byMonth = numbers(parts.get('BYMONTH'));
  const byMonthDay = numbers(parts.get('BYMONTHDAY'));
  const weekStart = WEEKDAYS.indexOf(parts.get('WKST') ?? 'MO');
  if (!isCount(interval) || (count !== null && !isCount(count)) || weekStart < 0) {
    return { reason: 'has a wrong INTERVAL, COUNT or WKST.' };
  }
  const monthly = frequency === 'YEARLY' || frequency === 'MONTHLY';
  if (byDay.some((day) => day.weekday < 0 || (!monthly && day.nth !== 0))) {
    return { reason: 'has a BYDAY that cannot be read.' };
  }
  if (byMonth.some((month) => !isCount(month) || month > 12))
    return { reason: 'has a wrong BYMONTH.' };
  if (byMonthDay.some((day) => day === 0 || !Number.isInteger(day) || Math.abs(day) > 31)) {
    return { reason: 'has a wrong BYMONTHDAY.' };
  }
  if (frequency === 'YEARLY' && byDay.length > 0 && byMonth.length === 0) {
    return { reason: 'has a yearly BYDAY without BYMONTH, which is not read.' };
  }
  const rule = { frequency, interval, count, byDay, byMonth, byMonthDay, weekStart };
  return { rule, until: parts.get('UNTIL') ?? null };
}

/**
 * The days on which a rule that begins on day `first` falls, ascending, up to
 * `last` (inclusive) or 2199, at most `limit`. The first day counts only where
 * the rule meets it, but for a rule without BY parts, which always does.
 */
export function expandRule(rule: IcsRule, first: number, last: number, limit: number): number[] {
  const days: number[] = [];
  const end = Math.min(last, DAY_NUMBER_END - 1);
  const most = Math.min(limit, rule.count ?? limit);
  for (let step = 0; days.length < most; step++) {
    const period = periodOf(rule, first, step * rule.interval);
    if (period.start > end) break;
    for (const day of period.days) {
      if (day >= first && day <= end && days.length < most) days.push(day);
    }
  }
  return days;
}

interface Period {
  readonly start: number;
  /** Ascending, without repetitions. */
  readonly days: readonly number[];
}

function periodOf(rule: IcsRule, first: number, steps: number): Period {
  const date = civilFromDays(first);
  switch (rule.frequency) {
    case 'DAILY':
      return { start: first + steps, days: [first + steps].filter((day) => inMonths(rule, day)) };
    case 'WEEKLY':
      return week(rule, first, steps);
    case 'MONTHLY': {
      const index = date.year * 12 + date.month - 1 + steps;
      return months(rule, first, Math.floor(index / 12), [(index % 12) + 1]);
    }
    case 'YEARLY': {
      const list = rule.byMonth.length > 0 ? rule.byMonth : [date.month];
      return months(rule, first, date.year + steps, list);
    }
    default:
      return rule.frequency satisfies never;
  }
}

function week(rule: IcsRule, first: number, steps: number): Period {
  const start = first - ((weekdayOf(first) - rule.weekStart + 7) % 7) + steps * 7;
  const weekdays =
    rule.byDay.length > 0 ? rule.byDay.map((day) => day.weekday) : [weekdayOf(first)];
  const days = Array.from({ length: 7 }, (_, i) => start + i);
  return {
    start,
    days: days.filter((day) => weekdays.includes(weekdayOf(day)) && inMonths(rule, day)),
  };
}

function months(rule: IcsRule, first: number, year: number, list: readonly number[]): Period {
  const days = new Set<number>();
  for (const month of list) {
    const start = daysFromCivil(year, month, 1);
    for (let i = 0; i < monthLength(year, month); i++) {
      const day = start + i;
      if (inMonths(rule, day) && meets(rule, first, day)) days.add(day);
    }
  }
  const start = daysFromCivil(year, Math.min(...list), 1);
  return { start, days: [...days].sort((left, right) => left - right) };
}

function meets(rule: IcsRule, first: number, dayNumber: number): boolean {
  const date = civilFromDays(dayNumber);
  const length = monthLength(date.year, date.month);
  const onDate = rule.byMonthDay.some((day) => (day > 0 ? day : length + 1 + day) === date.day);
  const onWeekday = rule.byDay.some(({ nth, weekday }) => {
    if (weekdayOf(dayNumber) !== weekday) return false;
    if (nth === 0) return true;
    const place = nth > 0 ? date.day : length - date.day + 1;
    return Math.ceil(place / 7) === Math.abs(nth);
  });
  if (rule.byMonthDay.length > 0 && rule.byDay.length > 0) return onDate && onWeekday;
  if (rule.byMonthDay.length > 0) return onDate;
  if (rule.byDay.length > 0) return onWeekday;
  return date.day === civilFromDays(first).day;
}

function inMonths(rule: IcsRule, dayNumber: number): boolean {
  return rule.byMonth.length === 0 || rule.byMonth.includes(civilFromDays(dayNumber).month);
}

function parseByDay(text: string): { nth: number; weekday: number } {
  const match = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/.exec(text);
  if (match === null) return { nth: 0, weekday: -1 };
  return { nth: Number(match[1] ?? 0), weekday: WEEKDAYS.indexOf(match[2] ?? '') };
}

function numbers(text: string | undefined): readonly number[] {
  return text === undefined ? [] : text.split(',').map(Number);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
