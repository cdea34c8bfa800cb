import { type ErrorCode, TickworkError } from '../base/errors.ts';
import type { Json } from '../base/json.ts';
import { jsonOf } from '../base/json-of.ts';

/** A copy of a value as JSON keeps it, see `jsonOf`. Throws `code` naming the part that is not. */
export function requireJson(value: unknown, field: string, code: ErrorCode): Json {
  const outcome = jsonOf(value);
  if (outcome.ok) return outcome.json;
  const { part, reason, remedy } = outcome;
  const joint = part === '' || part.startsWith('[') ? '' : '.';
  throw new TickworkError(code, { field: `${field}${joint}${part}`, reason, remedy });
}
