import type { Instant } from '../time/instant.ts';

/** A stretch of time, both ends inclusive, in which a job's instants are passed over. */
export interface SkipWindow {
  readonly fromAt: Instant;
  readonly toAt: Instant;
  /** Why, for others to read. */
  readonly reason: string;
}

/** The stretch that an instant lies in, if any. */
export function skipWindowAt(skipWindows: readonly SkipWindow[], at: Instant): SkipWindow | null {
  return skipWindows.find((window) => at >= window.fromAt && at <= window.toAt) ?? null;
}
