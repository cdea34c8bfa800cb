import { joinField } from '../../base/check-keys.ts';
import { listOf, type TriggerForm, textOf, wordOf } from '../form/form.ts';

const JOB_NAME_CHARACTERS_MAX = 200;

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
