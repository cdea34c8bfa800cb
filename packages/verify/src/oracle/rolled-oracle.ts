import type { CalendarSpec } from '../../../tickwork/src/core/calendar/calendar-spec.ts';
import type { RollRule, WallClockSpec } from '../../../tickwork/src/core/model/trigger-spec.ts';
import { CalendarOracle } from './calendar-oracle.ts';
import { oracleZone } from './cron-oracle.ts';
import { readExpression } from './oracle-fields.ts';
import type { OracleZone } from './oracle-zone.ts';
import { matchesDay, timeOfDay } from './schedule-oracle.ts';

const DAY = 86_400_000;
/** Days that are looked at around a window; longer stretches of days off are not asked for. */
const DAYS_AROUND = 40;

/** What the oracle says of a window, and what it met on the way. */
export interface RolledInstants {
  /** Ascending. */
  readonly instants: readonly number[];
  /** Those of them that must be skipped: the end of a gap in excluded hours. */
  readonly excluded: readonly number[];
  /** Readings that a roll moved, that a gap swallowed, and that both did. */
  readonly rolled: number;
  readonly lost: number;
  readonly rolledIntoGap: number;
  /** Ends of gaps that excluded hours moved on. */
  readonly moved: number;
}

/** A trigger by the wall clock under a calendar. */
export interface RolledQuestion {
  readonly spec: WallClockSpec;
  readonly calendar: CalendarSpec;
  readonly roll: RollRule;
}

interface Wall {
  readonly matches: (day: number) => boolean;
  readonly timesMs: readonly number[];
  readonly dst: { readonly gap: 'after' | 'skip'; readonly overlap: 'first' | 'both' | 'last' };
}

/**
 * Every instant in (from, to] by brute force, in the order of the rule: each day that
 * the trigger names is moved by the calendar, each time of it is judged on the day it
 * was moved to, and only then the clock of the zone says when that is.
 */
export function rolledInstants(question: RolledQuestion, from: number, to: number): RolledInstants {
  const { spec, roll } = question;
  const calendar = new CalendarOracle(question.calendar);
  const zone = oracleZone(spec.zone);
  const wall = wallOf(spec, calendar);
  const found = new Map<number, boolean>();
  const met = { rolled: 0, lost: 0, rolledIntoGap: 0, moved: 0 };
  const [first, last] = [Math.floor(from / DAY) - 2, Math.floor(to / DAY) + 2];
  for (let day = first - DAYS_AROUND; day <= last + DAYS_AROUND; day++) {
    if (!wall.matches(day)) continue;
    const target = calendar.roll(day, roll);
    if (target === null || target < first || target > last) continue;
    for (const time of wall.timesMs) {
      const local = target * DAY + time;
      if (!calendar.admits(local)) continue;
      if (target !== day) met.rolled++;
      const copies = zone.instantsOf(local);
      if (copies.length > 0) {
        for (const at of chosen(copies, wall.dst.overlap)) found.set(at, true);
      } else if (wall.dst.gap === 'after') {
        met.lost++;
        if (target !== day) met.rolledIntoGap++;
        const { at, runs, moved } = afterGap(zone, calendar, local);
        if (moved) met.moved++;
        found.set(at, runs || found.get(at) === true);
      }
    }
  }
  const instants = [...found.keys()].filter((at) => at > from && at <= to).sort((a, b) => a - b);
  return { instants, excluded: instants.filter((at) => found.get(at) === false), ...met };
}

function afterGap(
  zone: OracleZone,
  calendar: CalendarOracle,
  local: number,
): { readonly at: number; readonly runs: boolean; readonly moved: boolean } {
  const end = zone.gapEnd(local);
  const reading = end + zone.offsetAt(end);
  const open = calendar.openFrom(reading);
  if (open === null) return { at: end, runs: false, moved: false };
  if (open === reading) return { at: end, runs: true, moved: false };
  return { at: zone.instantsOf(open)[0] ?? zone.gapEnd(open), runs: true, moved: true };
}

function chosen(copies: readonly number[], overlap: 'first' | 'both' | 'last'): readonly number[] {
  if (overlap === 'both') return copies;
  return overlap === 'first' ? copies.slice(0, 1) : copies.slice(-1);
}

function wallOf(spec: WallClockSpec, calendar: CalendarOracle): Wall {
  if (spec.kind !== 'cron') {
    const matches = (day: number) => matchesDay(spec, day, (each) => calendar.isWorkday(each));
    return { matches, timesMs: spec.times.map(timeOfDay), dst: spec.dst };
  }
  const fields = readExpression(spec.expression, spec.dialect);
  const matches = (day: number) => {
    const date = new Date(day * DAY);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
    return fields.matchesDate(year, month, date.getUTCDate());
  };
  const timesMs = fields.hours.flatMap((hour) =>
    fields.minutes.flatMap((minute) =>
      fields.seconds.map((second) => ((hour * 60 + minute) * 60 + second) * 1000),
    ),
  );
  const hourly = { gap: 'skip', overlap: 'both' } as const;
  const timed = { gap: 'after', overlap: 'first' } as const;
  return { matches, timesMs, dst: spec.dst ?? (fields.hourly ? hourly : timed) };
}
