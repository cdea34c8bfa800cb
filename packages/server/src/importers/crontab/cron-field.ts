/** A field of a crontab line. */
export interface FieldRule {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** Names for `min` and what follows it. */
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The five fields in their order. */
export const FIELDS: readonly FieldRule[] = [
  { label: 'minute', min: 0, max: 59, names: [] },
  { label: 'hour', min: 0, max: 23, names: [] },
  { label: 'day of month', min: 1, max: 31, names: [] },
  { label: 'month', min: 1, max: 12, names: MONTHS },
  { label: 'day of week', min: 0, max: 7, names: WEEKDAYS },
];

/** One member of a field's list: the values from `from` to `to`, inclusive, `step` apart. */
interface Item {
  /** As Tickwork writes it. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** One value of the range, or with a step a start within the first step. */
  readonly isRandom: boolean;
}

/** What a field means, or why it means nothing. */
export type FieldReading =
  | { readonly text: string; readonly items: readonly Item[] }
  | { readonly reason: string };

/** A field that cannot be read; the message says why. */
class FieldMistake extends Error {}

const STAR = /^\*(?:\/(?<step>\d+))?$/u;
const RANGE = /^(?<from>\d+|[a-z]+)(?:-(?<to>\d+|[a-z]+)(?:\/(?<step>\d+))?)?$/iu;
const RANDOM = /^(?<from>\d+|[a-z]+)?~(?<to>\d+|[a-z]+)?(?:\/(?<step>\d+))?$/iu;
const OPEN_STEP = /^(?<from>\d+|[a-z]+)\/(?<step>\d+)$/iu;

/**
 * Reads one field as crontab(5) means it and writes it as Tickwork reads it. What cron
 * refuses is refused, except that `~` is understood; a step beyond the end of a range, which
 * cron reads as the first value alone, becomes that value.
 */
export function readField(written: string, rule: FieldRule): FieldReading {
  try {
    const items = written.split(',').map((item) => readItem(item, rule));
    return { text: items.map(({ text }) => text).join(','), items };
  } catch (error) {
    if (error instanceof FieldMistake) return { reason: `${rule.label}: ${error.message}` };
    throw error;
  }
}

/** The values of a field without `~`, as a list of ranges that is as short as it can be. */
export function shortest(items: readonly Item[]): string {
  const values = new Set<number>();
  for (const { from, to, step } of items) for (let i = from; i <= to; i += step) values.add(i);
  const ranges: [number, number][] = [];
  for (const value of [...values].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === value - 1) last[1] = value;
    else ranges.push([value, value]);
  }
  return ranges.map(([from, to]) => span(from, to)).join(',');
}

function readItem(written: string, rule: FieldRule): Item {
  const star = STAR.exec(written)?.groups;
  if (star !== undefined) {
    const { min: from, max: to } = rule;
    const step = readStep(star.step);
    const text = step > to - from ? `${from}` : written;
    return { text, from, to, step, isRandom: false };
  }
  const range = RANGE.exec(written)?.groups;
  if (range !== undefined) return readRange(written, range, rule);
  const random = RANDOM.exec(written)?.groups;
  if (random !== undefined) return readRandom(written, random, rule);
  const open = OPEN_STEP.exec(written)?.groups;
  if (open !== undefined) {
    const meant = `${open.from}-${rule.max}/${open.step}`;
    throw new FieldMistake(`"${written}" has a step without a range; write ${meant} if meant.`);
  }
  throw new FieldMistake(`"${written}" is no value of crontab(5).`);
}

function readRange(
  written: string,
  groups: Readonly<Record<string, string | undefined>>,
  rule: FieldRule,
): Item {
  const from = readValue(groups.from ?? '', rule);
  const to = groups.to === undefined ? from : readValue(groups.to, rule);
  const step = readStep(groups.step);
  if (from > to) {
    // Sunday closes the week as day 7, so that what follows begins with Monday.
    const restart = rule.max === 7 ? 1 : rule.min;
    const meant = [span(from, rule.max), ...(to >= restart ? [span(restart, to)] : [])];
    throw new FieldMistake(
      `"${written}" runs backwards, which cron refuses; write ${meant.join(',')} if meant.`,
    );
  }
  const text = groups.to !== undefined && step > to - from ? `${from}` : written;
  return { text, from, to, step, isRandom: false };
}

function readRandom(
  written: string,
  groups: Readonly<Record<string, string | undefined>>,
  rule: FieldRule,
): Item {
  const from = groups.from === undefined ? rule.min : readValue(groups.from, rule);
  // Day 7 is Sunday a second time.
  const last = rule.max === 7 ? 6 : rule.max;
  const to = groups.to === undefined ? last : readValue(groups.to, rule);
  if (from > to) throw new FieldMistake(`"${written}" runs backwards.`);
  const step = readStep(groups.step);
  const suffix = groups.step === undefined || step > to - from ? '' : `/${step}`;
  return { text: `H(${from}-${to})${suffix}`, from, to, step, isRandom: true };
}

function readStep(written: string | undefined): number {
  if (written === undefined) return 1;
  const step = Number(written);
  if (step === 0) throw new FieldMistake('a step of 0 never moves.');
  return step;
}

function readValue(written: string, { min, max, names }: FieldRule): number {
  const index = names.indexOf(written.toLowerCase());
  const isNumber = /^\d/u.test(written);
  if (!isNumber && index < 0) {
    throw new FieldMistake(`"${written}" is no value of crontab(5).`);
  }
  const value = isNumber ? Number(written) : index + min;
  if (value < min || value > max) {
    throw new FieldMistake(`${value} is not within ${min}-${max}.`);
  }
  return value;
}

function span(from: number, to: number): string {
  return from === to ? `${from}` : `${from}-${to}`;
}
