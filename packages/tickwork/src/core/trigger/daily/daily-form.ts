import { checkKeys, isInputObject, joinField } from '../../base/check-keys.ts';
import { dstOf, type TriggerForm } from '../form/form.ts';
import { parseTimes } from '../form/times.ts';

export const dailyForm: TriggerForm = {
  key: 'daily',
  options: [],
  hasDst: true,
  parse(input, place) {
    const field = joinField(place.field, 'daily');
    const given = input.daily;
    if (isInputObject(given)) {
      checkKeys(given, ['at'], { code: 'INVALID_TRIGGER', field, what: 'a daily trigger' });
    }
    const times = isInputObject(given)
      ? parseTimes(given.at, joinField(field, 'at'))
      : parseTimes(given, field);
    return [{ kind: 'daily', times, zone: place.zone.name, every: 1, dst: dstOf(place) }];
  },
};
