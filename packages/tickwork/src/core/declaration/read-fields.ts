import { checkKeys, isInputObject } from '../base/check-keys.ts';
import { TickworkError } from '../base/errors.ts';
import { parseDuration } from '../time/duration.ts';
import type { DurationMs } from '../time/instant.ts';

/** A plain object's fields, with the path to it for messages. */
export interface Fields {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Checks that `value` is a plain object with no other keys than `keys`. */
export function readFields(value: unknown, path: string, keys: readonly string[]): Fields {
  if (!isInputObject(value)) {
    return refuse(path, value, 'must be an object.', `Its keys are ${keys.join(', ')}.`);
  }
  checkKeys(value, keys, { code: 'INVALID_JOB', field: path, what: 'this object' });
  return { path, values: value };
}

/** One of a few words; `fallback` if the key is absent. */
export function readChoice<Choice extends string>(
  fields: Fields,
  key: string,
  choices: readonly Choice[],
  fallback: Choice,
): Choice {
  const value = fields.values[key];
  if (value === undefined) return fallback;
  if (choices.includes(value as Choice)) return value as Choice;
  return refuse(pathOf(fields, key), value, `is none of ${choices.join(', ')}.`);
}

/** A number in [min, max], whole unless `fraction`. */
export function readNumber(
  fields: Fields,
  key: string,
  bounds: { readonly min: number; readonly max: number; readonly fraction?: boolean },
  fallback: number,
): number {
  const value = fields.values[key];
  if (value === undefined) return fallback;
  const { min, max, fraction = false } = bounds;
  const fits = typeof value === 'number' && value >= min && value <= max;
  if (fits && (fraction || Number.isInteger(value))) return value;
  const kind = fraction ? 'a number' : 'a whole number';
  return refuse(pathOf(fields, key), value, `must be ${kind} from ${min} to ${max}.`);
}

/** A duration: text with units, or a number of milliseconds. */
export function readDuration(
  fields: Fields,
  key: string,
  fallback: DurationMs,
  minMs: DurationMs = 0,
): DurationMs {
  const value = fields.values[key];
  return value === undefined ? fallback : durationOf(value, pathOf(fields, key), minMs);
}

export function durationOf(value: unknown, path: string, minMs: DurationMs = 0): DurationMs {
  if (typeof value !== 'string' && typeof value !== 'number') {
    return refuse(path, value, 'must be a duration.', 'Write 500ms, 30s, 5m or 1h30m.');
  }
  return parseDuration(value, { field: path, bareUnit: 'ms', minMs });
}

export function pathOf(fields: Fields, key: string): string {
  return fields.path === '' ? key : `${fields.path}.${key}`;
}

export function refuse(field: string, value: unknown, reason: string, remedy?: string): never {
  throw new TickworkError('INVALID_JOB', {
    field,
    value,
    reason,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
