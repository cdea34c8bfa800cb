import type { Zone } from '../../time/zone.ts';
import type { Trigger } from '../trigger.ts';
import type { CalendarRule } from '../wall-clock/calendar-days.ts';
import { passedOn } from './passed-on.ts';

/** A calendar, and the zone whose clock it reads for kinds that have none. */
export interface PlacedRule extends CalendarRule {
  readonly zone: Zone;
}

/**
 * A search gives up after this many excluded instants in a row. Each one lets the
 * search jump to the next admitted moment, so that these are at least as many
 * separate exclusions: 19 years of a weekly trigger that meets only days off.
 */
const EXCLUDED_MAX = 1000;

/** Drops the instants that the calendar excludes: what has no time of day cannot roll. */
export function withCalendarSkip(inner: Trigger, { calendar, zone }: PlacedRule): Trigger {
  return {
    ...passedOn(inner),
    next(after, memory) {
      let from = after;
      for (let i = 0; i < EXCLUDED_MAX; i++) {
        const at = inner.next(from, memory);
        if (at === null || calendar.admits(zone.localAt(at))) return at;
        const admitted = calendar.nextAdmitted(zone.localAt(at));
        if (admitted === null) return null;
        const place = zone.placeOf(admitted);
        const admittedAt = place.kind === 'overlap' ? place.first : place.at;
        from = Math.max(at, admittedAt - 1);
      }
      return null;
    },
  };
}
