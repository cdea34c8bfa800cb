import { refuseUnreadable } from '../base/bounded-text.ts';
import { checkKeys, type InputObject, isInputObject, joinField } from '../base/check-keys.ts';
import { nameProblem } from '../base/check-name.ts';
import { TickworkError } from '../base/errors.ts';
import type { CalendarEffect, CalendarLayer, CalendarSpec } from './calendar-spec.ts';
import { parseDays, parseIntervals, parseTimes, parseWeekdays } from './parse-layer.ts';

/** A calendar as users write it; `parseCalendar` completes it. */
export interface CalendarInput {
  /** Weekdays that are off: `['sat', 'sun']`, `'sat-sun'`, 1 = Monday … 7 = Sunday. */
  readonly weekends?: DayListInput;
  /** Days off: `'2026-10-01'`, `'2026-10-01..2026-10-08'`, `'12-25'` (each year), `{from, to}`. */
  readonly holidays?: DayListInput;
  /** Days on which people work although they are a weekend or a holiday (调休). Same forms. */
  readonly workdays?: DayListInput;
  /** Further layers; the last one that covers a moment decides. */
  readonly layers?: readonly CalendarLayerInput[];
  /** What holds for moments that no layer covers. Default: `exclude` if no layer excludes. */
  readonly otherwise?: CalendarEffect;
  /** Free text for people, such as where the dates come from; not kept. */
  readonly description?: string;
}

export type DayListInput = string | number | readonly (string | number | SpanInput)[];

export interface SpanInput {
  readonly from: string;
  readonly to: string;
}

/** One layer: exactly one of `include` and `exclude` as the effect, then what it covers. */
export interface CalendarLayerInput {
  readonly name?: string;
  readonly effect: CalendarEffect;
  readonly weekdays?: DayListInput;
  /** As `holidays`: dates, ranges (both ends inclusive) and yearly dates. */
  readonly days?: DayListInput;
  /** `{from: '22:00', to: '06:00'}` or `'22:00..06:00'`, each day named or every day. */
  readonly times?: string | readonly (string | SpanInput)[];
  /** `{from: '2026-12-24T18:00', to: '2026-12-27T06:00'}`; `to` exclusive. */
  readonly intervals?: string | readonly (string | SpanInput)[];
}

const CALENDAR_KEYS = ['weekends', 'holidays', 'workdays', 'layers', 'otherwise', 'description'];
const LAYER_KEYS = ['name', 'effect', 'weekdays', 'days', 'times', 'intervals'];
const LAYERS_MAX = 100;
const NAME_CHARACTERS_MAX = 200;

function parseNamedCalendar(name: string, input: unknown): CalendarSpec {
  const problem = nameProblem(name);
  const field = `calendars.${name}`;
  return problem === null
    ? parseCalendar(input, field)
    : refuse(field, name, problem.reason, problem.remedy);
}

/**
 * The stored form of a calendar that a user wrote (an object, from code, JSON or
 * YAML). `weekends`, `holidays` and `workdays` become the first three layers, in
 * this order. The stored form itself is accepted too. Throws `INVALID_CALENDAR`
 * with the path of the wrong value; retrying cannot help.
 *
 * @example
 * parseCalendar({ weekends: 'sat-sun', holidays: ['12-25', '2026-10-01..2026-10-08'] });
 */
