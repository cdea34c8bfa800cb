import type { InputObject } from '../../base/check-keys.ts';
import { joinField } from '../../base/check-keys.ts';
import type { TriggerSpec } from '../../model/trigger-spec.ts';
import { formatDuration, parseDuration } from '../../time/duration.ts';
import type { DurationMs } from '../../time/instant.ts';
import { parseInstant } from '../../time/parse-instant.ts';
import { type FormPlace, refuse, type TriggerForm, textOf, wordOf } from '../form/form.ts';
import { parseLength } from '../form/length.ts';

export const everyForm: TriggerForm = {
  key: 'every',
  options: ['from', 'anchor', 'phase'],
  hasDst: false,
  parse(input, place) {
    const at = (key: string) => joinField(place.field, key);
    const everyMs = parseLength(input.every, at('every'));
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
