import type { CronDialect, CronExpression, CronFieldRule, CronItem } from './cron-expression.ts';
import { CRON_FIELDS } from './cron-expression.ts';
import type { CronSource } from './cron-refusal.ts';
import { quote, refuseCron } from './cron-refusal.ts';
import { FieldReader } from './parse-field.ts';
import { isSpace, skipSpace, takeZonePrefix } from './zone-prefix.ts';

export interface CronParseOptions {
  /** Default `standard`. In `quartz`, 1 = Sunday and ranges may run over the end of a field. */
  readonly dialect?: CronDialect;
  /** The option the text comes from, for the message. Default `cron`. */
  readonly field?: string;
  /** Receives how many steps the parser took, for tests of its bound. */
  readonly meter?: { steps: number };
}

const CHARACTERS_MAX = 256;
const FIELDS_MAX = 7;

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const ONLY_ZERO: readonly CronItem[] = [{ kind: 'range', from: 0, to: 0, step: 1 }];
const UNRESTRICTED: readonly CronItem[] = [{ kind: 'all' }];

/**
 * Reads a cron expression: 5 fields (minute, hour, day of month, month, day of
 * week), 6 (second first) or 7 (year last), or a nickname such as `@daily`,
 * with an optional `CRON_TZ=` or `TZ=` prefix. At most 256 characters.
 *
 * Throws `INVALID_CRON` that names the field, what is wrong and what to write
 * instead; retrying cannot help. `@every` and `@reboot` are refused with the
 * trigger to use: they are no cron expressions. A date that never comes
 * (`0 0 30 2 *`) is accepted here. Bounded by the length of the text.
 * Source: crontab(5); OCPS 1.0 to 1.4; where they differ, our decision.
 */
export function parseCron(text: string, options: CronParseOptions = {}): CronExpression {
  const source: CronSource = { field: options.field ?? 'cron', text };
  if (text.length > CHARACTERS_MAX) {
    refuseCron(
      source,
      `the expression has ${text.length} characters; ${CHARACTERS_MAX} are allowed.`,
      'Write ranges and steps, or several triggers.',
    );
  }
  const { zone, start } = takeZonePrefix(source);
  if (text.charCodeAt(start) === 64) return fromNickname(source, zone, start, options);
  const bounds = splitFields(source, start);
  return readFields(source, bounds, zone, options);
}

function fromNickname(
  source: CronSource,
  zone: string | null,
  start: number,
  options: CronParseOptions,
): CronExpression {
  const word = source.text.slice(start).trim();
  const fields = NICKNAMES[word.toLowerCase()];
  if (fields !== undefined) {
    const plain: CronSource = { field: source.field, text: fields };
    return readFields(plain, splitFields(plain, 0), zone, { ...options, dialect: 'standard' });
  }
  const lower = word.toLowerCase();
  if (lower === '@reboot') {
    return refuseCron(source, '@reboot is no time.', 'Use a trigger of kind "startup".');
  }
  if (lower.startsWith('@every ')) {
    return refuseCron(source, '@every is an interval.', 'Use a trigger of kind "interval".');
  }
  const known = `${Object.keys(NICKNAMES).join(', ')} and "@every 90m"`;
  return refuseCron(source, `the nickname ${quote(word)} is unknown.`, `Known are ${known}.`);
}

/** Start and end of each field, one after the other; refuses any number but 5, 6 and 7. */
function splitFields(source: CronSource, from: number): readonly number[] {
  const { text } = source;
  const bounds: number[] = [];
  let at = skipSpace(text, from);
  while (at < text.length && bounds.length <= 2 * FIELDS_MAX) {
    bounds.push(at);
    while (at < text.length && !isSpace(text.charCodeAt(at))) at++;
    bounds.push(at);
    at = skipSpace(text, at);
  }
  const count = bounds.length / 2;
  if (count >= 5 && count <= FIELDS_MAX) return bounds;
  const found = count > FIELDS_MAX ? 'more than 7' : `${count}`;
  return refuseCron(
    source,
    `the expression has ${found} ${found === '1' ? 'field' : 'fields'}; 5, 6 or 7 are needed.`,
    'Write minute, hour, day of month, month and day of week, such as "30 2 * * *".',
  );
}

function readFields(
  source: CronSource,
  bounds: readonly number[],
  zone: string | null,
  options: CronParseOptions,
): CronExpression {
  const [second, minute, hour, dayOfMonth, month, dayOfWeek, year] = CRON_FIELDS as FieldRules;
  const reader = new FieldReader(source, options.dialect ?? 'standard', minute);
  const count = bounds.length / 2;
  const shift = count === 5 ? 1 : 0;
  const bound = (i: number) => bounds[2 * (i - shift)] ?? 0;
  const read = (rule: CronFieldRule, i: number) => {
    return reader.read(rule, bound(i), bounds[2 * (i - shift) + 1] ?? 0);
  };
  const weekdayStart = bound(5);
  const weekdayEnd = bounds[2 * (5 - shift) + 1] ?? 0;
  const secondItems = count === 5 ? ONLY_ZERO : read(second, 0);
  const minuteItems = read(minute, 1);
  const hourItems = read(hour, 2);
  const dayItems = read(dayOfMonth, 3);
  const monthItems = read(month, 4);
  const weekdayItemsStart = reader.takePlus(weekdayStart, weekdayEnd);
  const weekdayItems = reader.read(dayOfWeek, weekdayItemsStart, weekdayEnd);
  const yearItems = count === FIELDS_MAX ? read(year, 6) : UNRESTRICTED;
  if (options.meter !== undefined) options.meter.steps = reader.steps + source.text.length;
  return {
    second: secondItems,
    minute: minuteItems,
    hour: hourItems,
    dayOfMonth: dayItems,
    month: monthItems,
    dayOfWeek: weekdayItems,
    year: yearItems,
    bothDays: weekdayItemsStart > weekdayStart,
    zone,
  };
}

type FieldRules = readonly [
  CronFieldRule,
  CronFieldRule,
  CronFieldRule,
  CronFieldRule,
  CronFieldRule,
  CronFieldRule,
  CronFieldRule,
];
