import type { Json } from '../../core/base/json.ts';

/** JSON as stored: `null` for the absence of a value, never the text `null`. */
export function jsonText(value: Json): string | null {
  return value === null ? null : JSON.stringify(value);
}

export function jsonValue(text: string | null): Json {
  return text === null ? null : (JSON.parse(text) as Json);
}
