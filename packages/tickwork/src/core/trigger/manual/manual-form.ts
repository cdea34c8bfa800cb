import { joinField } from '../../base/check-keys.ts';
import { refuse, type TriggerForm } from '../form/form.ts';

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
