import { TickworkError } from '../base/errors.ts';
import { DAY_MS, monthLength } from './civil.ts';
import { parseDate, parseTimeOfDay } from './date-text.ts';
import type { DstRule } from './dst-rule.ts';
import { INSTANT_END, INSTANT_MIN, type Instant } from './instant.ts';
import type { Zone } from './zone.ts';

export interface InstantOptions {
  /** The zone of texts without an offset. */
  readonly zone: Zone;
  /** The option the value comes from, for the message. */
  readonly field?: string;
  /** Local times that a clock change removes or repeats. Default: after the gap, first copy. */
  readonly dst?: DstRule;
  /** A date alone is its first instant (default) or its last. */
  readonly dateAs?: 'start' | 'end';
}

/**
 * The instant that `input` writes: epoch milliseconds, a `Date`, or ISO 8601 text
 * (`2026-12-01`, `2026-12-01T09:00`, `2026-12-01 09:00:30.5`, with `Z`, `+08:00`
 * or no offset). Parts of a millisecond are cut off. The years 1970 to 2199.
 *
 * Throws `INVALID_INSTANT`; retrying cannot help. Source: ISO 8601, RFC 3339.
 */
export function parseInstant(input: unknown, options: InstantOptions): Instant {
  const at = instantOf(input, options);
  if (at === null || Number.isNaN(at)) {
    return refuse(input, missingDay(input) ?? 'is no date-time.', options);
  }
  if (at < INSTANT_MIN || at >= INSTANT_END) {
    refuse(input, 'is not in the years 1970 to 2199.', options);
  }
  return at;
}

function instantOf(input: unknown, options: InstantOptions): Instant | null {
  if (typeof input === 'number') return Math.trunc(input);
  if (input instanceof Date) return input.getTime();
  if (typeof input !== 'string') return null;
  const text = input.trim();
  const dayNumber = parseDate(text.slice(0, 10));
  if (dayNumber === null) return null;
  const day = dayNumber * DAY_MS;
  if (text.length === 10) return dateAlone(day, options);
  const [, time, fraction, offsetText] = TIME.exec(text.slice(10)) ?? [];
  const seconds = time === undefined ? null : parseTimeOfDay(time);
  if (seconds === null) return null;
  const local = day + seconds * 1000 + Math.trunc(Number(`0.${fraction ?? '0'}`) * 1000);
  if (offsetText === undefined) return resolve(local, options);
  const offset = offsetOf(offsetText);
  return offset === null ? null : local - offset;
}

const DATE = /^\s*(?<month>(?<year>\d{4})-(?<number>\d{2}))-(?<day>\d{2})(?!\d)/;

/** Why a text that begins as a date names no day, or `null`. */
function missingDay(input: unknown): string | null {
  const { month, year, number, day } = DATE.exec(String(input))?.groups ?? {};
  if (month === undefined) return null;
  if (Number(number) < 1 || Number(number) > 12)
    return `names a month that no year has: ${number}.`;
  const length = monthLength(Number(year), Number(number));
  if (Number(day) >= 1 && Number(day) <= length) return null;
  return `names a day that does not exist: ${month} has ${length} days.`;
}

/** `T09:00`, `T09:00:30.5Z`, ` 9:00 +08:00`. */
const TIME = /^[Tt ](\d{1,2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?$/;

function dateAlone(day: number, options: InstantOptions): Instant | null {
  if (options.dateAs === 'end') return firstInstantOf(day + DAY_MS, options.zone) - 1;
  return firstInstantOf(day, options.zone);
}

/** The first instant at which a date is shown; the end of the gap if its midnight is lost. */
function firstInstantOf(day: number, zone: Zone): Instant {
  const place = zone.placeOf(day);
  return place.kind === 'overlap' ? place.first : place.at;
}

function resolve(local: number, options: InstantOptions): Instant | null {
  const place = options.zone.placeOf(local);
  const dst = options.dst ?? { gap: 'after', overlap: 'first' };
  if (place.kind === 'gap' && dst.gap === 'skip') return null;
  if (place.kind !== 'overlap') return place.at;
  return dst.overlap === 'last' ? place.last : place.first;
}

/** Milliseconds that a clock with this offset is ahead of UTC. */
function offsetOf(text: string): number | null {
  if (text === 'Z' || text === 'z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', '') || 0);
  if (hours > 23 || minutes > 59) return null;
  const ms = (hours * 60 + minutes) * 60_000;
  return text[0] === '-' ? -ms : ms;
}

function refuse(input: unknown, reason: string, options: InstantOptions): never {
  throw new TickworkError('INVALID_INSTANT', {
    ...(options.field === undefined ? {} : { field: options.field }),
    value: input,
    reason,
    remedy: 'Write a date-time such as 2026-12-01T09:00 or 2026-12-01T09:00:00+08:00.',
  });
}
