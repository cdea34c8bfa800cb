import type { DstRule } from '../../time/dst-rule.ts';
import { INSTANT_END, INSTANT_MIN, type Instant } from '../../time/instant.ts';
import type { Zone } from '../../time/zone.ts';
import type { LocalReadings } from './local-readings.ts';

/**
 * The instants at which the clock of a zone shows one of the readings.
 *
 * The search runs on the wall clock, which the zone's clock changes cut into
 * segments of constant offset. Each question starts in the segment of the
 * instant asked for, finds the next reading as if that offset held for ever, and
 * then walks over the segments up to it. Three things can happen at a clock
 * change on the way: the reading lies in the gap (it fires at the end of the
 * gap, or is passed over), the change repeats readings (which are looked at
 * again where the rule wants both copies or the last), or neither, and the
 * reading found stays good.
 *
 * Bound: the segments of the zone, looked at once each, and one question to the
 * readings for each that has some.
 */
export class ZoneSearch {
  /** How many segments all questions so far have stepped over; for tests of the bound. */
  steps = 0;
  readonly #readings: LocalReadings;
  readonly #zone: Zone;
  readonly #gapAfter: boolean;
  readonly #first: boolean;
  readonly #last: boolean;

  constructor(readings: LocalReadings, place: { readonly zone: Zone; readonly dst: DstRule }) {
    this.#readings = readings;
    this.#zone = place.zone;
    this.#gapAfter = place.dst.gap === 'after';
    this.#first = place.dst.overlap === 'first';
    this.#last = place.dst.overlap === 'last';
  }

  /**
   * The first instant strictly later than `after` (epoch ms, UTC), or `null` if
   * there is none from 1970 to the end of 2199. Never throws.
   */
  next(after: Instant): Instant | null {
    const base = after >= INSTANT_MIN ? Math.floor(after / 1000) * 1000 : INSTANT_MIN - 1000;
    if (base >= INSTANT_END) return null;
    const { startAt, offsetMs } = this.#zone;
    let segment = this.#zone.segmentAt(base);
    let offset = offsetMs[segment] as number;
    let from = base + 1000 + offset;
    if (this.#first && segment > 0) {
      // The instant lies in the second copy of a repeated hour: pass over the rest of it.
      from = Math.max(from, (startAt[segment] as number) + (offsetMs[segment - 1] as number));
    }
    let local = this.#readings.atOrAfter(from);
    for (;;) {
      const end = segment + 1 < startAt.length ? (startAt[segment + 1] as number) : INSTANT_END;
      const isLast = segment + 1 >= startAt.length || end >= INSTANT_END;
      const nextOffset = isLast ? offset : (offsetMs[segment + 1] as number);
      const limit = end + (this.#last ? Math.min(offset, nextOffset) : offset);
      if (local < limit) return local - offset < INSTANT_END ? local - offset : null;
      if (isLast) return null;
      if (this.#gapAfter && local < end + nextOffset) return end;
      const start = end + (this.#first ? Math.max(offset, nextOffset) : nextOffset);
      if (start < from || local < start) {
        from = start;
        local = this.#readings.atOrAfter(start);
      }
      segment++;
      this.steps++;
      offset = nextOffset;
    }
  }
}
