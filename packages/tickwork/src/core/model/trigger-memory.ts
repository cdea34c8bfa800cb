import type { Instant } from '../time/instant.ts';

/**
 * What a trigger may know of the job's past: recorded facts, never the clock.
 */
export interface TriggerMemory {
  /** The instant from which the job's revision is in force; anchors intervals without a start. */
  readonly anchorAt: Instant;
  /** The last instant that was planned under this trigger; `null` before the first. */
  readonly previousAt: Instant | null;
  /** The end of the job's last finished run, for triggers that count from it; kept by the store. */
  readonly endedAt: Instant | null;
  /** When the planner last passed instants over and ran none: an end for those triggers. */
  readonly passedAt?: Instant;
  /** How many instants have been planned so far, for a maximum number of runs. */
  readonly fireCount: number;
  /** Missed instants passed in earlier steps of the same catch-up; absent = 0. */
  readonly carriedCount?: number;
  /** For each member of a union that draws random lengths: its own last instant. */
  readonly members: Readonly<Record<string, Instant>>;
}

/** What the memory is for a job that has never been planned. */
export function freshMemory(anchorAt: Instant): TriggerMemory {
  return { anchorAt, previousAt: null, endedAt: null, fireCount: 0, members: {} };
}
