/** A point of time: milliseconds since 1970-01-01T00:00:00Z, an integer. */
export type Instant = number;

/** A length of time in milliseconds. */
export type DurationMs = number;

/** The earliest instant Tickwork plans for: 1970-01-01T00:00:00Z. */
export const INSTANT_MIN: Instant = 0;

/** The first instant after the years Tickwork plans for: 2200-01-01T00:00:00Z, exclusive. */
export const INSTANT_END: Instant = 7_258_118_400_000;
