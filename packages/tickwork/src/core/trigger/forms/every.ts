import type { InputObject } from '../../model/check-keys.ts';
import { joinField } from '../../model/check-keys.ts';
import { formatDuration, parseDuration } from '../../time/duration.ts';
import type { DurationMs } from '../../time/instant.ts';
import { parseInstant } from '../../time/parse-instant.ts';
import type { TriggerSpec } from '../spec.ts';
import { type FormPlace, refuse, type TriggerForm, textOf, wordOf } from './form.ts';

/** Shorter intervals cost more in planning than they are worth; loops belong into a task. */
export const EVERY_MS_MIN: DurationMs = 10;

export const everyForm: TriggerForm = {
  key: 'every',
  options: ['from', 'anchor', 'phase'],
  hasDst: false,
  parse(input, place) {
    const at = (key: string) => joinField(place.field, key);
    const everyMs = parseEveryMs(input.every, at('every'));
    const from = wordOf(input.from ?? 'start', at('from'), ['start', 'end']);
    if (from === 'start') return [interval(everyMs, input, place)];
    for (const key of ['anchor', 'phase']) {
      if (input[key] === undefined) continue;
      refuse({
        field: at(key),
        value: input[key],
        reason: 'means nothing with `from: end`.',
        remedy: 'Leave one of the two out.',
      });
    }
    return [{ kind: 'fixed-delay', delayMs: everyMs }];
  },
};

export function parseEveryMs(input: unknown, field: string): DurationMs {
  const text = textOf(typeof input === 'number' ? String(input) : input, field, 64);
  return parseDuration(text, { field, minMs: EVERY_MS_MIN });
}

function interval(everyMs: DurationMs, input: InputObject, place: FormPlace): TriggerSpec {
  const at = (key: string) => joinField(place.field, key);
  const { anchor, phase } = input;
  if (anchor !== undefined && phase !== undefined) {
    refuse({
      field: at('phase'),
      value: phase,
      reason: 'stands beside `anchor`.',
      remedy: 'Leave one of the two out.',
    });
  }
  if (phase !== undefined) {
    const phaseMs = parseDuration(textOf(phase, at('phase'), 64), { field: at('phase') });
    if (phaseMs >= everyMs) {
      refuse({
        field: at('phase'),
        value: phase,
        reason: 'is not shorter than the interval.',
        remedy: `Write a phase below ${formatDuration(everyMs)}.`,
      });
    }
    return { kind: 'interval', everyMs, anchorAt: phaseMs };
  }
  if (anchor !== undefined) {
    const anchorAt = parseInstant(anchor, { zone: place.zone, field: at('anchor') });
    return { kind: 'interval', everyMs, anchorAt };
  }
  if (place.startAt !== null) return { kind: 'interval', everyMs, anchorAt: place.startAt };
  return { kind: 'interval', everyMs };
}
