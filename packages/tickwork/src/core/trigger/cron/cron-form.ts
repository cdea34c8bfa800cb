import { joinField } from '../../base/check-keys.ts';
import type { CronSpec, TriggerSpec } from '../../model/trigger-spec.ts';
import {
  ENTRIES_MAX,
  type FormPlace,
  refuse,
  type TriggerForm,
  textOf,
  wordOf,
} from '../form/form.ts';
import { EVERY_MS_MIN } from '../form/length.ts';
import { cronCompilerOf } from './cron-compiler.ts';
import { parseEvery } from './every.ts';
import { takeZonePrefix } from './zone-prefix.ts';

export const cronForm: TriggerForm = {
  key: 'cron',
  options: ['dialect'],
  hasDst: true,
  parse(input, place) {
    const field = joinField(place.field, 'cron');
    const dialect = wordOf(input.dialect ?? 'standard', joinField(place.field, 'dialect'), [
      'standard',
      'quartz',
    ]);
    const given = input.cron;
    if (!Array.isArray(given)) return [parseOne(given, field, dialect, place)];
    if (given.length === 0 || given.length > ENTRIES_MAX) {
      refuse({
        field,
        value: given.length,
        reason: 'is no list of expressions.',
        remedy: 'Write one.',
      });
    }
    return given.map((text: unknown, i) => parseOne(text, joinField(field, i), dialect, place));
  },
};

function parseOne(
  input: unknown,
  field: string,
  dialect: CronSpec['dialect'],
  place: FormPlace,
): TriggerSpec {
  const text = textOf(input, field, 256);
  const every = parseEvery(text, field);
  if (every !== null) {
    if (every.everyMs < EVERY_MS_MIN) {
      refuse({
        field,
        value: text,
        reason: `is shorter than ${EVERY_MS_MIN} ms.`,
        remedy: 'Write a longer interval.',
      });
    }
    return { kind: 'interval', everyMs: every.everyMs, anchorAt: every.phaseMs };
  }
  const prefix = takeZonePrefix({ field, text });
  const zone = prefix.zone === null ? place.zone : place.zones.get(prefix.zone, field);
  if (prefix.zone !== null && place.ownZone && zone.name !== place.zone.name) {
    refuse({
      field,
      value: text,
      reason: `names another zone than \`zone: ${place.zone.name}\`.`,
      remedy: 'Leave one of the two out.',
    });
  }
  const expression = text.slice(prefix.start).trim();
  const spec: CronSpec = { kind: 'cron', expression, zone: zone.name, dialect };
  const evaluator = cronCompilerOf(place.zones).compile(spec, { seed: '', field });
  return place.dst === null ? spec : { ...spec, dst: { ...evaluator.dst, ...place.dst } };
}
