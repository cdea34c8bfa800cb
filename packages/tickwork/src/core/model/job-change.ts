import type { Instant } from '../time/instant.ts';
import type { JobStatus } from './job.ts';
import type { TriggerMemory } from './trigger-memory.ts';

/** Maximum number of changes that are kept for a job, the latest ones. */
export const CHANGES_MAX = 1000;

/**
 * One change of what is in force for a job: a revision was saved, or its status changed.
 * From these facts the plan of the past can be computed again.
 */
export interface JobChange {
  readonly jobId: number;
  /** When it was written. */
  readonly at: Instant;
  /** The revision in force from here on. */
  readonly revision: number;
  readonly status: JobStatus;
  readonly reason: string | null;
  readonly pausedUntilAt: Instant | null;
  /** Instants up to here (inclusive) still belong to what was in force before. */
  readonly effectiveAt: Instant;
  /** The cursor with the change: what is in force now counts from here (exclusive). */
  readonly cursorAt: Instant;
  /** The trigger's memory at the cursor; `endedAt` is `null`. */
  readonly memory: TriggerMemory;
}

/** True if writing the change again, after an unknown commit, must keep nothing new. */
export function isSameChange(a: JobChange, b: JobChange): boolean {
  return (
    a.at === b.at &&
    a.revision === b.revision &&
    a.status === b.status &&
    a.reason === b.reason &&
    a.pausedUntilAt === b.pausedUntilAt &&
    a.cursorAt === b.cursorAt
  );
}
