/**
 * The clock changes of a zone as `Temporal` lists them, and where a reading of
 * the wall clock lies, by trying every segment near it. Slow and plain on
 * purpose: it shares nothing with the engine that it checks.
 */
export class OracleZone {
  readonly name: string;
  readonly #segments: readonly Segment[];
  #nearDay = Number.NaN;
  #nearSegments: readonly Segment[] = [];

  constructor(name: string) {
    this.name = name;
    this.#segments = listSegments(name);
  }

  /** The clock changes from `from` (inclusive) to `to`, with their size in ms. */
  changes(from: number, to: number): readonly { readonly at: number; readonly by: number }[] {
    const changes: { at: number; by: number }[] = [];
    this.#segments.forEach((segment, i) => {
      const former = this.#segments[i - 1];
      if (former === undefined || segment.from < from || segment.from >= to) return;
      changes.push({ at: segment.from, by: segment.offset - former.offset });
    });
    return changes;
  }

  offsetAt(at: number): number {
    return this.#near(at).find((segment) => at >= segment.from && at < segment.to)?.offset ?? 0;
  }

  /** Every instant at which the clock shows `local`, ascending. */
  instantsOf(local: number): number[] {
    const found: number[] = [];
    for (const segment of this.#near(local)) {
      const at = local - segment.offset;
      if (at >= segment.from && at < segment.to) found.push(at);
    }
    return found;
  }

  /** The first instant after the gap that swallows `local`. */
  gapEnd(local: number): number {
    const near = this.#near(local);
    for (let i = 1; i < near.length; i++) {
      const before = near[i - 1] as Segment;
      const after = near[i] as Segment;
      if (local >= after.from + before.offset && local < after.from + after.offset) {
        return after.from;
      }
    }
    throw new Error(`no gap of ${this.name} holds ${new Date(local).toISOString()}`);
  }

  /** How far the clock jumps at most in the days around an instant. */
  jumpNear(at: number): number {
    const offsets = this.#near(at).map((segment) => segment.offset);
    return Math.max(...offsets) - Math.min(...offsets);
  }

  /** The segments that touch the four days around the day of an instant; the last day is kept. */
  #near(at: number): readonly Segment[] {
    const day = Math.floor(at / DAY);
    if (day !== this.#nearDay) {
      this.#nearDay = day;
      this.#nearSegments = this.#around(day * DAY);
    }
    return this.#nearSegments;
  }

  #around(at: number): readonly Segment[] {
    let low = 0;
    let high = this.#segments.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#segments[middle] as Segment).from <= at - NEAR) low = middle;
      else high = middle;
    }
    let end = low + 1;
    while (end < this.#segments.length && (this.#segments[end] as Segment).from < at + DAY + NEAR)
      end++;
    return this.#segments.slice(low, end);
  }
}

interface Segment {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

const DAY = 86_400_000;
const NEAR = 4 * DAY;
const FIRST = -30 * DAY;
const LAST = Date.UTC(2200, 1, 1);

function listSegments(name: string): readonly Segment[] {
  const segments: Segment[] = [];
  let from = Number.NEGATIVE_INFINITY;
  let moment = Temporal.Instant.fromEpochMilliseconds(FIRST).toZonedDateTimeISO(name);
  for (;;) {
    const offset = moment.offsetNanoseconds / 1e6;
    const change = moment.getTimeZoneTransition('next');
    const to = change === null ? Number.POSITIVE_INFINITY : change.epochMilliseconds;
    segments.push({ from, to, offset });
    if (change === null || to > LAST) return segments;
    from = to;
    moment = change;
  }
}
