import type { Trigger } from '../trigger.ts';

/** Ends the trigger after so many instants, by the count that the memory keeps. */
export function withLimit(inner: Trigger, runsMax: number | undefined): Trigger {
  if (runsMax === undefined) return inner;
  return {
    kind: inner.kind,
    next: (after, memory) => (memory.fireCount >= runsMax ? null : inner.next(after, memory)),
    describe: (locale) => inner.describe(locale),
  };
}
