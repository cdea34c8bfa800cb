/** What a statement takes and a row holds. Truth values are 0 and 1, JSON is text. */
export type SqlValue = string | number | null;
