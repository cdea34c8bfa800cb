import { joinField } from '../../base/check-keys.ts';
import { formatDuration } from '../../time/duration.ts';
import { parseInstant } from '../../time/parse-instant.ts';
import { dstOf, refuse, type TriggerForm } from '../form/form.ts';

/** Younger than this is still fired, as any other late instant within the misfire grace. */
export const ONCE_GRACE_MS = 1000;

export const onceForm: TriggerForm = {
  key: 'once',
  options: ['allowPast'],
  hasDst: true,
  parse(input, place) {
    const field = joinField(place.field, 'once');
    const at = parseInstant(input.once, { zone: place.zone, field, dst: dstOf(place) });
    const allowPast = input.allowPast ?? false;
    if (typeof allowPast !== 'boolean') {
      refuse({
        field: joinField(place.field, 'allowPast'),
        value: allowPast,
        reason: 'is neither true nor false.',
        remedy: 'Write true or leave it out.',
      });
    }
    if (!allowPast && at < place.now - ONCE_GRACE_MS) {
      const ago = formatDuration(Math.floor((place.now - at) / 1000) * 1000);
      refuse(
        {
          field,
          value: input.once,
          reason: `lies ${ago} in the past.`,
          remedy: 'Write a later date-time, or `allowPast: true` to run it at once.',
        },
        'RUN_AT_PAST',
      );
    }
    return [allowPast === true ? { kind: 'once', at, allowPast } : { kind: 'once', at }];
  },
};
