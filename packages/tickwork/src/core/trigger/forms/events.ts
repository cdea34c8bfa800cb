import { joinField } from '../../model/check-keys.ts';
import { listOf, refuse, type TriggerForm, textOf, wordOf } from './form.ts';

const JOB_NAME_CHARACTERS_MAX = 200;

/** `{ startup: true }`, `{ startup: 'node' }`. */
export const startupForm: TriggerForm = {
  key: 'startup',
  options: [],
  hasDst: false,
  parse(input, place) {
    const field = joinField(place.field, 'startup');
    const given = input.startup === true ? 'cluster' : input.startup;
    return [{ kind: 'startup', scope: wordOf(given, field, ['cluster', 'node']) }];
  },
};

/** `{ after: 'import', on: 'success' }`. */
export const afterForm: TriggerForm = {
  key: 'after',
  options: ['on'],
  hasDst: false,
  parse(input, place) {
    const field = joinField(place.field, 'after');
    const given = input.after;
    // A name may hold a comma, so that a text is one name.
    const entries = typeof given === 'string' ? [[given, field] as const] : listOf(given, field);
    const names = entries.map(([entry, at]) => textOf(entry, at, JOB_NAME_CHARACTERS_MAX));
    const on = wordOf(input.on ?? 'success', joinField(place.field, 'on'), [
      'success',
      'failure',
      'completion',
    ]);
    return [{ kind: 'after', jobs: [...new Set(names)], on }];
  },
};

/** `{ manual: true }`. */
export const manualForm: TriggerForm = {
  key: 'manual',
  options: [],
  hasDst: false,
  parse(input, place) {
    if (input.manual === true) return [{ kind: 'manual' }];
    return refuse({
      field: joinField(place.field, 'manual'),
      value: input.manual,
      reason: 'is not true.',
      remedy: 'Write `manual: true`.',
    });
  },
};
