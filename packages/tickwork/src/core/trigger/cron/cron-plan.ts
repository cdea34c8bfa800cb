import type { CronExpression, CronItem } from './cron-expression.ts';
import { isUnrestricted } from './cron-expression.ts';

/**
 * What the time fields of an expression say to people, before any language:
 * times of the day, a cadence, or the fields one by one.
 */
export type TimePlan =
  /** A few times of the day, `HH:MM` or `HH:MM:SS`, ascending. */
  | { readonly kind: 'times'; readonly times: readonly string[] }
  /** Every `step` seconds, minutes or hours, all day or between two times. */
  | {
      readonly kind: 'cadence';
      readonly unit: 'second' | 'minute' | 'hour';
      readonly step: number;
      /** For hours: the minute of the hour. */
      readonly minute: number;
      readonly within: { readonly from: string; readonly to: string } | null;
    }
  | { readonly kind: 'fields' };

const TIMES_MAX = 6;
const FULL_DAY = { from: 0, to: 23 };

export function planTimes(expression: CronExpression): TimePlan {
  return timesOfDay(expression) ?? cadence(expression) ?? { kind: 'fields' };
}

/** The single values of a list, ascending, or `null` if it holds anything else. */
export function singleValues(items: readonly CronItem[]): readonly number[] | null {
  const found = new Set<number>();
  for (const item of items) {
    if (item.kind !== 'range' || item.from !== item.to) return null;
    found.add(item.from);
  }
  return [...found].sort((a, b) => a - b);
}

function timesOfDay({ second, minute, hour }: CronExpression): TimePlan | null {
  const seconds = singleValues(second);
  const minutes = singleValues(minute);
  const hours = singleValues(hour);
  if (seconds === null || minutes === null || hours === null) return null;
  if (seconds.length * minutes.length * hours.length > TIMES_MAX) return null;
  const times: string[] = [];
  for (const h of hours) {
    for (const m of minutes) {
      for (const s of seconds) times.push(clock(h, m) + (s === 0 ? '' : `:${two(s)}`));
    }
  }
  return { kind: 'times', times };
}

function cadence(expression: CronExpression): TimePlan | null {
  const { second, minute, hour } = expression;
  const hours = hourSpan(hour);
  const seconds = stepOf(second, 60);
  if (seconds !== null && isUnrestricted(minute) && hours !== null) {
    return { kind: 'cadence', unit: 'second', step: seconds, minute: 0, within: minutes(hours) };
  }
  if (singleValues(second)?.join() !== '0') return null;
  const step = stepOf(minute, 60);
  if (step !== null && hours !== null) {
    return { kind: 'cadence', unit: 'minute', step, minute: 0, within: minutes(hours) };
  }
  const fixed = singleValues(minute);
  if (fixed?.length !== 1) return null;
  const at = fixed[0] ?? 0;
  const hourStep = stepOf(hour, 24);
  if (hourStep !== null) {
    return { kind: 'cadence', unit: 'hour', step: hourStep, minute: at, within: null };
  }
  if (hours === null || hours.from === hours.to) return null;
  const within = { from: clock(hours.from, at), to: clock(hours.to, at) };
  return { kind: 'cadence', unit: 'hour', step: 1, minute: at, within };
}

/** The step of a field that is filled evenly and without a rest, or `null`. */
function stepOf(items: readonly CronItem[], size: number): number | null {
  const item = items[0];
  if (items.length !== 1 || item === undefined) return null;
  if (item.kind === 'all') return 1;
  if (item.kind === 'every') return size % item.step === 0 ? item.step : null;
  if (item.kind !== 'range' || item.from !== 0 || item.to !== size - 1) return null;
  return size % item.step === 0 ? item.step : null;
}

interface HourSpan {
  readonly from: number;
  readonly to: number;
}

/** The hours of a field that is one unbroken range, or `null`. */
function hourSpan(items: readonly CronItem[]): HourSpan | null {
  const item = items[0];
  if (items.length !== 1 || item === undefined) return null;
  if (item.kind === 'all' || (item.kind === 'every' && item.step === 1)) return FULL_DAY;
  return item.kind === 'range' && item.step === 1 ? { from: item.from, to: item.to } : null;
}

function minutes(hours: HourSpan): { from: string; to: string } | null {
  if (hours.from === 0 && hours.to === 23) return null;
  return { from: clock(hours.from, 0), to: clock(hours.to, 59) };
}

function clock(hour: number, minute: number): string {
  return `${two(hour)}:${two(minute)}`;
}

function two(value: number): string {
  return `${value}`.padStart(2, '0');
}
