import { checkKeys, isInputObject, joinField } from '../../base/check-keys.ts';
import { refuse } from './form.ts';
import { parseTimes, splitDaysAndTimes } from './times.ts';

/** Days as they are written, with the times that belong to them. */
export interface DaysAt {
  readonly on: unknown;
  readonly onField: string;
  readonly times: readonly string[];
}

const ENTRIES_MAX = 100;

/** `mon 09:00`, `{on: 'mon', at: '09:00'}`, or a list of such. */
export function readDaysAt(input: unknown, field: string, what: string): readonly DaysAt[] {
  if (!Array.isArray(input)) return [readOne(input, field, what)];
  if (input.length === 0 || input.length > ENTRIES_MAX) {
    refuse({
      field,
      value: input.length,
      reason: `entries are not 1 to ${ENTRIES_MAX}.`,
      remedy: 'Name at least one day and time.',
    });
  }
  return input.map((entry: unknown, i) => readOne(entry, joinField(field, i), what));
}

function readOne(input: unknown, field: string, what: string): DaysAt {
  if (typeof input === 'string') {
    const { days, times } = splitDaysAndTimes(input, field);
    return { on: days, onField: field, times: parseTimes(times, field) };
  }
  if (!isInputObject(input)) {
    return refuse({
      field,
      value: input,
      reason: 'names no days and times.',
      remedy: 'Write a text such as `mon 09:00` or an object {on, at}.',
    });
  }
  checkKeys(input, ['on', 'at'], { code: 'INVALID_TRIGGER', field, what });
  const times = parseTimes(input.at, joinField(field, 'at'));
  return { on: input.on, onField: joinField(field, 'on'), times };
}
