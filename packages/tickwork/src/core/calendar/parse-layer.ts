import { isInputObject, joinField } from '../base/check-keys.ts';
import { TickworkError } from '../base/errors.ts';
import { DAY_MS } from '../time/civil.ts';
import {
  formatDate,
  formatLocal,
  formatTimeOfDay,
  parseDate,
  parseLocal,
  parseMonthDay,
  parseTimeOfDay,
} from '../time/date-text.ts';
import { parseWeekdayRange } from '../time/weekday-text.ts';
import type { CalendarLayer, Span } from './calendar-spec.ts';

const ENTRIES_MAX = 20_000;
const INTERVAL_DAYS_MAX = 3660;

type LayerDays = Pick<CalendarLayer, 'dates' | 'ranges' | 'yearly'>;

/** Dates, ranges and yearly dates of a layer, each kind sorted and without repetitions. */
export function parseDays(input: unknown, field: string): LayerDays {
  const dates = new Set<string>();
  const yearly = new Set<string>();
  const ranges: Span<string>[] = [];
  for (const [entry, place] of entriesOf(input, field)) {
    const span = spanOf(entry);
    if (span !== null) ranges.push(dateRange(span, entry, place));
    else if (typeof entry !== 'string') refuse(place, entry, 'is no date.', DATE_FORMS);
    else if (parseDate(entry) !== null) dates.add(entry);
    else if (parseMonthDay(entry) !== null) yearly.add(entry);
    else refuse(place, entry, 'is no date of the years 1970 to 2199.', DATE_FORMS);
  }
  return {
    ...(dates.size === 0 ? {} : { dates: [...dates].sort() }),
    ...(ranges.length === 0 ? {} : { ranges }),
    ...(yearly.size === 0 ? {} : { yearly: [...yearly].sort() }),
  };
}

const DATE_FORMS =
  'Write YYYY-MM-DD, MM-DD for each year, YYYY-MM-DD..YYYY-MM-DD or {from, to} for a range.';

function dateRange(span: Span<string>, entry: unknown, place: string): Span<string> {
  const [from, to] = [parseDate(span.from), parseDate(span.to)];
  if (from === null || to === null)
    return refuse(place, entry, 'has an end that is no date.', DATE_FORMS);
  if (to < from) refuse(place, entry, 'ends before it begins.', 'Exchange the two dates.');
  return { from: formatDate(from), to: formatDate(to) };
}

/** ISO weekdays, ascending: names in any case, ranges such as `mon-fri`, 1 = Monday … 7. */
export function parseWeekdays(input: unknown, field: string): readonly number[] {
  const found = new Set<number>();
  for (const [entry, place] of entriesOf(input, field)) {
    const parts = typeof entry === 'string' ? entry.split(/[\s,]+/) : [entry];
    for (const part of parts) {
      for (const weekday of weekdaysOf(part, place)) found.add(weekday);
    }
  }
  return [...found].sort((left, right) => left - right);
}

function weekdaysOf(entry: unknown, place: string): readonly number[] {
  const weekdays = parseWeekdayRange(entry);
  if (weekdays !== null) return weekdays;
  return refuse(place, entry, 'is no weekday.', 'Write mon, tue, …, sun or 1 (Monday) to 7.');
}

/** Times of a day, `to` exclusive; one that ends before it begins reaches into the next day. */
export function parseTimes(input: unknown, field: string): readonly Span<string>[] {
  return entriesOf(input, field).map(([entry, place]) => {
    const span = spanOf(entry);
    const from = span === null ? null : parseTimeOfDay(span.from);
    const to = span === null ? null : parseTimeOfDay(span.to === '24:00' ? '00:00' : span.to);
    if (from === null || to === null) {
      return refuse(place, entry, 'is no span of times.', 'Write 22:00..06:00 or {from, to}.');
    }
    return { from: formatTimeOfDay(from), to: formatTimeOfDay(to) };
  });
}

/** Intervals of the wall clock, `to` exclusive. A date alone means its midnight. */
export function parseIntervals(input: unknown, field: string): readonly Span<string>[] {
  return entriesOf(input, field).map(([entry, place]) => {
    const span = spanOf(entry);
    const from = span === null ? null : localOf(span.from);
    const to = span === null ? null : localOf(span.to);
    if (from === null || to === null) {
      return refuse(place, entry, 'is no interval.', `Write {from: '2026-12-24T18:00', to: …}.`);
    }
    if (to <= from) refuse(place, entry, 'does not end after it begins.', 'Mend one of its ends.');
    if (to - from > INTERVAL_DAYS_MAX * DAY_MS) {
      refuse(place, entry, 'is longer than ten years.', 'Use `days` with a range.');
    }
    return { from: formatLocal(from), to: formatLocal(to) };
  });
}

function localOf(text: string): number | null {
  return parseLocal(text.length === 10 ? `${text}T00:00` : text);
}

/** `from..to` or `{from, to}`; `null` for anything else. */
function spanOf(entry: unknown): Span<string> | null {
  if (typeof entry === 'string') {
    const [from, to, more] = entry.split('..');
    if (from === undefined || to === undefined || more !== undefined) return null;
    return { from: from.trim(), to: to.trim() };
  }
  if (!isInputObject(entry)) return null;
  const { from, to, ...rest } = entry;
  if (typeof from !== 'string' || typeof to !== 'string') return null;
  return Object.keys(rest).length > 0 ? null : { from, to };
}

/** The entries of a list, or the one value that stands for a list, each with its place. */
function entriesOf(input: unknown, field: string): readonly (readonly [unknown, string])[] {
  if (!Array.isArray(input)) return [[input, field]];
  if (input.length === 0)
    refuse(field, input, 'is empty.', 'Name at least one entry or leave it out.');
  if (input.length > ENTRIES_MAX) {
    refuse(field, input.length, `entries are more than ${ENTRIES_MAX}.`, 'Use ranges.');
  }
  return input.map((entry: unknown, i) => [entry, joinField(field, i)] as const);
}

function refuse(field: string, value: unknown, reason: string, remedy: string): never {
  throw new TickworkError('INVALID_CALENDAR', { field, value, reason, remedy });
}
