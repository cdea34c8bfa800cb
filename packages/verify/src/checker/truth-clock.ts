/**
 * The store's clock as a function of true time, from the offsets a history names. The
 * system lets no clock run backwards, so a clock that is set back counts as standing still
 * until it has caught up: the function never decreases and can be inverted.
 */
export class TruthClock {
  /** Segment i begins at `t`, where the clock has reached `floor`. */
  readonly #segments: { readonly t: number; readonly offset: number; readonly floor: number }[] =
    [];

  /** `offsets` in the order of `t`; before the first one the offset is 0. */
  constructor(offsets: readonly { readonly t: number; readonly offsetMs: number }[]) {
    let floor = Number.NEGATIVE_INFINITY;
    let offset = 0;
    for (const change of offsets) {
      floor = Math.max(floor, change.t + offset);
      offset = change.offsetMs;
      this.#segments.push({ t: change.t, offset, floor });
    }
  }

  /** What the store's clock shows at a true time. */
  at(t: number): number {
    for (let i = this.#segments.length - 1; i >= 0; i--) {
      const segment = this.#segments[i];
      if (segment !== undefined && segment.t <= t)
        return Math.max(segment.floor, t + segment.offset);
    }
    return t;
  }

  /** By how much the clock was set in all, either way, in [from, to] (true times). */
  setMs(from: number, to: number): number {
    return this.#segments.reduce((sum, { t, offset }, i) => {
      const before = this.#segments[i - 1]?.offset ?? 0;
      return t >= from && t <= to ? sum + Math.abs(offset - before) : sum;
    }, 0);
  }

  /** True if the clock, set back, stood still at some moment of [from, to] (true times). */
  stoodStill(from: number, to: number): boolean {
    return this.#segments.some(({ t, offset, floor }, i) => {
      const until = Math.min(floor - offset, this.#segments[i + 1]?.t ?? Number.POSITIVE_INFINITY);
      return until > t && t <= to && until >= from;
    });
  }

  /** The first true time at which the store's clock shows `instant` or more. */
  truthOf(instant: number): number {
    let from = Number.NEGATIVE_INFINITY;
    let offset = 0;
    for (const segment of this.#segments) {
      const reached = instant - offset;
      if (reached < segment.t) return Math.max(from, reached);
      from = segment.t;
      offset = segment.offset;
    }
    return Math.max(from, instant - offset);
  }
}
