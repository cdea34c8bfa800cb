/**
 * The stored form of a calendar: plain JSON, complete. `parseCalendar` makes it
 * from what users write, `Calendar` answers questions about it.
 *
 * Layers are painted in their order and the last one that covers a moment
 * decides: so working days that make up for a long holiday are simply a later
 * layer than the holidays. A moment that no layer covers is `otherwise`.
 *
 * All dates and times are readings of the wall clock in the zone of the trigger
 * that uses the calendar.
 */
export interface CalendarSpec {
  readonly otherwise: CalendarEffect;
  readonly layers: readonly CalendarLayer[];
}

/** `include`: triggers may fire; `exclude`: they may not. */
export type CalendarEffect = 'include' | 'exclude';

/**
 * A named set of moments. A day is covered if any of `weekdays`, `dates`,
 * `ranges` and `yearly` names it; a layer with `times` covers only those times
 * of its days (of every day if it names none). `intervals` are covered besides.
 */
export interface CalendarLayer {
  readonly name: string;
  readonly effect: CalendarEffect;
  /** 1 = Monday … 7 = Sunday, ascending. */
  readonly weekdays?: readonly number[];
  /** `YYYY-MM-DD`, ascending. */
  readonly dates?: readonly string[];
  /** Both ends inclusive, `YYYY-MM-DD`. */
  readonly ranges?: readonly Span<string>[];
  /** `MM-DD`; `02-29` only in leap years. */
  readonly yearly?: readonly string[];
  /** `HH:MM` or `HH:MM:SS`, `to` exclusive; a `to` not after `from` lies on the next day. */
  readonly times?: readonly Span<string>[];
  /** `YYYY-MM-DDTHH:MM:SS`, `to` exclusive. */
  readonly intervals?: readonly Span<string>[];
}

export interface Span<Bound> {
  readonly from: Bound;
  readonly to: Bound;
}
