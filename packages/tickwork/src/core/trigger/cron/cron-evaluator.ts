import type { DstRule } from '../../time/dst-rule.ts';
import type { Instant } from '../../time/instant.ts';
import { INSTANT_END, INSTANT_MIN } from '../../time/instant.ts';
import type { Zone } from '../../time/zone.ts';
import type { Locale } from '../trigger.ts';
import type { LocalReadings } from '../wall-clock/local-readings.ts';
import { ZoneSearch } from '../wall-clock/zone-search.ts';
import type { CronExpression } from './cron-expression.ts';
import type { CronMasks } from './cron-masks.ts';
import { describeCron } from './describe-cron.ts';
import { LocalSearch } from './local-search.ts';

/** Whether the hour field counts hours (`*`, every hour) or names times of the day. */
export type HourKind = 'interval-like' | 'time-of-day';

/** What happens at clock changes unless the job says otherwise. */
export const DST_BY_HOUR_KIND: Readonly<Record<HourKind, DstRule>> = {
  'time-of-day': { gap: 'after', overlap: 'first' },
  'interval-like': { gap: 'skip', overlap: 'both' },
};

/**
 * The instants of one expression in one zone.
 *
 * Forwards `ZoneSearch` asks; backwards the same walk is done here. Bound: the
 * months of 230 years and the segments of the zone, looked at once each, and again
 * once per repeated hour; see `steps`.
 */
export class CronEvaluator {
  readonly expression: CronExpression;
  readonly zone: Zone;
  readonly hourKind: HourKind;
  readonly dst: DstRule;
  readonly #search: LocalSearch;
  readonly #forward: ZoneSearch;
  readonly #gapAfter: boolean;
  readonly #first: boolean;
  readonly #last: boolean;
  #segmentSteps = 0;

  constructor(
    expression: CronExpression,
    masks: CronMasks,
    place: { readonly zone: Zone; readonly dst: DstRule | null },
  ) {
    this.expression = expression;
    this.zone = place.zone;
    this.hourKind = masks.intervalLike ? 'interval-like' : 'time-of-day';
    this.dst = place.dst ?? DST_BY_HOUR_KIND[this.hourKind];
    this.#search = new LocalSearch(masks);
    this.#forward = new ZoneSearch(this.#search, this);
    this.#gapAfter = this.dst.gap === 'after';
    this.#first = this.dst.overlap === 'first';
    this.#last = this.dst.overlap === 'last';
  }

  /** How many months and segments all questions so far have looked at; for tests of the bound. */
  get steps(): number {
    return this.#search.steps + this.#forward.steps + this.#segmentSteps;
  }

  /** The readings that match, without zone. */
  get readings(): LocalReadings {
    return this.#search;
  }

  /**
   * The first instant strictly later than `after` (epoch ms, UTC), or `null` if
   * there is none from 1970 to the end of 2199. Never throws.
   */
  next(after: Instant): Instant | null {
    return this.#forward.next(after);
  }

  /**
   * The last instant strictly earlier than `before` (epoch ms, UTC), or `null`
   * if there is none from 1970 on. Never throws.
   */
  prev(before: Instant): Instant | null {
    const base =
      before <= INSTANT_END ? Math.ceil(before / 1000) * 1000 - 1000 : INSTANT_END - 1000;
    if (!(base >= INSTANT_MIN)) return null;
    const { startAt, offsetMs } = this.zone;
    let segment = this.zone.segmentAt(base);
    let offset = offsetMs[segment] as number;
    let from = Math.min(base + offset, this.#lastLocal(segment));
    let local = this.#search.atOrBefore(from);
    for (;;) {
      if (local === Number.NEGATIVE_INFINITY && segment === 0) return null;
      const start = segment > 0 ? (startAt[segment] as number) : Number.NEGATIVE_INFINITY;
      const earlier = segment > 0 ? (offsetMs[segment - 1] as number) : offset;
      const limit = start + (this.#first ? Math.max(offset, earlier) : offset);
      if (local >= limit) return local - offset >= INSTANT_MIN ? local - offset : null;
      if (start < INSTANT_MIN) return null;
      if (this.#gapAfter && offset > earlier && local >= start + earlier) return start;
      segment--;
      this.#segmentSteps++;
      offset = earlier;
      const last = this.#lastLocal(segment);
      if (last > from || local > last) {
        from = last;
        local = this.#search.atOrBefore(last);
      }
    }
  }

  /** True if the expression fires at `at`. */
  matches(at: Instant): boolean {
    return this.next(at - 1) === at;
  }

  /** False if no year has a matching date, as for 30 February. */
  firesAtAll(): boolean {
    return this.next(INSTANT_MIN - 1) !== null;
  }

  /** One sentence for people, without a final stop and without the zone. */
  describe(locale: Locale): string {
    return describeCron(this.expression, locale);
  }

  /** The last reading of a segment that may fire in it. */
  #lastLocal(segment: number): number {
    const { startAt, offsetMs } = this.zone;
    const offset = offsetMs[segment] as number;
    if (segment + 1 >= startAt.length) return INSTANT_END + offset - 1000;
    const next = offsetMs[segment + 1] as number;
    return (startAt[segment + 1] as number) + (this.#last ? Math.min(offset, next) : offset) - 1000;
  }
}
