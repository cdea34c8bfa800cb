import { isInputObject, joinField } from './check-keys.ts';
import { type ErrorCode, TickworkError } from './errors.ts';

/** The longest text that a trigger, a policy or a calendar may hold, keys included. */
export const TEXT_CHARACTERS_MAX = 10_000;
/** Longer lists are refused by whoever reads them, before they look at an entry. */
const MEMBERS_MAX = 10_000;
const DEPTH_MAX = 32;

/**
 * Refuses what holds a text of more than `TEXT_CHARACTERS_MAX` characters, so that whoever cuts
 * texts into parts or matches them does so with short ones only; and lists with holes, which
 * `map` and its like would step over in silence. Throws `code`.
 */
export function refuseUnreadable(
  input: unknown,
  place: { readonly code: ErrorCode; readonly field: string },
  depth = 0,
): void {
  if (typeof input === 'string' && input.length > TEXT_CHARACTERS_MAX) tooLong(input, place);
  if (depth === DEPTH_MAX) return;
  if (Array.isArray(input)) {
    const members = Math.min(input.length, MEMBERS_MAX);
    for (let i = 0; i < members; i++) {
      if (input[i] === undefined) hole(joinField(place.field, i), place.code);
      refuseUnreadable(input[i], { ...place, field: joinField(place.field, i) }, depth + 1);
    }
  } else if (isInputObject(input)) {
    for (const [key, member] of Object.entries(input)) {
      if (key.length > TEXT_CHARACTERS_MAX) tooLong(key, place);
      refuseUnreadable(member, { ...place, field: joinField(place.field, key) }, depth + 1);
    }
  }
}

function hole(field: string, code: ErrorCode): never {
  throw new TickworkError(code, {
    field,
    reason: 'is missing: the list has a hole.',
    remedy: 'Leave the entry out.',
  });
}

function tooLong(
  text: string,
  { code, field }: { readonly code: ErrorCode; readonly field: string },
): never {
  throw new TickworkError(code, {
    field,
    value: text,
    reason: `has ${text.length} characters; at most ${TEXT_CHARACTERS_MAX} are read.`,
    remedy: 'Write a list of shorter texts.',
  });
}
