import type { Calendar } from '../../calendar/calendar.ts';
import { DAY_MS } from '../../time/civil.ts';
import type { Instant } from '../../time/instant.ts';
import type { Zone } from '../../time/zone.ts';
import type { ZoneSearch } from './zone-search.ts';

/** A calendar is asked again at most so often where two of them exclude different hours. */
const ROUNDS_MAX = 10;

/**
 * Keeps what a clock change moved out of excluded hours. Readings have met the
 * calendar before they met the zone, but the end of a gap is another time of
 * day than the one that was lost. It is moved on to the first moment of its day
 * that the hours leave open; if there is none it stays where it is and `excludes`
 * says that it must not be run. Excluded *days* have judged the lost reading
 * and do not count again.
 */
export class OpenHours {
  readonly #search: ZoneSearch;
  readonly #zone: Zone;
  readonly #calendars: readonly Calendar[];

  /** `calendars`: those that exclude hours. */
  constructor(search: ZoneSearch, zone: Zone, calendars: readonly Calendar[]) {
    this.#search = search;
    this.#zone = zone;
    this.#calendars = calendars;
  }

  /** The first instant strictly later than `after`, or `null`. */
  next(after: Instant): Instant | null {
    if (this.#calendars.length === 0) return this.#search.next(after);
    let best = this.#movedOver(after);
    let from = after;
    for (;;) {
      const at = this.#search.next(from);
      if (at === null || (best !== null && at >= best)) return best;
      const openAt = this.#openAt(at) ?? at;
      if (openAt === at) return at;
      best = best === null ? openAt : Math.min(best, openAt);
      from = at;
    }
  }

  /** True if `at` is the end of a gap, and excluded hours cover the rest of that day. */
  excludes(at: Instant): boolean {
    return this.#openAt(at) === null;
  }

  /** The earliest instant later than `after` that was moved from the end of an earlier gap. */
  #movedOver(after: Instant): Instant | null {
    const { startAt } = this.#zone;
    let best: Instant | null = null;
    for (let i = this.#zone.segmentAt(after); (startAt[i] ?? 0) > after - 2 * DAY_MS; i--) {
      const at = startAt[i] ?? 0;
      const openAt = this.#openAt(at);
      if (openAt === null || openAt <= after || (best !== null && openAt >= best)) continue;
      if (this.#search.next(at - 1) === at) best = openAt;
    }
    return best;
  }

  /** Where an instant of the search comes to lie; `null`: nowhere. */
  #openAt(at: Instant): Instant | null {
    const segment = this.#zone.segmentAt(at);
    const { startAt, offsetMs } = this.#zone;
    const offset = offsetMs[segment] ?? 0;
    if (startAt[segment] !== at || offset <= (offsetMs[segment - 1] ?? offset)) return at;
    const local = at + offset;
    let open = local;
    for (let i = 0; i < ROUNDS_MAX; i++) {
      const before = open;
      for (const calendar of this.#calendars) {
        const found = calendar.openFrom(open);
        if (found === null) return null;
        open = found;
      }
      if (open === before) break;
    }
    if (open === local) return at;
    const place = this.#zone.placeOf(open);
    return place.kind === 'overlap' ? place.first : place.at;
  }
}
