import type { RandomSpec } from '../../model/trigger-spec.ts';
import { DAY_MS, weekdayOf } from '../../time/civil.ts';
import { parseTimeOfDay } from '../../time/date-text.ts';
import { INSTANT_END, type Instant } from '../../time/instant.ts';
import type { Zone } from '../../time/zone.ts';

/** A stretch of time, `to` exclusive. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * The time in which a random trigger may fire: its hours on the days whose
 * weight is not 0, by the wall clock. Between two clock changes local time runs
 * evenly, so that the stretches are found segment by segment and are exact: a
 * repeated hour counts twice, a lost one not at all.
 */
export class ActiveTime {
  readonly #zone: Zone;
  readonly #hours: readonly Stretch[];
  readonly #weights: readonly number[];
  readonly #weightMax: number;

  constructor(spec: RandomSpec, zone: Zone) {
    this.#zone = zone;
    this.#hours = (spec.activeHours ?? [{ from: '00:00', to: '24:00' }]).map(({ from, to }) => ({
      from: (parseTimeOfDay(from) ?? 0) * 1000,
      to: to === '24:00' ? DAY_MS : (parseTimeOfDay(to) ?? 0) * 1000,
    }));
    this.#weights = spec.weekdayWeights ?? [1, 1, 1, 1, 1, 1, 1];
    this.#weightMax = Math.max(...this.#weights);
  }

  /** The weight of the day of an instant as a share of the largest weight. */
  shareAt(at: Instant): number {
    return this.#weightOf(Math.floor(this.#zone.localAt(at) / DAY_MS)) / this.#weightMax;
  }

  /** The stretches that end after `from`, ascending, the first one cut at `from`. */
  *stretches(from: Instant): Generator<Stretch> {
    const { startAt, offsetMs } = this.#zone;
    for (let i = this.#zone.segmentAt(from); i < startAt.length; i++) {
      const begin = Math.max(from, startAt[i] ?? from);
      const end = Math.min(startAt[i + 1] ?? INSTANT_END, INSTANT_END);
      const offset = offsetMs[i] ?? 0;
      let day = Math.floor((begin + offset) / DAY_MS);
      for (; day * DAY_MS - offset < end; day++) {
        if (this.#weightOf(day) === 0) continue;
        for (const span of this.#hours) {
          const first = Math.max(begin, day * DAY_MS + span.from - offset);
          const last = Math.min(end, day * DAY_MS + span.to - offset);
          if (last > first) yield { from: first, to: last };
        }
      }
    }
  }

  #weightOf(dayNumber: number): number {
    return this.#weights[(weekdayOf(dayNumber) + 6) % 7] ?? 0;
  }
}
