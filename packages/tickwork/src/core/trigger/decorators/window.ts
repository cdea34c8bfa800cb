import type { TriggerBounds } from '../../model/trigger-spec.ts';
import type { Instant } from '../../time/instant.ts';
import type { Trigger } from '../trigger.ts';
import { passedOn } from './passed-on.ts';

/** Lets through the instants from `startAt` to `endAt`, both inclusive. */
export function withWindow(inner: Trigger, { startAt, endAt }: TriggerBounds): Trigger {
  if (startAt === undefined && endAt === undefined) return inner;
  return {
    ...passedOn(inner),
    next(after, memory): Instant | null {
      const from = startAt === undefined ? after : Math.max(after, startAt - 1);
      const at = inner.next(from, memory);
      return at !== null && endAt !== undefined && at > endAt ? null : at;
    },
  };
}
