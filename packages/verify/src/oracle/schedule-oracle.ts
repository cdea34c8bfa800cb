import type { MonthDay, TriggerSpec } from '../../../tickwork/src/core/model/trigger-spec.ts';
import { CronOracle, oracleZone } from './cron-oracle.ts';

/** What an unanchored or hashed trigger needs to know besides its stored form. */
export interface OracleContext {
  /** The instant from which the revision is in force. */
  readonly anchorAt: number;
}

const DAY = 86_400_000;

/**
 * Every instant of a stored trigger in (from, to], ascending, by brute force and without
 * the engine: dates are walked one by one, clocks come from `Temporal`. `null` for
 * triggers that cannot be known beforehand (events, chance, delays after an end) and for
 * what the oracle has no rule for (calendars, a maximum number of runs, hashes).
 */
export function scheduleInstants(
  spec: TriggerSpec,
  context: OracleContext,
  from: number,
  to: number,
): number[] | null {
  if (spec.calendar !== undefined || spec.runsMax !== undefined) return null;
  const low = Math.max(from, (spec.startAt ?? Number.NEGATIVE_INFINITY) - 1);
  const high = Math.min(to, spec.endAt ?? Number.POSITIVE_INFINITY);
  if (!(high > low)) return isKnown(spec) ? [] : null;
  return rawInstants(spec, context, low, high);
}

/** True for triggers whose instants the oracle can tell. */
export function isKnown(spec: TriggerSpec): boolean {
  return rawInstants(spec, { anchorAt: 0 }, 0, 0) !== null;
}

function rawInstants(
  spec: TriggerSpec,
  context: OracleContext,
  from: number,
  to: number,
): number[] | null {
  switch (spec.kind) {
    case 'cron':
      return cronInstants(spec, from, to);
    case 'interval':
      return intervalInstants(
        spec.everyMs,
        spec.anchorAt ?? spec.startAt ?? context.anchorAt,
        from,
        to,
      );
    case 'daily':
    case 'weekly':
    case 'monthly':
      if (spec.kind === 'monthly' && spec.days.some((each) => 'workday' in each)) return null;
      return datedInstants(spec, from, to);
    case 'once':
      return spec.at > from && spec.at <= to ? [spec.at] : [];
    case 'any':
      return unionInstants(spec.of, context, from, to);
    case 'manual':
      return [];
    case 'fixed-delay':
    case 'random':
    case 'startup':
    case 'after':
      return null;
    default:
      return spec satisfies never;
  }
}

function cronInstants(
  spec: Extract<TriggerSpec, { kind: 'cron' }>,
  from: number,
  to: number,
): number[] | null {
  if (/[hH~@]/.test(spec.expression.replace(/thu|mar/gi, ''))) return null;
  const { expression, zone, dialect, dst } = spec;
  const oracle = new CronOracle({
    expression,
    zone,
    dialect,
    ...(dst === undefined ? {} : { dst }),
  });
  return oracle.between(from + 1, to + 1);
}

function intervalInstants(every: number, anchor: number, from: number, to: number): number[] {
  const found: number[] = [];
  let k = Math.max(0, Math.floor((from - anchor) / every));
  for (let at = anchor + k * every; at <= to; k++, at = anchor + k * every) {
    // Without a start, the anchor itself is the moment of the change and not a due instant.
    if (at > from) found.push(at);
  }
  return found;
}

type DatedSpec = Extract<TriggerSpec, { kind: 'daily' | 'weekly' | 'monthly' }>;

/** True if a trigger of days has times on a day. `isWorkday` is asked for working days only. */
export function matchesDay(
  spec: DatedSpec,
  day: number,
  isWorkday: (day: number) => boolean,
): boolean {
  switch (spec.kind) {
    case 'daily':
      return turnOf(day, spec.anchorDate, spec.every);
    case 'weekly':
      return spec.weekdays.includes(weekdayOf(day)) && turnOfWeek(day, spec.anchorDate, spec.every);
    case 'monthly':
      return (
        turnOfMonth(day, spec.anchorDate, spec.every) &&
        spec.days.some((each) => isMonthDay(day, each, isWorkday))
      );
    default:
      return spec satisfies never;
  }
}

function datedInstants(spec: DatedSpec, from: number, to: number): number[] {
  const zone = oracleZone(spec.zone);
  const found = new Set<number>();
  const last = Math.floor(to / DAY) + 2;
  for (let day = Math.floor(from / DAY) - 2; day <= last; day++) {
    if (!matchesDay(spec, day, () => false)) continue;
    for (const time of spec.times) {
      const local = day * DAY + timeOfDay(time);
      const copies = zone.instantsOf(local);
      if (copies.length === 0 && spec.dst.gap === 'after') copies.push(zone.gapEnd(local));
      const chosen = copies.filter((_at, i) => {
        if (spec.dst.overlap === 'both') return true;
        return i === (spec.dst.overlap === 'first' ? 0 : copies.length - 1);
      });
      for (const at of chosen) if (at > from && at <= to) found.add(at);
    }
  }
  return [...found].sort((a, b) => a - b);
}

function unionInstants(
  members: readonly TriggerSpec[],
  context: OracleContext,
  from: number,
  to: number,
): number[] | null {
  const found = new Set<number>();
  for (const member of members) {
    const instants = scheduleInstants(member, context, from, to);
    if (instants === null) return null;
    for (const at of instants) found.add(at);
  }
  return [...found].sort((a, b) => a - b);
}

/** Milliseconds of the day. */
export function timeOfDay(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

function dayOf(date: string): number {
  const [year = 1970, month = 1, day = 1] = date.split('-').map(Number);
  return Date.UTC(year, month - 1, day) / DAY;
}

/** 1 = Monday … 7 = Sunday. */
function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

function turnOf(day: number, anchorDate: string | undefined, every: number): boolean {
  return every === 1 || mod(day - dayOf(anchorDate ?? '1970-01-01'), every) === 0;
}

function turnOfWeek(day: number, anchorDate: string | undefined, every: number): boolean {
  const monday = (of: number): number => of - weekdayOf(of) + 1;
  const weeks = (monday(day) - monday(dayOf(anchorDate ?? '1970-01-01'))) / 7;
  return every === 1 || mod(weeks, every) === 0;
}

function turnOfMonth(day: number, anchorDate: string | undefined, every: number): boolean {
  const months = (of: number): number => {
    const date = new Date(of * DAY);
    return date.getUTCFullYear() * 12 + date.getUTCMonth();
  };
  return every === 1 || mod(months(day) - months(dayOf(anchorDate ?? '1970-01-01')), every) === 0;
}

function isMonthDay(day: number, wanted: MonthDay, isWorkday: (day: number) => boolean): boolean {
  const date = new Date(day * DAY);
  const dayOfMonth = date.getUTCDate();
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  if ('day' in wanted) {
    return dayOfMonth === (wanted.day > 0 ? wanted.day : length + 1 + wanted.day);
  }
  if ('workday' in wanted) {
    const days = Array.from({ length }, (_, i) => day - dayOfMonth + 1 + i).filter(isWorkday);
    return days.at(wanted.nth > 0 ? wanted.nth - 1 : wanted.nth) === day;
  }
  if (weekdayOf(day) !== wanted.weekday) return false;
  if (wanted.nth > 0) return Math.ceil(dayOfMonth / 7) === wanted.nth;
  return Math.ceil((length - dayOfMonth + 1) / 7) === -wanted.nth;
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
