import type {
  CalendarLayer,
  CalendarSpec,
  Span,
} from '../../../tickwork/src/core/calendar/calendar-spec.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;
const MINUTES_OF_DAY = 1440;

/**
 * An independent reading of a calendar, moment by moment: the last layer that covers
 * a moment decides, which is looked up anew for each minute. It shares nothing
 * with the engine but the stored form. Times and intervals have whole minutes here.
 */
export class CalendarOracle {
  readonly #otherwise: CalendarSpec['otherwise'];
  readonly #layers: readonly ReadLayer[];
  readonly #hasHours: boolean;
  readonly #workdays = new Map<number, boolean>();

  constructor(spec: CalendarSpec) {
    this.#otherwise = spec.otherwise;
    this.#layers = spec.layers.map(readLayer);
    this.#hasHours = this.#layers.some((each) => each.hasTimes || each.intervals.length > 0);
  }

  /** True if a reading of the wall clock is admitted. */
  admits(local: number): boolean {
    const layer = this.#layers.findLast((each) => covers(each, local));
    return (layer?.effect ?? this.#otherwise) === 'include';
  }

  /** True if any minute of the day is admitted. */
  isWorkday(day: number): boolean {
    let known = this.#workdays.get(day);
    if (known === undefined) {
      known = this.#hasHours ? this.#anyMinute(day) : this.admits(day * DAY);
      this.#workdays.set(day, known);
    }
    return known;
  }

  /** True if excluded hours cover a moment; a day that is excluded as a day does not count. */
  closedByHours(local: number): boolean {
    const day = Math.floor(local / DAY);
    if (this.isWorkday(day)) return !this.admits(local);
    const byDays = this.#layers.findLast((each) => !each.hasTimes && each.names(day));
    if ((byDays?.effect ?? this.#otherwise) === 'include') return true;
    const byHours = this.#layers.findLast((each) => coversHours(each, local));
    return byHours?.effect === 'exclude';
  }

  /** The first minute of the day from `local` on that no excluded hours cover, or `null`. */
  openFrom(local: number): number | null {
    const end = (Math.floor(local / DAY) + 1) * DAY;
    for (let at = local; at < end; at = (Math.floor(at / MINUTE) + 1) * MINUTE) {
      if (!this.closedByHours(at)) return at;
    }
    return null;
  }

  /** The day to which a day is moved, step by step, or `null` if it is dropped. */
  roll(day: number, rule: string): number | null {
    if (this.isWorkday(day)) return day;
    if (rule === 'skip') return null;
    const ahead = rule.endsWith('following') ? 1 : -1;
    const wanted = this.#nearest(day, ahead);
    if (!rule.startsWith('modified') || (wanted !== null && monthOf(wanted) === monthOf(day))) {
      return wanted;
    }
    return this.#nearest(day, -ahead) ?? wanted;
  }

  #nearest(day: number, step: number): number | null {
    for (let i = 1; i <= 366; i++) if (this.isWorkday(day + i * step)) return day + i * step;
    return null;
  }

  #anyMinute(day: number): boolean {
    for (let i = 0; i < MINUTES_OF_DAY; i++) if (this.admits(day * DAY + i * MINUTE)) return true;
    return false;
  }
}

/** A layer with its texts read once. */
interface ReadLayer {
  readonly effect: CalendarSpec['otherwise'];
  readonly hasTimes: boolean;
  /** Milliseconds of the day. */
  readonly times: readonly Span<number>[];
  readonly intervals: readonly Span<number>[];
  /** True if the layer names the day, or has times and names none. */
  readonly names: (day: number) => boolean;
}

function readLayer(layer: CalendarLayer): ReadLayer {
  const daily = !layer.weekdays && !layer.dates && !layer.ranges && !layer.yearly;
  const known = new Map<number, boolean>();
  return {
    effect: layer.effect,
    hasTimes: layer.times !== undefined,
    times: (layer.times ?? []).map(({ from, to }) => ({ from: timeOf(from), to: timeOf(to) })),
    intervals: (layer.intervals ?? []).map(({ from, to }) => ({
      from: Date.parse(`${from}Z`),
      to: Date.parse(`${to}Z`),
    })),
    names(day) {
      const named = known.get(day) ?? (daily ? layer.times !== undefined : names(layer, day));
      known.set(day, named);
      return named;
    },
  };
}

function covers(layer: ReadLayer, local: number): boolean {
  if (coversHours(layer, local)) return true;
  return !layer.hasTimes && layer.names(Math.floor(local / DAY));
}

function coversHours(layer: ReadLayer, local: number): boolean {
  const day = Math.floor(local / DAY);
  const time = local - day * DAY;
  for (const { from, to } of layer.times) {
    if (from < to) {
      if (time >= from && time < to && layer.names(day)) return true;
    } else if ((time >= from && layer.names(day)) || (time < to && layer.names(day - 1))) {
      return true;
    }
  }
  return layer.intervals.some(({ from, to }) => local >= from && local < to);
}

function names(layer: CalendarLayer, day: number): boolean {
  const date = new Date(day * DAY);
  const text = date.toISOString().slice(0, 10);
  return (
    (layer.weekdays ?? []).includes(date.getUTCDay() || 7) ||
    (layer.dates ?? []).includes(text) ||
    (layer.ranges ?? []).some((range) => text >= range.from && text <= range.to) ||
    (layer.yearly ?? []).includes(text.slice(5))
  );
}

function timeOf(text: string): number {
  return Date.parse(`1970-01-01T${text}Z`);
}

function monthOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 7);
}
