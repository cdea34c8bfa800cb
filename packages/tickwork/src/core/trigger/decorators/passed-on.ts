import type { Trigger } from '../trigger.ts';

/** What a decorator that only chooses among the instants of `inner` leaves as it is. */
export function passedOn(inner: Trigger): Omit<Trigger, 'next'> {
  const { excludes } = inner;
  return {
    kind: inner.kind,
    ...(excludes === undefined ? {} : { excludes }),
    describe: (locale) => inner.describe(locale),
  };
}
