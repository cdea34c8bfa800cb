import { closestWord } from './closest-word.ts';
import { type ErrorCode, TickworkError } from './errors.ts';

/** An object that came from outside: JSON, YAML or a caller's literal. */
export type InputObject = Readonly<Record<string, unknown>>;

/** True for plain objects: not `null`, no list, no date. */
export function isInputObject(value: unknown): value is InputObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Refuses keys that are not `known`, with the nearest known one as the remedy.
 * Keys whose value is `undefined` count as absent. `field` is the place of the
 * object, as the user wrote it; `''` at the top. Throws `code`.
 */
export function checkKeys(
  input: InputObject,
  known: readonly string[],
  place: { readonly code: ErrorCode; readonly field: string; readonly what: string },
): void {
  for (const key of Object.keys(input)) {
    if (input[key] === undefined || known.includes(key)) continue;
    const meant = closestWord(key, known);
    throw new TickworkError(place.code, {
      field: joinField(place.field, key),
      value: input[key],
      reason: `is no option of ${place.what}.`,
      remedy: meant === null ? `Options are ${known.join(', ')}.` : `Did you mean \`${meant}\`?`,
    });
  }
}

/** `jobs.backup` and `every` make `jobs.backup.every`; a number makes `jobs[3]`. */
export function joinField(field: string, key: string | number): string {
  if (typeof key === 'number') return `${field}[${key}]`;
  return field === '' ? key : `${field}.${key}`;
}
