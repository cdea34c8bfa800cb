import { type InputObject, joinField } from '../../base/check-keys.ts';
import { civilFromDays, DAY_MS, weekdayOf } from '../../time/civil.ts';
import { formatDate, parseDate } from '../../time/date-text.ts';
import type { DstRule } from '../../time/dst-rule.ts';
import { dstOf, type FormPlace, integerOf, refuse, type TriggerForm } from './form.ts';
import { parseMonthDays } from './month-day-list.ts';
import { parseTimes } from './times.ts';
import { parseWeekdays } from './weekday-list.ts';

/** `{ everyDays: 2, at: '02:30', anchor: '2026-01-01' }`. */
export const everyDaysForm: TriggerForm = {
  key: 'everyDays',
  options: ['at', 'anchor'],
  hasDst: true,
  parse(input, place) {
    return [{ kind: 'daily', ...periodOf('everyDays', PERIODS_MAX.days, input, place) }];
  },
};

/** `{ everyWeeks: 2, on: 'mon', at: '09:00', anchor: '2026-01-05' }`. */
export const everyWeeksForm: TriggerForm = {
  key: 'everyWeeks',
  options: ['on', 'at', 'anchor'],
  hasDst: true,
  parse(input, place) {
    const period = periodOf('everyWeeks', PERIODS_MAX.weeks, input, place);
    const on = input.on;
    const weekdays =
      on === undefined
        ? [weekdayOf(parseDate(period.anchorDate) ?? 0) || 7]
        : parseWeekdays(on, joinField(place.field, 'on'));
    return [{ kind: 'weekly', weekdays, ...period }];
  },
};

/** `{ everyMonths: 3, on: 'last workday', at: '18:00', anchor: '2026-01-01' }`. */
export const everyMonthsForm: TriggerForm = {
  key: 'everyMonths',
  options: ['on', 'at', 'anchor'],
  hasDst: true,
  parse(input, place) {
    const period = periodOf('everyMonths', PERIODS_MAX.months, input, place);
    const on = input.on;
    const days =
      on === undefined
        ? [{ day: civilFromDays(parseDate(period.anchorDate) ?? 0).day }]
        : parseMonthDays(on, joinField(place.field, 'on'));
    return [{ kind: 'monthly', days, ...period }];
  },
};

/** Ten years. */
const PERIODS_MAX = { days: 3660, weeks: 520, months: 120 };

interface Period {
  readonly times: readonly string[];
  readonly zone: string;
  readonly every: number;
  readonly anchorDate: string;
  readonly dst: DstRule;
}

function periodOf(key: string, max: number, input: InputObject, place: FormPlace): Period {
  const at = (name: string) => joinField(place.field, name);
  return {
    times: parseTimes(input.at ?? '00:00', at('at')),
    zone: place.zone.name,
    every: integerOf(input[key], at(key), { min: 1, max }),
    anchorDate: anchorOf(input.anchor, at('anchor'), place),
    dst: dstOf(place),
  };
}

function anchorOf(input: unknown, field: string, place: FormPlace): string {
  if (input === undefined) {
    const from = place.startAt ?? place.now;
    return formatDate(Math.floor(place.zone.localAt(from) / DAY_MS));
  }
  if (typeof input === 'string' && parseDate(input) !== null) return input;
  return refuse({
    field,
    value: input,
    reason: 'is no date of the years 1970 to 2199.',
    remedy: 'Write YYYY-MM-DD.',
  });
}
