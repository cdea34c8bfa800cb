import type { Job } from '../model/job.ts';
import type { JobChange } from '../model/job-change.ts';
import type { Instant } from '../time/instant.ts';

/** Why a job is disabled when nobody disabled it by hand. */
export const DISABLED_BY_DECLARATION = 'disabled where it is declared';
export const DISABLED_AS_ABSENT = 'no longer declared in its file';
export const DISABLED_AS_UNREADABLE = 'its stored definition could not be read (STORE_CORRUPT)';

/** A pause as an operator or the job's failure policy set it. */
export interface StandingPause {
  readonly reason: string | null;
  /** When it ends by itself; `null` = never. */
  readonly pausedUntilAt: Instant | null;
}

/** True if the job is disabled and only its declaration says so: that may enable it again. */
export function isOffByDeclaration(job: Pick<Job, 'status' | 'statusReason'>): boolean {
  return isOff(job.status, job.statusReason);
}

/**
 * The pause that still binds a job which its declaration switched off: the one it had before, if
 * that has not ended by now. `changes` are all of the job, in their order. Pure.
 */
export function standingPause(changes: readonly JobChange[], now: Instant): StandingPause | null {
  const last = changes.findLast((change) => !isOff(change.status, change.reason));
  if (last?.status !== 'paused') return null;
  const { reason, pausedUntilAt } = last;
  return pausedUntilAt !== null && pausedUntilAt <= now ? null : { reason, pausedUntilAt };
}

/**
 * When the pause of a paused job began; stretches in which its declaration switched the job off
 * do not interrupt it. `null` = no change tells. Pure.
 */
export function pausedSince(changes: readonly JobChange[]): Instant | null {
  let since: Instant | null = null;
  for (const change of changes.toReversed()) {
    if (isOff(change.status, change.reason)) continue;
    if (change.status !== 'paused') break;
    since = change.at;
  }
  return since;
}

function isOff(status: Job['status'], reason: string | null): boolean {
  if (status !== 'disabled') return false;
  return (
    reason === DISABLED_BY_DECLARATION ||
    reason === DISABLED_AS_ABSENT ||
    reason === DISABLED_AS_UNREADABLE
  );
}
