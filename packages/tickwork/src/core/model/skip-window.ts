import type { Instant } from '../time/instant.ts';

/** A stretch of time, both ends inclusive, in which a job's instants are passed over. */
export interface Rest {
  readonly fromAt: Instant;
  readonly toAt: Instant;
  /** Why, for others to read. */
  readonly reason: string;
}

/** The stretch that an instant lies in, if any. */
export function restAt(rests: readonly Rest[], at: Instant): Rest | null {
  return rests.find((rest) => at >= rest.fromAt && at <= rest.toAt) ?? null;
}
