import type { Calendar } from '../../calendar/calendar.ts';
import { ROLL_DAYS_MAX, rollDay } from '../../calendar/workdays.ts';
import type { TriggerMemory } from '../../model/trigger-memory.ts';
import type { RollRule } from '../../model/trigger-spec.ts';
import { DAY_MS } from '../../time/civil.ts';
import type { Instant } from '../../time/instant.ts';
import type { LocalMs, Zone } from '../../time/zone.ts';
import type { Trigger } from '../trigger.ts';

const DAYS_MAX = 1500;
const INSTANTS_PER_DAY_MAX = 20_000;

/**
 * Moves the instants of excluded days to a working day at the same local time;
 * several that meet there count once. An instant that falls into excluded hours
 * of a working day is dropped: only days roll.
 *
 * Rolling days never changes their order (see `rollDay`), though within one
 * target day the times of several days mix. So the search walks over the days
 * on which the trigger fires, from the first that can roll to the day of
 * `after`, keeps the earliest moved instant later than `after`, and stops at
 * the first day that rolls beyond that one's day. Bound: 1,500 such days.
 */
export function withCalendarRoll(
  inner: Trigger,
  rule: RollRule,
  place: { readonly calendar: Calendar; readonly zone: Zone },
): Trigger {
  const search = new RollSearch(inner, rule, place.calendar, place.zone);
  return {
    kind: inner.kind,
    next: (after, memory) => search.next(after, memory),
    describe: (locale) => inner.describe(locale),
  };
}

class RollSearch {
  readonly #inner: Trigger;
  readonly #rule: RollRule;
  readonly #calendar: Calendar;
  readonly #zone: Zone;

  constructor(inner: Trigger, rule: RollRule, calendar: Calendar, zone: Zone) {
    this.#inner = inner;
    this.#rule = rule;
    this.#calendar = calendar;
    this.#zone = zone;
  }

  next(after: Instant, memory: TriggerMemory): Instant | null {
    let best: Instant | null = null;
    let at = this.#inner.next(this.#startOf(this.#firstDay(after)) - 1, memory);
    for (let i = 0; i < DAYS_MAX && at !== null; i++) {
      const day = this.#dayOf(at);
      const target = rollDay(day, this.#rule, this.#calendar);
      // One day more than needed: a clock change can carry an instant over midnight.
      if (best !== null && target !== null && target > this.#dayOf(best) + 1) break;
      if (target !== null) {
        const moved = this.#firstMoved(at, (target - day) * DAY_MS, after, memory);
        if (moved !== null && (best === null || moved < best)) best = moved;
      }
      const nextDay = target === null ? this.#nextThatRolls(day) : day + 1;
      if (nextDay === null) break;
      at = this.#inner.next(this.#startOf(nextDay) - 1, memory);
    }
    return best;
  }

  /** After a day that rolls nowhere: the first one near enough to a working day again. */
  #nextThatRolls(day: number): number | null {
    const admitted = this.#calendar.nextAdmitted((day + 1) * DAY_MS);
    if (admitted === null) return null;
    return Math.max(day + 1, Math.floor(admitted / DAY_MS) - ROLL_DAYS_MAX);
  }

  /** The first day whose instants can come to lie later than `after`. */
  #firstDay(after: Instant): number {
    let day = this.#dayOf(after) - 1;
    for (let i = 0; i < ROLL_DAYS_MAX && !this.#calendar.isWorkday(day - 1); i++) day--;
    return day;
  }

  /** The earliest later than `after` of the instants of one day, `first` on, moved by `shift`. */
  #firstMoved(
    first: Instant,
    shift: LocalMs,
    after: Instant,
    memory: TriggerMemory,
  ): Instant | null {
    const day = this.#dayOf(first);
    let at: Instant | null = this.#skipTo(first, shift, after, memory);
    for (let i = 0; i < INSTANTS_PER_DAY_MAX && at !== null && this.#dayOf(at) === day; i++) {
      const moved = shift === 0 ? at : this.#instantOf(this.#zone.localAt(at) + shift);
      if (moved > after && this.#calendar.admits(this.#zone.localAt(moved))) return moved;
      at = this.#inner.next(at, memory);
    }
    return null;
  }

  /** Passes over instants that surely do not move beyond `after`. */
  #skipTo(first: Instant, shift: LocalMs, after: Instant, memory: TriggerMemory): Instant | null {
    const from = this.#instantOf(this.#zone.localAt(after) - shift) - CLOCK_CHANGE_MAX;
    return from > first ? this.#inner.next(from, memory) : first;
  }

  #dayOf(at: Instant): number {
    return Math.floor(this.#zone.localAt(at) / DAY_MS);
  }

  #startOf(day: number): Instant {
    return this.#instantOf(day * DAY_MS);
  }

  #instantOf(local: LocalMs): Instant {
    const place = this.#zone.placeOf(local);
    return place.kind === 'overlap' ? place.first : place.at;
  }
}

/** No clock change in use repeats more than three hours of one day. */
const CLOCK_CHANGE_MAX = 3 * 3_600_000;
