/**
 * The clock changes of one zone. `startAt[i]` is the first instant of segment
 * `i` (ascending; `startAt[0]` is `-Infinity`), `offsetMs[i]` what the wall clock
 * is ahead of UTC in it. Complete from 1970 to the end of 2199.
 */
export interface ZoneTransitions {
  /** The canonical IANA name. */
  readonly name: string;
  readonly startAt: Float64Array;
  readonly offsetMs: Float64Array;
}

/** Where zone rules come from. */
export interface ZoneData {
  /** The version of the rules, such as `2026c`; kept with each planned instant. */
  readonly version: string;
  /**
   * The transitions of a zone, or `null` for an unknown name. Names are taken
   * in any case and aliases are resolved. Costly on the first call for a zone
   * (milliseconds): callers cache.
   */
  transitions(name: string): ZoneTransitions | null;
  /** All names, for suggestions. */
  names(): readonly string[];
  /** The host's zone name. */
  hostZone(): string;
}
