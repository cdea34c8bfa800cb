import type { DstRule } from './dst-rule.ts';
import type { DurationMs, Instant } from './instant.ts';
import type { ZoneTransitions } from './zone-data.ts';

/**
 * A reading of the wall clock: milliseconds from 1970-01-01T00:00 to it as if
 * the zone were UTC. `Math.floor(local / DAY_MS)` is the day number of the date.
 */
export type LocalMs = number;

/** Where a reading of the wall clock lies on the line of time. */
export type LocalPlace =
  /** It is shown exactly once. */
  | { readonly kind: 'once'; readonly at: Instant }
  /** It is never shown; `at` is the first instant after the gap. */
  | { readonly kind: 'gap'; readonly at: Instant }
  /** It is shown twice. */
  | { readonly kind: 'overlap'; readonly first: Instant; readonly last: Instant };

const NO_INSTANTS: readonly Instant[] = [];

/**
 * A time zone: its clock changes with the questions that schedules ask. Between
 * two changes (a *segment*) the offset is constant. Questions come in rising
 * order nearly always, so the last segment is remembered and looked at first;
 * else binary search. Pure apart from that memory.
 */
export class Zone {
  /** The canonical IANA name. */
  readonly name: string;
  /** The first instant of each segment, ascending; the first is `-Infinity`. */
  readonly startAt: Float64Array;
  /** What the wall clock is ahead of UTC in each segment. */
  readonly offsetMs: Float64Array;
  #last = 0;

  constructor(transitions: ZoneTransitions) {
    this.name = transitions.name;
    this.startAt = transitions.startAt;
    this.offsetMs = transitions.offsetMs;
  }

  /** How many segments the zone has: one more than it has clock changes. */
  get segmentCount(): number {
    return this.startAt.length;
  }

  /** The index of the segment that holds `at`. */
  segmentAt(at: Instant): number {
    const last = this.#last;
    if (at >= this.#startOf(last)) {
      if (at < this.#startOf(last + 1)) return last;
      if (at < this.#startOf(last + 2)) {
        this.#last = last + 1;
        return last + 1;
      }
    }
    let low = 0;
    let high = this.startAt.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#startOf(middle) <= at) low = middle;
      else high = middle;
    }
    this.#last = low;
    return low;
  }

  /** What the wall clock is ahead of UTC at an instant. */
  offsetAt(at: Instant): DurationMs {
    return this.offsetMs[this.segmentAt(at)] ?? 0;
  }

  /** What the wall clock shows at an instant. */
  localAt(at: Instant): LocalMs {
    return at + this.offsetAt(at);
  }

  /** Where a reading of the wall clock lies on the line of time. */
  placeOf(local: LocalMs): LocalPlace {
    // The segment by the reading taken as UTC is off by at most one clock
    // change: offsets stay below a day and segments last for days.
    const guess = this.segmentAt(local);
    let first: Instant | null = null;
    for (let i = Math.max(0, guess - 1); i <= guess + 1 && i < this.startAt.length; i++) {
      const at = local - (this.offsetMs[i] ?? 0);
      if (at < this.#startOf(i) || at >= this.#startOf(i + 1)) continue;
      if (first !== null) return { kind: 'overlap', first, last: at };
      first = at;
    }
    if (first !== null) return { kind: 'once', at: first };
    return { kind: 'gap', at: this.#gapEnd(local, guess) };
  }

  /**
   * The instants at which work for a reading of the wall clock is due,
   * ascending: none, one or two, as `rule` says of lost and repeated readings.
   */
  instantsOf(local: LocalMs, rule: DstRule): readonly Instant[] {
    const place = this.placeOf(local);
    switch (place.kind) {
      case 'once':
        return [place.at];
      case 'gap':
        return rule.gap === 'after' ? [place.at] : NO_INSTANTS;
      case 'overlap':
        if (rule.overlap === 'both') return [place.first, place.last];
        return [rule.overlap === 'first' ? place.first : place.last];
      default:
        return place satisfies never;
    }
  }

  /** The first clock change strictly later than `after`, or `null`. */
  nextChange(after: Instant): Instant | null {
    const next = this.startAt[this.segmentAt(after) + 1];
    return next ?? null;
  }

  #gapEnd(local: LocalMs, guess: number): Instant {
    for (let i = Math.max(1, guess - 1); i <= guess + 1 && i < this.startAt.length; i++) {
      const start = this.#startOf(i);
      const lostFrom = start + (this.offsetMs[i - 1] ?? 0);
      const lostTo = start + (this.offsetMs[i] ?? 0);
      if (local >= lostFrom && local < lostTo) return start;
    }
    return local - (this.offsetMs[guess] ?? 0);
  }

  #startOf(segment: number): Instant {
    return this.startAt[segment] ?? Number.POSITIVE_INFINITY;
  }
}
