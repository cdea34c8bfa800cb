import type { Job } from '../model/job.ts';
import type { JobChange } from '../model/job-change.ts';
import type { JobWrite, PlanWrite } from '../ports/job-store.ts';
import type { Instant } from '../time/instant.ts';

/** What a saved definition changes; `revision` is the one that the store gives it. */
export function changeOfSave(jobId: number, revision: number, write: JobWrite): JobChange {
  return {
    ...{ jobId, at: write.at, revision },
    ...{ status: write.status, reason: write.statusReason, pausedUntilAt: write.pausedUntilAt },
    effectiveAt: write.effectiveAt,
    cursorAt: write.position.cursorAt,
    memory: { ...write.position.memory, endedAt: null },
  };
}

/** What a planning step changes, if it changes the status. */
export function changeOfPlan(write: PlanWrite): JobChange | null {
  const { expected, status, position, at } = write;
  if (status === undefined) return null;
  return {
    ...{ jobId: expected.jobId, at, revision: expected.revision, ...status },
    effectiveAt: Math.max(at, expected.cursorAt),
    cursorAt: position.cursorAt,
    memory: { ...position.memory, endedAt: null },
  };
}

/** What a pause changes that the end of a run brings about, at the job's present position. */
export function changeOfPause(job: Job, reason: string, at: Instant): JobChange {
  return {
    ...{ jobId: job.id, at, revision: job.revision, status: 'paused', reason },
    ...{ pausedUntilAt: null, effectiveAt: Math.max(at, job.cursorAt), cursorAt: job.cursorAt },
    memory: { ...job.memory, endedAt: null },
  };
}
