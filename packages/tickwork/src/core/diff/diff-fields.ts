import type { Json, JsonObject } from '../base/json.ts';
import { jsonEquals } from '../base/json-equals.ts';
import type { JobDefinition } from '../model/job.ts';

/** These are compared part by part, the others as a whole. */
const DEEP: ReadonlySet<string> = new Set(['', 'policies']);

/** The parts of a definition that differ: `['trigger', 'policies.retry']`. */
export function diffFields(before: JobDefinition, after: JobDefinition): readonly string[] {
  return differing(before as unknown as JsonObject, after as unknown as JsonObject, '');
}

function differing(before: JsonObject, after: JsonObject, path: string): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    const place = path === '' ? key : `${path}.${key}`;
    const [a, b] = [before[key], after[key]];
    if (a === undefined || b === undefined) return a === b ? [] : [place];
    if (jsonEquals(a, b)) return [];
    return DEEP.has(place) && isObject(a) && isObject(b) ? differing(a, b, place) : [place];
  });
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
