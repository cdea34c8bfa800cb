import type { Trigger } from '../trigger.ts';
import { passedOn } from './passed-on.ts';

/** Ends the trigger after a number of instants, by the count in its memory. */
export function withLimit(inner: Trigger, runsMax: number | undefined): Trigger {
  if (runsMax === undefined) return inner;
  return {
    ...passedOn(inner),
    next: (after, memory) => (memory.fireCount >= runsMax ? null : inner.next(after, memory)),
  };
}
