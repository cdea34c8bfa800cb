import { TickworkError } from '../base/errors.ts';
import type { DurationMs } from './instant.ts';

/** What a number without a unit means; `none` refuses it. */
export type BareUnit = 'ms' | 's' | 'none';

export interface DurationOptions {
  /** The option the text comes from, for the message. */
  readonly field?: string;
  /** What a number without a unit means. Default `none`. */
  readonly bareUnit?: BareUnit;
  /** The shortest length accepted, in milliseconds. Default 0. */
  readonly minMs?: DurationMs;
  /** The longest length accepted, in milliseconds. Default 100 years of 365 days. */
  readonly maxMs?: DurationMs;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 604_800_000;
const LONGEST_MS = 100 * 365 * DAY_MS;
const TEXT_CHARACTERS_MAX = 64;

/** Units of the short form in their order, largest first. */
const UNITS: readonly (readonly [string, DurationMs])[] = [
  ['w', WEEK_MS],
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
  ['ms', 1],
];

/**
 * The length of time that `input` writes, in milliseconds.
 *
 * Accepts the short form (`500ms`, `30s`, `5m`, `1h30m`, `2d`, `1w`; units from
 * large to small, each once, any case, a decimal fraction in any part), the ISO
 * form (`PT30S`, `P1DT12H`, `P2W`; not years and months, whose length varies)
 * and, where `bareUnit` says so, a number alone. Fractions of a millisecond are
 * rounded. A day is 24 hours.
 *
 * Throws `INVALID_DURATION`; retrying cannot help. Source: Go's duration text
 * for the short form, ISO 8601 for the other.
 */
export function parseDuration(input: string | number, options: DurationOptions = {}): DurationMs {
  const given: unknown = input;
  if (typeof given !== 'number' && typeof given !== 'string') {
    return refuse(String(typeof given), 'is no length of time.', options);
  }
  const ms = typeof input === 'number' ? bare(input, input, options) : fromText(input, options);
  const minMs = options.minMs ?? 0;
  const maxMs = options.maxMs ?? LONGEST_MS;
  if (ms < minMs) refuse(input, `is shorter than ${formatDuration(minMs)}.`, options);
  if (ms > maxMs) refuse(input, `is longer than ${formatDuration(maxMs)}.`, options);
  return ms;
}

/**
 * The shortest exact text of a length in whole milliseconds, such as `1h30m`
 * or `1d500ms`; `0s` for none. `parseDuration` reads it back.
 */
export function formatDuration(ms: DurationMs): string {
  if (ms === 0) return '0s';
  let rest = Math.round(Math.abs(ms));
  let text = ms < 0 ? '-' : '';
  for (const [unit, length] of UNITS) {
    if (unit === 'w' && rest % WEEK_MS !== 0) continue;
    const count = Math.floor(rest / length);
    if (count === 0) continue;
    text += `${count}${unit}`;
    rest -= count * length;
  }
  return text;
}

function fromText(input: string, options: DurationOptions): DurationMs {
  if (input.length > TEXT_CHARACTERS_MAX) refuse(input, 'is too long for a duration.', options);
  const text = input.trim().toLowerCase();
  if (text === '') refuse(input, 'is empty.', options);
  const reader = new DurationReader(text);
  if (text.startsWith('p')) return Math.round(reader.iso() ?? refuse(input, NOT_ISO, options));
  const number = reader.number();
  if (number !== null && reader.atEnd()) return bare(number, input, options);
  reader.restart();
  return Math.round(reader.short() ?? refuse(input, NOT_SHORT, options));
}

const NOT_ISO = 'is no ISO duration of weeks, days, hours, minutes and seconds.';
const NOT_SHORT = 'is no duration: numbers with units from large to small are expected.';

function bare(value: number, input: string | number, options: DurationOptions): DurationMs {
  const unit = options.bareUnit ?? 'none';
  if (unit === 'none') refuse(input, 'has no unit.', options);
  if (!Number.isFinite(value) || value < 0) refuse(input, 'is no length of time.', options);
  return Math.round(unit === 's' ? value * SECOND_MS : value);
}

function refuse(input: string | number, reason: string, options: DurationOptions): never {
  throw new TickworkError('INVALID_DURATION', {
    ...(options.field === undefined ? {} : { field: options.field }),
    value: input,
    reason,
    remedy: 'Write a duration such as 500ms, 30s, 5m, 1h30m, 2d or PT30S.',
  });
}

/** Reads a text of at most 64 characters in lower case from left to right, once. */
class DurationReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  restart(): void {
    this.#at = 0;
  }

  atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Digits with an optional decimal fraction, or `null` (and nothing is read). */
  number(): number | null {
    const start = this.#at;
    const digits = this.#digits();
    if (digits === 0) return null;
    if (this.#text[this.#at] === '.' || this.#text[this.#at] === ',') {
      this.#at++;
      if (this.#digits() === 0) {
        this.#at = start;
        return null;
      }
    }
    return Number(this.#text.slice(start, this.#at).replace(',', '.'));
  }

  /** The sum of the parts `1h30m`, or `null` if the text is something else. */
  short(): DurationMs | null {
    return this.#parts(UNITS);
  }

  /** The sum of an ISO duration, or `null` if the text is something else. */
  iso(): DurationMs | null {
    this.#at = 1;
    let sum = 0;
    let parts = 0;
    if (this.#text[this.#at] !== 't') {
      const days = this.#parts(UNITS.slice(0, 2), 't');
      if (days === null) return null;
      sum += days;
      parts++;
    }
    if (this.#text[this.#at] === 't') {
      this.#at++;
      const time = this.#parts(UNITS.slice(2, 5));
      if (time === null) return null;
      sum += time;
      parts++;
    }
    return parts > 0 && this.atEnd() ? sum : null;
  }

  #parts(units: readonly (readonly [string, DurationMs])[], stop = ''): DurationMs | null {
    let sum = 0;
    let unitFrom = 0;
    const start = this.#at;
    while (!this.atEnd() && this.#text[this.#at] !== stop) {
      const value = this.number();
      const name = this.#letters(stop);
      const unit = units.findIndex((entry) => entry[0] === name);
      if (value === null || unit < unitFrom) return null;
      sum += value * (units[unit]?.[1] ?? 0);
      unitFrom = unit + 1;
    }
    return this.#at > start ? sum : null;
  }

  #digits(): number {
    const start = this.#at;
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#at - start;
  }

  #letters(stop: string): string {
    const start = this.#at;
    while (isLetter(this.#text.charCodeAt(this.#at)) && this.#text[this.#at] !== stop) this.#at++;
    return this.#text.slice(start, this.#at);
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(code: number): boolean {
  return code >= 97 && code <= 122;
}