export function parseCalendar(input: unknown, field = 'calendar'): CalendarSpec {
  const object = objectOf(input, field);
  refuseUnreadable(object, { code: 'INVALID_CALENDAR', field });
  checkKeys(object, CALENDAR_KEYS, { code: 'INVALID_CALENDAR', field, what: 'a calendar' });
  const layers: CalendarLayer[] = [];
  if (object.weekends !== undefined) {
    const weekdays = parseWeekdays(object.weekends, joinField(field, 'weekends'));
    layers.push({ name: 'weekends', effect: 'exclude', weekdays });
  }
  for (const [name, effect] of SHORTHANDS) {
    if (object[name] === undefined) continue;
    layers.push({ name, effect, ...parseDays(object[name], joinField(field, name)) });
  }
  layers.push(...parseLayers(object.layers, joinField(field, 'layers')));
  if (layers.length > LAYERS_MAX) {
    refuse(joinField(field, 'layers'), layers.length, `more than ${LAYERS_MAX} layers.`, '');
  }
  const excludes = layers.some((layer) => layer.effect === 'exclude');
  const standard = excludes || layers.length === 0 ? 'include' : 'exclude';
  const otherwise = object.otherwise;
  return {
    otherwise:
      otherwise === undefined ? standard : parseEffect(otherwise, joinField(field, 'otherwise')),
    layers,
  };
}

/** The stored forms of calendars by name, which is checked too. Throws as `parseCalendar`. */
export function parseCalendars(
  calendars: Readonly<Record<string, unknown>>,
): Readonly<Record<string, CalendarSpec>> {
  const entries = Object.entries(calendars).map(
    ([name, input]) => [name, parseNamedCalendar(name, input)] as const,
  );
  return Object.fromEntries(entries);
}

const SHORTHANDS = [
  ['holidays', 'exclude'],
  ['workdays', 'include'],
] as const;

function parseLayers(input: unknown, field: string): CalendarLayer[] {
  if (input === undefined) return [];
  if (!Array.isArray(input)) return refuse(field, input, 'is no list.', 'Write a list of layers.');
  return input.map((layer: unknown, i) => parseLayer(layer, joinField(field, i), i));
}

function parseLayer(input: unknown, field: string, index: number): CalendarLayer {
  const object = objectOf(input, field);
  checkKeys(object, [...LAYER_KEYS, ...STORED_KEYS], {
    code: 'INVALID_CALENDAR',
    field,
    what: 'a layer',
  });
  const place = (key: string) => joinField(field, key);
  const days = [...listOf(object.days), ...STORED_KEYS.flatMap((key) => listOf(object[key]))];
  const { weekdays, times, intervals } = object;
  const layer: CalendarLayer = {
    name: parseName(object.name ?? `layer ${index + 1}`, place('name')),
    effect: parseEffect(object.effect, place('effect')),
    ...(weekdays === undefined ? {} : { weekdays: parseWeekdays(weekdays, place('weekdays')) }),
    ...(days.length === 0 ? {} : parseDays(days, place('days'))),
    ...(times === undefined ? {} : { times: parseTimes(times, place('times')) }),
    ...(intervals === undefined
      ? {}
      : { intervals: parseIntervals(intervals, place('intervals')) }),
  };
  if (Object.keys(layer).length === 2) {
    refuse(field, input, 'covers nothing.', 'Give it weekdays, days, times or intervals.');
  }
  return layer;
}

/** The stored form keeps the kinds of days apart; `days` takes all of them. */
const STORED_KEYS = ['dates', 'ranges', 'yearly'];

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function parseName(input: unknown, field: string): string {
  const valid =
    typeof input === 'string' && input.length > 0 && input.length <= NAME_CHARACTERS_MAX;
  if (!valid) {
    return refuse(field, input, 'is no name.', `Write 1 to ${NAME_CHARACTERS_MAX} characters.`);
  }
  return input;
}

function parseEffect(input: unknown, field: string): CalendarEffect {
  if (input === 'include' || input === 'exclude') return input;
  return refuse(field, input, 'is no effect.', 'Write `include` or `exclude`.');
}

function objectOf(input: unknown, field: string): InputObject {
  if (isInputObject(input)) return input;
  return refuse(field, input, 'is no object.', 'Write `weekends`, `holidays`, `layers`, ….');
}

function refuse(field: string, value: unknown, reason: string, remedy: string): never {
  throw new TickworkError('INVALID_CALENDAR', { field, value, reason, remedy });
}
