import type { Trigger } from '../trigger.ts';
import { passedOn } from './passed-on.ts';

/** Ends the trigger after so many instants, by the count that the memory keeps. */
export function withLimit(inner: Trigger, runsMax: number | undefined): Trigger {
  if (runsMax === undefined) return inner;
  return {
    ...passedOn(inner),
    next: (after, memory) => (memory.fireCount >= runsMax ? null : inner.next(after, memory)),
  };
}
