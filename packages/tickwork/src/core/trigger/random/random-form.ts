import { checkKeys, type InputObject, isInputObject, joinField } from '../../base/check-keys.ts';
import type { RandomSpec } from '../../model/trigger-spec.ts';
import { formatTimeOfDay, parseTimeOfDay } from '../../time/date-text.ts';
import { formatDuration } from '../../time/duration.ts';
import { parseWeekday } from '../../time/weekday-text.ts';
import { listOf, refuse, type TriggerForm } from '../form/form.ts';
import { parseLength } from '../form/length.ts';

const KEYS = ['min', 'max', 'seed', 'activeHours', 'weekdayWeights'];
const WEIGHT_MAX = 100;
const SEED_CHARACTERS_MAX = 200;

export const randomForm: TriggerForm = {
  key: 'random',
  options: [],
  hasDst: false,
  parse(input, place) {
    const field = joinField(place.field, 'random');
    const options = input.random;
    if (!isInputObject(options)) {
      return refuse({
        field,
        value: options,
        reason: 'is no object.',
        remedy: "Write {min: '10m', max: '30m'}.",
      });
    }
    checkKeys(options, KEYS, { code: 'INVALID_TRIGGER', field, what: 'a random trigger' });
    return [{ ...parseRandom(options, field), zone: place.zone.name }];
  },
};

function parseRandom(options: InputObject, field: string): Omit<RandomSpec, 'zone'> {
  const at = (key: string) => joinField(field, key);
  const minMs = parseLength(options.min, at('min'));
  const maxMs = parseLength(options.max, at('max'));
  if (maxMs < minMs) {
    refuse({
      field: at('max'),
      value: options.max,
      reason: `is shorter than \`min\` (${formatDuration(minMs)}).`,
      remedy: 'Exchange the two.',
    });
  }
  const { activeHours, weekdayWeights } = options;
  return {
    kind: 'random',
    minMs,
    maxMs,
    seed: parseSeed(options.seed ?? '', at('seed')),
    ...(activeHours === undefined
      ? {}
      : { activeHours: parseHours(activeHours, at('activeHours')) }),
    ...(weekdayWeights === undefined
      ? {}
      : { weekdayWeights: parseWeights(weekdayWeights, at('weekdayWeights')) }),
  };
}

function parseSeed(input: unknown, field: string): string {
  const seed = typeof input === 'number' ? String(input) : input;
  if (typeof seed === 'string' && seed.length <= SEED_CHARACTERS_MAX) return seed;
  return refuse({
    field,
    value: input,
    reason: `is no text of at most ${SEED_CHARACTERS_MAX} characters.`,
    remedy: 'Write a text or a number.',
  });
}

type Hours = { readonly from: string; readonly to: string };

const DAY_SECONDS = 86_400;

/** Ascending spans that do not touch; one over midnight is cut there. `24:00` ends a day. */
function parseHours(input: unknown, field: string): readonly Hours[] {
  const spans: { from: number; to: number }[] = [];
  for (const [entry, place] of listOf(input, field)) {
    const [from, to] = spanOf(entry, place);
    if (to > from) spans.push({ from, to });
    else spans.push({ from, to: DAY_SECONDS }, ...(to > 0 ? [{ from: 0, to }] : []));
  }
  const merged: { from: number; to: number }[] = [];
  for (const span of spans.sort((left, right) => left.from - right.from)) {
    const last = merged[merged.length - 1];
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push({ ...span });
  }
  return merged.map(({ from, to }) => ({ from: hourText(from), to: hourText(to) }));
}

function hourText(seconds: number): string {
  return seconds === DAY_SECONDS ? '24:00' : formatTimeOfDay(seconds);
}

function spanOf(entry: unknown, field: string): readonly [number, number] {
  let [from, to]: unknown[] = [];
  if (typeof entry === 'string') [from, to] = entry.split(/\s*(?:\.\.|-|–)\s*/);
  else if (isInputObject(entry)) {
    checkKeys(entry, ['from', 'to'], { code: 'INVALID_TRIGGER', field, what: 'a span of hours' });
    ({ from, to } = entry);
  }
  const start = typeof from === 'string' ? parseTimeOfDay(from) : null;
  const end = to === '24:00' ? DAY_SECONDS : typeof to === 'string' ? parseTimeOfDay(to) : null;
  if (start !== null && end !== null && start !== end) return [start, end];
  return refuse({
    field,
    value: entry,
    reason: 'is no span of hours.',
    remedy: 'Write 08:00..22:00 or {from, to}.',
  });
}

function parseWeights(input: unknown, field: string): readonly number[] {
  const weights = isInputObject(input) ? weightsByName(input, field) : input;
  const valid =
    Array.isArray(weights) &&
    weights.length === 7 &&
    weights.every((weight) => typeof weight === 'number' && weight >= 0 && weight <= WEIGHT_MAX);
  if (valid && weights.some((weight) => weight > 0)) return weights as number[];
  return refuse({
    field,
    value: input,
    reason: `are not seven numbers from 0 to ${WEIGHT_MAX}, one above 0.`,
    remedy: 'Write Monday first, such as [1, 1, 1, 1, 1, 0, 0].',
  });
}

function weightsByName(input: InputObject, field: string): readonly unknown[] {
  const weights: unknown[] = [1, 1, 1, 1, 1, 1, 1];
  for (const [name, weight] of Object.entries(input)) {
    const weekday = parseWeekday(name);
    if (weekday === null) {
      const place = joinField(field, name);
      refuse({
        field: place,
        value: weight,
        reason: 'is no weekday.',
        remedy: 'Write mon to sun.',
      });
    } else weights[weekday - 1] = weight;
  }
  return weights;
}
