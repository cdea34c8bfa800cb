import { civilFromDays, DAY_MS, weekdayOf } from '../time/civil.ts';
import {
  DAY_NUMBER_END,
  parseDate,
  parseLocal,
  parseMonthDay,
  parseTimeOfDay,
} from '../time/date-text.ts';
import type { LocalMs } from '../time/zone.ts';
import type { CalendarEffect, CalendarLayer, CalendarSpec, Span } from './calendar-spec.ts';

/** Milliseconds of a day, `from` inclusive, `to` exclusive. */
type DaySpan = Span<number>;

const WHOLE_DAY: readonly DaySpan[] = [{ from: 0, to: DAY_MS }];
const NO_SPANS: readonly DaySpan[] = [];
const PARTIAL_DAYS_MAX = 4096;

const UNKNOWN = 0;
const NONE = 1;
const WHOLE = 2;
const PARTIAL = 3;

/**
 * A calendar that answers questions. What a day admits is painted once, layer
 * by layer, and kept: one byte for a day (84 KB for 1970 to 2199), and its
 * spans too where only a part of it is admitted. So a search over many days
 * that are excluded costs about a nanosecond for each.
 */
export class Calendar {
  readonly name: string;
  readonly #otherwise: CalendarEffect;
  readonly #layers: readonly CompiledLayer[];
  readonly #kinds = new Uint8Array(DAY_NUMBER_END);
  readonly #partial = new Map<number, readonly DaySpan[]>();

  constructor(name: string, spec: CalendarSpec) {
    this.name = name;
    this.#otherwise = spec.otherwise;
    this.#layers = spec.layers.map(compileLayer);
  }

  /** True if any moment of the day is admitted. Days outside 1970 to 2199 have none. */
  isWorkday(dayNumber: number): boolean {
    return this.#kindOf(dayNumber) !== NONE;
  }

  /** True if a reading of the wall clock is admitted. */
  admits(local: LocalMs): boolean {
    const dayNumber = Math.floor(local / DAY_MS);
    const kind = this.#kindOf(dayNumber);
    if (kind !== PARTIAL) return kind === WHOLE;
    const time = local - dayNumber * DAY_MS;
    return this.#spansOf(dayNumber).some((span) => time >= span.from && time < span.to);
  }

  /** The first reading not earlier than `local` that is admitted, or `null` up to 2199. */
  nextAdmitted(local: LocalMs): LocalMs | null {
    const firstDay = Math.max(0, Math.floor(local / DAY_MS));
    for (let day = firstDay; day < DAY_NUMBER_END; day++) {
      const kind = this.#kindOf(day);
      if (kind === NONE) continue;
      const time = Math.max(0, local - day * DAY_MS);
      if (kind === WHOLE) return day * DAY_MS + time;
      const span = this.#spansOf(day).find((candidate) => candidate.to > time);
      if (span !== undefined) return day * DAY_MS + Math.max(time, span.from);
    }
    return null;
  }

  /** True if any layer says something of times of the day. */
  get hasHours(): boolean {
    return this.#layers.some((layer) => layer.times !== null || layer.intervals.length > 0);
  }

  /**
   * The first reading from `local` to the end of its day that excluded *hours*
   * (`times`, `intervals`) leave open, or `null`. A day that is excluded as a
   * day, by its weekday or date, is closed only in those hours.
   */
  openFrom(local: LocalMs): LocalMs | null {
    const day = Math.floor(local / DAY_MS);
    const kind = this.#kindOf(day);
    if (kind === WHOLE) return local;
    const spans = kind === PARTIAL ? this.#spansOf(day) : this.#openOn(day);
    const time = local - day * DAY_MS;
    const span = spans.find((candidate) => candidate.to > time);
    return span === undefined ? null : day * DAY_MS + Math.max(time, span.from);
  }

