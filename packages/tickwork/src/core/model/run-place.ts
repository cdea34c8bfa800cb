import { TickworkError } from '../base/errors.ts';

/** Where a page of runs ended: at the live or the finished run with this number. */
export interface RunPlace {
  readonly part: 'live' | 'finished';
  /** Grows in the order in which live runs were stored, and in which finished ones ended. */
  readonly seq: number;
}

/** The opaque form of a place, for `RunPage.next`. */
export function printRunPlace(place: RunPlace): string {
  return `${place.part}:${place.seq}`;
}

/** Reads what `printRunPlace` wrote. Throws INVALID_INPUT; a retry cannot help. */
export function parseRunPlace(text: string): RunPlace {
  const found = /^(live|finished):(\d{1,15})$/.exec(text);
  if (found !== null) return { part: found[1] as RunPlace['part'], seq: Number(found[2]) };
  throw new TickworkError('INVALID_INPUT', {
    field: 'after',
    value: text,
    reason: 'this is no place in a list of runs.',
    remedy: 'Pass `next` of the page before, or null for the first page.',
  });
}
