/**
 * A cron expression as it is written, field by field. Names are numbers here,
 * dialects are gone (0 = Sunday everywhere), lists keep their order. Plain data:
 * two expressions with equal data fire at the same instants, and
 * `parseCron(formatCron(e))` gives equal data back.
 */
export interface CronExpression {
  readonly second: readonly CronItem[];
  readonly minute: readonly CronItem[];
  readonly hour: readonly CronItem[];
  readonly dayOfMonth: readonly CronItem[];
  readonly month: readonly CronItem[];
  readonly dayOfWeek: readonly CronItem[];
  readonly year: readonly CronItem[];
  /** Both day fields must match (`+` before the day of week); else either does. */
  readonly bothDays: boolean;
  /** The zone of a `CRON_TZ=` prefix as written, or `null`. */
  readonly zone: string | null;
}

/** One member of the list that makes up a field. */
export type CronItem =
  /** A bare `*` or `?`: no restriction. */
  | { readonly kind: 'all' }
  /** `*` with a step: the first value of the field and each `step`-th after it. */
  | { readonly kind: 'every'; readonly step: number }
  /** Both ends inclusive; equal for a single value. `to` is 7 for a closing Sunday. */
  | { readonly kind: 'range'; readonly from: number; readonly to: number; readonly step: number }
  /** Values chosen by a hash of the job; `step` 0 is a single one. */
  | { readonly kind: 'hash'; readonly from: number; readonly to: number; readonly step: number }
  /** `offset` days before the month's last day, or the working day nearest to it. */
  | { readonly kind: 'last'; readonly offset: number; readonly workday: boolean }
  /** The working day nearest to a day of the month. */
  | { readonly kind: 'nearest'; readonly day: number }
  /** The `nth` (1 to 5; -1 = last) of a weekday (0 = Sunday) in the month. */
  | { readonly kind: 'nth'; readonly weekday: number; readonly nth: number };

export type CronFieldName =
  | 'second'
  | 'minute'
  | 'hour'
  | 'dayOfMonth'
  | 'month'
  | 'dayOfWeek'
  | 'year';

export type CronDialect = 'standard' | 'quartz';

/** What a field may hold. */
export interface CronFieldRule {
  readonly name: CronFieldName;
  /** The name in messages. */
  readonly label: string;
  readonly min: number;
  /** The largest number that may be written: 7 for the day of week. */
  readonly max: number;
  /** The last value that `*`, `a/n` and `H` reach. */
  readonly last: number;
  /** The last value that a bare `H` chooses: day 28 exists in every month. */
  readonly hashLast: number;
  /** Three-letter names, the first for `min`; empty if the field has none. */
  readonly names: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export const YEAR_MIN = 1970;
export const YEAR_MAX = 2199;

function rule(
  name: CronFieldName,
  label: string,
  bounds: readonly [number, number],
  more: Partial<CronFieldRule> = {},
): CronFieldRule {
  const [min, max] = bounds;
  return { name, label, min, max, last: max, hashLast: max, names: [], ...more };
}

/** The seven fields in the order in which they are written. */
export const CRON_FIELDS: readonly CronFieldRule[] = [
  rule('second', 'second', [0, 59]),
  rule('minute', 'minute', [0, 59]),
  rule('hour', 'hour', [0, 23]),
  rule('dayOfMonth', 'day of month', [1, 31], { hashLast: 28 }),
  rule('month', 'month', [1, 12], { names: MONTHS }),
  rule('dayOfWeek', 'day of week', [0, 7], { last: 6, hashLast: 6, names: WEEKDAYS }),
  rule('year', 'year', [YEAR_MIN, YEAR_MAX]),
];

/** True if the field is a bare `*` or `?`. */
export function isUnrestricted(items: readonly CronItem[]): boolean {
  return items.length === 1 && items[0]?.kind === 'all';
}

/** True if a value of the expression depends on the job's name. */
export function usesHash(expression: CronExpression): boolean {
  return CRON_FIELDS.some((field) => expression[field.name].some((item) => item.kind === 'hash'));
}