  #kindOf(dayNumber: number): number {
    if (dayNumber < 0 || dayNumber >= DAY_NUMBER_END) return NONE;
    const known = this.#kinds[dayNumber] ?? UNKNOWN;
    if (known !== UNKNOWN) return known;
    const kind = this.#wholeKind(dayNumber) ?? this.#paintedKind(dayNumber);
    this.#kinds[dayNumber] = kind;
    return kind;
  }

  /** What the last layer that covers the day says, if no layer down to it knows parts of a day. */
  #wholeKind(dayNumber: number): number | null {
    let effect = this.#otherwise;
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const layer = this.#layers[i];
      if (layer === undefined || layer.times !== null || layer.intervals.length > 0) return null;
      if (!coversDay(layer, dayNumber)) continue;
      effect = layer.effect;
      break;
    }
    return effect === 'include' ? WHOLE : NONE;
  }

  #paintedKind(dayNumber: number): number {
    const spans = this.#paint(dayNumber);
    if (spans.length === 0) return NONE;
    if (isWhole(spans)) return WHOLE;
    this.#keep(dayNumber, spans);
    return PARTIAL;
  }

  #spansOf(dayNumber: number): readonly DaySpan[] {
    const known = this.#partial.get(dayNumber);
    if (known !== undefined) return known;
    const spans = this.#paint(dayNumber);
    this.#keep(dayNumber, spans);
    return spans;
  }

  #keep(dayNumber: number, spans: readonly DaySpan[]): void {
    if (this.#partial.size >= PARTIAL_DAYS_MAX) this.#partial.clear();
    this.#partial.set(dayNumber, spans);
  }

  #paint(dayNumber: number): readonly DaySpan[] {
    const blank = this.#otherwise === 'include' ? WHOLE_DAY : NO_SPANS;
    return this.#paintOn(blank, (layer) => coverOf(layer, dayNumber));
  }

  /** What the hours alone leave of a day; nothing, if it is they that exclude all of it. */
  #openOn(dayNumber: number): readonly DaySpan[] {
    return this.#paintOn(WHOLE_DAY, (layer) => hourCoverOf(layer, dayNumber));
  }

  #paintOn(
    blank: readonly DaySpan[],
    coverBy: (layer: CompiledLayer) => readonly DaySpan[],
  ): readonly DaySpan[] {
    let spans = blank;
    for (const layer of this.#layers) {
      for (const covered of coverBy(layer)) {
        spans = layer.effect === 'include' ? unite(spans, covered) : subtract(spans, covered);
      }
    }
    return spans;
  }
}

interface CompiledLayer {
  readonly effect: CalendarEffect;
  readonly weekdays: ReadonlySet<number>;
  readonly dates: ReadonlySet<number>;
  readonly ranges: readonly Span<number>[];
  readonly yearly: ReadonlySet<number>;
  readonly everyDay: boolean;
  readonly times: readonly DaySpan[] | null;
  /** Ascending by `from`. */
  readonly intervals: readonly Span<LocalMs>[];
  readonly intervalMsMax: number;
}

function compileLayer(layer: CalendarLayer): CompiledLayer {
  const intervals = (layer.intervals ?? [])
    .map((interval) => ({ from: parseLocal(interval.from) ?? 0, to: parseLocal(interval.to) ?? 0 }))
    .sort((left, right) => left.from - right.from);
  const namesDays = layer.weekdays ?? layer.dates ?? layer.ranges ?? layer.yearly;
  return {
    effect: layer.effect,
    weekdays: new Set((layer.weekdays ?? []).map((weekday) => weekday % 7)),
    dates: new Set((layer.dates ?? []).map((date) => parseDate(date) ?? -1)),
    ranges: mergeRanges(
      (layer.ranges ?? []).map((range) => ({
        from: parseDate(range.from) ?? 0,
        to: parseDate(range.to) ?? -1,
      })),
    ),
    yearly: new Set((layer.yearly ?? []).map((date) => parseMonthDay(date) ?? -1)),
    everyDay: namesDays === undefined && layer.times !== undefined,
    times: layer.times === undefined ? null : layer.times.map(timeSpan),
    intervals,
    intervalMsMax: intervals.reduce((most, span) => Math.max(most, span.to - span.from), 0),
  };
}

/** A span of times; one that ends on the next day has `to` beyond 24 hours. */
function timeSpan(times: Span<string>): DaySpan {
  const from = (parseTimeOfDay(times.from) ?? 0) * 1000;
  const to = (parseTimeOfDay(times.to) ?? 0) * 1000;
  return { from, to: to > from ? to : to + DAY_MS };
}

