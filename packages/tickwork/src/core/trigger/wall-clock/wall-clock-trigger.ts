import type { DstRule } from '../../time/dst-rule.ts';
import type { Instant } from '../../time/instant.ts';
import type { Zone } from '../../time/zone.ts';
import type { Locale, Trigger } from '../trigger.ts';
import { type CalendarRule, judgedReadings } from './calendar-days.ts';
import type { LocalReadings } from './local-readings.ts';
import { OpenHours } from './open-hours.ts';
import { ZoneSearch } from './zone-search.ts';

/** A kind whose instants are readings of a wall clock. */
export interface WallClockKind {
  readonly kind: string;
  readonly readings: LocalReadings;
  readonly zone: Zone;
  readonly dst: DstRule;
  readonly describe: (locale: Locale) => string;
}

/**
 * A trigger by the wall clock. Calendars and rolls judge and move the reading,
 * the date and time that somebody wrote; only what comes out of that meets the
 * clock changes of the zone. The other order would move a lost 02:30 to 03:00
 * first and keep it at 03:00 on a day that has a 02:30.
 */
export class WallClockTrigger implements Trigger {
  readonly kind: string;
  /** Only under calendars with excluded hours. */
  declare readonly excludes?: NonNullable<Trigger['excludes']>;
  readonly #hours: OpenHours;
  readonly #describe: (locale: Locale) => string;

  constructor(written: WallClockKind, rules: readonly CalendarRule[]) {
    const { kind, zone, dst, describe } = written;
    const readings = rules.reduce(judgedReadings, written.readings);
    const calendars = rules.map((rule) => rule.calendar).filter((each) => each.hasHours);
    this.kind = kind;
    const hours = new OpenHours(new ZoneSearch(readings, { zone, dst }), zone, calendars);
    this.#hours = hours;
    if (calendars.length > 0) this.excludes = (at) => hours.excludes(at);
    this.#describe = describe;
  }

  next(after: Instant): Instant | null {
    return this.#hours.next(after);
  }

  describe(locale: Locale): string {
    return this.#describe(locale);
  }
}
