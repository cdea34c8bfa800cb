import type { Json } from '../core/base/json.ts';

/** The largest result or progress value that is kept, in bytes of its JSON text (UTF-8). */
export const RESULT_BYTES_MAX = 256 * 1024;

export type JsonOutcome =
  | { readonly ok: true; readonly json: Json }
  | { readonly ok: false; readonly reason: string };

/**
 * What a value is as JSON, as a copy of its own: `undefined` becomes `null`, absent and
 * `undefined` properties are left out, and a `toJSON` (as of Date) is obeyed. Everything
 * that JSON would lose in silence is refused with the reason and the name of the key:
 * NaN, infinities, bigints, functions, symbols, `undefined` in an array, Map, Set, circles,
 * and texts of more than 256 KiB.
 */
export function jsonOf(value: unknown): JsonOutcome {
  if (value === undefined) return { ok: true, json: null };
  // A lower bound of the size ends the walk through a huge value early.
  let lengthMin = 0;
  function check(this: unknown, key: string, item: unknown): unknown {
    const reason = refusalOf(item, Array.isArray(this));
    if (reason !== null) throw new Refusal(key === '' ? reason : `at key "${key}": ${reason}`);
    lengthMin += key.length + (typeof item === 'string' ? item.length : 1);
    if (lengthMin > RESULT_BYTES_MAX) throw new Refusal(tooLarge);
    return item;
  }
  let text: string | undefined;
  try {
    text = JSON.stringify(value, check);
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
  if (text === undefined) return { ok: true, json: null };
  if (Buffer.byteLength(text) > RESULT_BYTES_MAX) return { ok: false, reason: tooLarge };
  return { ok: true, json: JSON.parse(text) as Json };
}

const tooLarge = `it is larger than ${RESULT_BYTES_MAX / 1024} KiB as JSON`;

class Refusal extends Error {}

function refusalOf(item: unknown, isInArray: boolean): string | null {
  switch (typeof item) {
    case 'number':
      return Number.isFinite(item) ? null : `${item} is no JSON value`;
    case 'bigint':
      return 'a bigint is no JSON value; give a string or a number';
    case 'function':
      return 'a function is no JSON value';
    case 'symbol':
      return 'a symbol is no JSON value';
    case 'undefined':
      return isInArray ? 'undefined in an array is no JSON value; use null' : null;
    case 'object':
      if (item instanceof Map) return 'a Map is no JSON value; use Object.fromEntries';
      if (item instanceof Set) return 'a Set is no JSON value; spread it into an array';
      return null;
    case 'string':
    case 'boolean':
      return null;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof RangeError) {
    return error.message.includes('call stack') ? 'it is nested too deeply for JSON' : tooLarge;
  }
  // The engine's message about a circle goes on over several lines.
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? message;
}
