import type { CronExpression, CronFieldRule, CronItem } from './cron-expression.ts';
import { CRON_FIELDS, isUnrestricted, YEAR_MAX, YEAR_MIN } from './cron-expression.ts';
import type { Span } from './cron-hash.ts';
import { hashSpan } from './cron-hash.ts';

/**
 * An expression as sets of bits, ready for the search. Bit n of a mask stands
 * for the value n; sixty values take two masks of thirty bits, because the bit
 * operators of the language work on 32.
 */
export interface CronMasks {
  /** Seconds 0 to 29 and 30 to 59. */
  readonly secondLow: number;
  readonly secondHigh: number;
  /** Minutes 0 to 29 and 30 to 59. */
  readonly minuteLow: number;
  readonly minuteHigh: number;
  readonly hours: number;
  /** Bit 1 = January. */
  readonly months: number;
  /** One byte for each year from 1970 on, or `null` for all of them. */
  readonly years: Uint8Array | null;
  readonly days: CronDays;
  /** The hour field matches every hour or begins with `*`: it counts hours. */
  readonly intervalLike: boolean;
}

/** What the two day fields ask for. */
export interface CronDays {
  /** `null`: the day of month is not restricted. */
  readonly ofMonth: MonthDayRule | null;
  /** `null`: the day of week is not restricted. */
  readonly ofWeek: WeekdayRule | null;
  /** Both must match; else either. */
  readonly both: boolean;
}

export interface MonthDayRule {
  /** Bit 1 = the first. */
  readonly days: number;
  /** Bit n = n days before the last day. */
  readonly fromEnd: number;
  /** The working day nearest to this day; 0 = none. */
  readonly nearest: number;
  /** The working day nearest to the day this many days before the last one; -1 = none. */
  readonly nearestFromEnd: number;
}

export interface WeekdayRule {
  /** Bit 0 = Sunday. */
  readonly weekdays: number;
  /** The last of a weekday in the month; bit 0 = Sunday. */
  readonly last: number;
  /** For each weekday, bit n = the n-th of the month. */
  readonly nth: readonly number[];
}

const ALL_HOURS = 0xffffff;
const HALF = 30;

/**
 * The bit sets of an expression. `seed` decides the values that the expression
 * leaves to a hash (`H`, `a~b`): the same seed and field always give the same.
 */
export function compileMasks(expression: CronExpression, seed: string): CronMasks {
  const [second, minute, hour, dayOfMonth, month, dayOfWeek, year] = CRON_FIELDS as Rules;
  const low = (rule: CronFieldRule) => bitsOf(rule, expression[rule.name], seed, 0);
  const high = (rule: CronFieldRule) => bitsOf(rule, expression[rule.name], seed, HALF);
  const hours = low(hour);
  return {
    secondLow: low(second) & HALF_BITS,
    secondHigh: high(second) & HALF_BITS,
    minuteLow: low(minute) & HALF_BITS,
    minuteHigh: high(minute) & HALF_BITS,
    hours,
    months: low(month),
    years: isUnrestricted(expression.year) ? null : yearsOf(year, expression.year),
    days: {
      ofMonth: monthDays(dayOfMonth, expression.dayOfMonth, seed),
      ofWeek: weekdays(dayOfWeek, expression.dayOfWeek, seed),
      both: expression.bothDays,
    },
    intervalLike: hours === ALL_HOURS || beginsWithStar(expression.hour),
  };
}

const HALF_BITS = 0x3fffffff;

type Rules = readonly [
  CronFieldRule,
  CronFieldRule,
  CronFieldRule,
  CronFieldRule,
  CronFieldRule,
  CronFieldRule,
  CronFieldRule,
];

function beginsWithStar(items: readonly CronItem[]): boolean {
  const kind = items[0]?.kind;
  return kind === 'all' || kind === 'every';
}

function monthDays(
  rule: CronFieldRule,
  items: readonly CronItem[],
  seed: string,
): MonthDayRule | null {
  if (isUnrestricted(items)) return null;
  let fromEnd = 0;
  let nearest = 0;
  let nearestFromEnd = -1;
  for (const item of items) {
    if (item.kind === 'nearest') nearest = item.day;
    if (item.kind !== 'last') continue;
    if (item.workday) nearestFromEnd = item.offset;
    else fromEnd |= 1 << item.offset;
  }
  return { days: bitsOf(rule, items, seed, 0), fromEnd, nearest, nearestFromEnd };
}

function weekdays(
  rule: CronFieldRule,
  items: readonly CronItem[],
  seed: string,
): WeekdayRule | null {
  if (isUnrestricted(items)) return null;
  const bits = bitsOf(rule, items, seed, 0);
  const nth = [0, 0, 0, 0, 0, 0, 0];
  let last = 0;
  for (const item of items) {
    if (item.kind !== 'nth') continue;
    if (item.nth === -1) last |= 1 << item.weekday;
    else nth[item.weekday] = (nth[item.weekday] ?? 0) | (1 << item.nth);
  }
  // A closing Sunday is bit 7.
  return { weekdays: (bits | (bits >>> 7)) & 0x7f, last, nth };
}

function yearsOf(rule: CronFieldRule, items: readonly CronItem[]): Uint8Array {
  const years = new Uint8Array(YEAR_MAX - YEAR_MIN + 1);
  for (const item of items) {
    const { from, to, step } = spanOf(rule, item, '');
    for (let year = from; year <= to; year += step) years[year - YEAR_MIN] = 1;
  }
  return years;
}

/** The values `base` to `base + 31` of a list as bits. */
function bitsOf(
  rule: CronFieldRule,
  items: readonly CronItem[],
  seed: string,
  base: number,
): number {
  let bits = 0;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item === undefined) continue;
    if (item.kind === 'range' && item.from === item.to) {
      const value = item.from - base;
      if (value >= 0 && value < 32) bits |= 1 << value;
      continue;
    }
    const { from, to, step } = spanOf(rule, item, seed);
    let value = from;
    if (value < base) value += Math.ceil((base - value) / step) * step;
    for (; value <= to && value < base + 32; value += step) bits |= 1 << (value - base);
  }
  return bits;
}

const EMPTY: Span = { from: 1, to: 0, step: 1 };

function spanOf(rule: CronFieldRule, item: CronItem, seed: string): Span {
  switch (item.kind) {
    case 'all':
      return { from: rule.min, to: rule.last, step: 1 };
    case 'every':
      return { from: rule.min, to: rule.last, step: item.step };
    case 'range':
      return item;
    case 'hash':
      return hashSpan(rule, item, seed);
    case 'last':
    case 'nearest':
    case 'nth':
      return EMPTY;
    default:
      return item satisfies never;
  }
}