/** Ascending ranges of days that neither touch nor overlap, for binary search. */
function mergeRanges(ranges: Span<number>[]): Span<number>[] {
  const merged: Span<number>[] = [];
  for (const range of ranges.sort((left, right) => left.from - right.from)) {
    const last = merged[merged.length - 1];
    if (last === undefined || range.from > last.to + 1) merged.push(range);
    else merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
  }
  return merged;
}

/** The parts of a day that a layer covers; they may overlap. */
function coverOf(layer: CompiledLayer, dayNumber: number): readonly DaySpan[] {
  const day = dayCoverOf(layer, dayNumber);
  return day.length > 0 ? day : hourCoverOf(layer, dayNumber);
}

/** The whole day if the layer names it without any times. */
function dayCoverOf(layer: CompiledLayer, dayNumber: number): readonly DaySpan[] {
  return layer.times === null && coversDay(layer, dayNumber) ? WHOLE_DAY : NO_SPANS;
}

/** The parts of a day that a layer covers by its times and intervals. */
function hourCoverOf(layer: CompiledLayer, dayNumber: number): readonly DaySpan[] {
  const cover: DaySpan[] = [];
  if (layer.times !== null) {
    if (coversDay(layer, dayNumber)) addSpans(cover, layer.times, 0);
    if (coversDay(layer, dayNumber - 1)) addSpans(cover, layer.times, DAY_MS);
  }
  if (layer.intervals.length > 0) addIntervals(cover, layer, dayNumber * DAY_MS);
  return cover;
}

function coversDay(layer: CompiledLayer, dayNumber: number): boolean {
  if (layer.everyDay) return true;
  if (layer.weekdays.has(weekdayOf(dayNumber)) || layer.dates.has(dayNumber)) return true;
  if (layer.ranges.length > 0 && inRanges(layer.ranges, dayNumber)) return true;
  if (layer.yearly.size === 0) return false;
  const date = civilFromDays(dayNumber);
  return layer.yearly.has(date.month * 32 + date.day);
}

function inRanges(ranges: readonly Span<number>[], dayNumber: number): boolean {
  const candidate = ranges[lastFrom(ranges, dayNumber)];
  return candidate !== undefined && dayNumber <= candidate.to;
}

/** The index of the last span that begins at or before `value`, or −1. */
function lastFrom(spans: readonly Span<number>[], value: number): number {
  let low = -1;
  let high = spans.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.from ?? 0) <= value) low = middle;
    else high = middle;
  }
  return low;
}

function addSpans(cover: DaySpan[], spans: readonly DaySpan[], shift: number): void {
  for (const span of spans) {
    const from = Math.max(0, span.from - shift);
    const to = Math.min(DAY_MS, span.to - shift);
    if (to > from) cover.push({ from, to });
  }
}

function addIntervals(cover: DaySpan[], layer: CompiledLayer, dayStart: LocalMs): void {
  for (let i = lastFrom(layer.intervals, dayStart + DAY_MS - 1); i >= 0; i--) {
    const interval = layer.intervals[i];
    if (interval === undefined || interval.from + layer.intervalMsMax <= dayStart) break;
    addSpans(cover, [{ from: interval.from - dayStart, to: interval.to - dayStart }], 0);
  }
}

function isWhole(spans: readonly DaySpan[]): boolean {
  return spans.length === 1 && spans[0]?.from === 0 && spans[0].to === DAY_MS;
}

function unite(spans: readonly DaySpan[], added: DaySpan): readonly DaySpan[] {
  let { from, to } = added;
  const rest: DaySpan[] = [];
  for (const span of spans) {
    if (span.to < from || span.from > to) rest.push(span);
    else {
      from = Math.min(from, span.from);
      to = Math.max(to, span.to);
    }
  }
  return [...rest, { from, to }].sort((left, right) => left.from - right.from);
}

function subtract(spans: readonly DaySpan[], removed: DaySpan): readonly DaySpan[] {
  return spans.flatMap((span) =>
    [
      { from: span.from, to: Math.min(span.to, removed.from) },
      { from: Math.max(span.from, removed.to), to: span.to },
    ].filter((part) => part.to > part.from),
  );
}
