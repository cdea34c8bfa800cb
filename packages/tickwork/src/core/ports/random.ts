/** Chance, for jitter and back-off. Seeded in tests and simulations. */
export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive), uniform. */
  next(): number;
}

/** Names that are unique without coordination. */
export interface Ids {
  /** A new identifier of 1 to 40 characters `[0-9a-z-]`, sortable by time of making. */
  next(): string;
}
