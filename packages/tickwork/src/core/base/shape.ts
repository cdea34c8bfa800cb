import { checkKeys, isInputObject, joinField } from './check-keys.ts';
import { TickworkError } from './errors.ts';

/**
 * The shapes of arguments, checked where a public call begins: a wrong argument is refused with
 * INVALID_INPUT, its field, what stands there and what may. What a text or a number *means* (a
 * zone, a duration, an instant) is checked by whoever reads it.
 */
export type Check = (value: unknown, field: string) => void;

const TEXT_CHARACTERS_MAX = 10_000;
const LIST_LENGTH_MAX = 1_000_000;

/** Absent or `undefined` passes. */
export function optional(check: Check): Check {
  return (value, field) => {
    if (value !== undefined) check(value, field);
  };
}

export function orNull(check: Check): Check {
  return (value, field) => {
    if (value !== null) check(value, field);
  };
}

/** Anything: it is checked elsewhere. */
export const anything: Check = () => {};

/** Anything but `undefined`: a list of inputs has no holes. */
export const present: Check = (value, field) => {
  if (value === undefined) refuse(field, value, 'is missing.', 'Write null for an empty input.');
};

/** A well-formed text of 1 (or `min`) to `max` characters. */
export function text({ min = 1, max = TEXT_CHARACTERS_MAX } = {}): Check {
  return (value, field) => {
    const fits = typeof value === 'string' && value.length >= min && value.length <= max;
    if (!fits) refuse(field, value, `must be a text of ${min} to ${max} characters.`);
    if (!value.isWellFormed()) refuse(field, value, 'contains half a character.');
  };
}

/** A whole number from `min` to `max`, both inclusive. */
export function whole(min: number, max: number): Check {
  return (value, field) => {
    const fits = Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
    if (!fits) refuse(field, value, `must be a whole number from ${min} to ${max}.`);
  };
}

export const flag: Check = (value, field) => {
  if (typeof value !== 'boolean') refuse(field, value, 'must be true or false.');
};

export const callable: Check = (value, field) => {
  if (typeof value !== 'function') refuse(field, value, 'must be a function.');
};

/** Epoch milliseconds, a `Date` or a text; what it means is read later. */
export const instant: Check = (value, field) => {
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  if (isNumber || typeof value === 'string' || value instanceof Date) return;
  refuse(field, value, 'must be epoch milliseconds, a Date or a date-time text.');
};

/** Epoch milliseconds alone, where no zone could tell what a text means. */
export const epochMs: Check = (value, field) => {
  if (typeof value === 'number' && Number.isFinite(value)) return;
  refuse(field, value, 'must be epoch milliseconds.', 'Write date.getTime() of a Date.');
};

/** A number that is not negative and not endless. */
export const amount: Check = (value, field) => {
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return;
  refuse(field, value, 'must be a number of at least 0.');
};

/** Milliseconds or a text such as `30s`; what it means is read later. */
export const duration: Check = (value, field) => {
  if (typeof value === 'number' || typeof value === 'string') return;
  refuse(field, value, 'must be a duration.', 'Write 500ms, 30s, 5m or 1h30m.');
};

export function oneOf(words: readonly string[]): Check {
  return (value, field) => {
    if (words.includes(value as string)) return;
    refuse(field, value, 'is not known here.', `Write one of ${words.join(', ')}.`);
  };
}

/** A list without holes. */
export function listOf(check: Check, { min = 0, max = LIST_LENGTH_MAX } = {}): Check {
  return (value, field) => {
    if (!Array.isArray(value)) return refuse(field, value, 'must be a list.');
    if (value.length < min || value.length > max) {
      refuse(field, value.length, `must have ${min} to ${max} entries.`);
    }
    // Not `forEach`, which leaves holes out.
    for (let i = 0; i < value.length; i++) check(value[i], joinField(field, i));
  };
}

/** An object whose keys are free. */
export function recordOf(check: Check): Check {
  return (value, field) => {
    if (!isInputObject(value)) return refuse(field, value, 'must be an object.');
    for (const [key, item] of Object.entries(value)) check(item, joinField(field, key));
  };
}

/** One check for each member of `Shape`: none can be forgotten, and none is too many. */
export type ChecksOf<Shape> = { readonly [Key in keyof Required<Shape>]: Check };

/** A plain object with these keys and no others. `what` names it: `a source`. */
export function shape<Shape>(what: string, checks: ChecksOf<Shape>): Check {
  return (value, field) => checkMembers(what, checks, value, { field, prefix: field });
}

/** The options of a call: like `shape`, but its members are named without the argument's name. */
export function optionsOf<Shape>(what: string, checks: ChecksOf<Shape>): Check {
  return (value, field) => checkMembers(what, checks, value, { field, prefix: '' });
}

function checkMembers(
  what: string,
  checks: Readonly<Record<string, Check>>,
  value: unknown,
  { field, prefix }: { readonly field: string; readonly prefix: string },
): void {
  const keys = Object.keys(checks);
  if (!isInputObject(value)) {
    refuse(field, value, 'must be an object.', `Its keys are ${keys.join(', ')}.`);
  }
  checkKeys(value, keys, { code: 'INVALID_INPUT', field: prefix, what });
  for (const key of keys) checks[key]?.(value[key], joinField(prefix, key));
}

/** True for objects that have all these methods: what a port asks for. */
export function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const object = value as Readonly<Record<string, unknown>>;
  return names.every((name) => typeof object[name] === 'function');
}

/** What is `undefined` is missing, whatever else would be wrong with it. */
export function refuse(field: string, value: unknown, reason: string, remedy?: string): never {
  const missing = reason.startsWith('must') ? `is missing: it ${reason}` : 'is missing.';
  const detail = value === undefined ? { field, reason: missing } : { field, value, reason };
  throw new TickworkError('INVALID_INPUT', remedy === undefined ? detail : { ...detail, remedy });
}
