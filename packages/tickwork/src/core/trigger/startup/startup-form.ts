import { joinField } from '../../base/check-keys.ts';
import { type TriggerForm, wordOf } from '../form/form.ts';

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
