import type { Job, JobState } from '../model/job.ts';
import { type NewRun, type Run, runId } from '../model/run.ts';
import { handlerKey } from '../model/task-spec.ts';
import type { PlanWrite } from '../ports/job-store.ts';
import type { Instant } from '../time/instant.ts';
import { startAtOf } from '../trigger/start-at.ts';

/** The runs of a plan that this node reserved for itself, as they stand in the store now. */
export function adoptable(job: JobState, write: PlanWrite): Run[] {
  return write.runs.flatMap((planned) => {
    const { nodeId, ...run } = planned;
    return nodeId === null ? [] : [{ ...freshRun(run, job.name, write.at), nodeId }];
  });
}

/** A run as the store keeps it right after it was stored. */
export function freshRun(run: NewRun, jobName: string | null, createdAt: Instant): Run {
  return {
    ...run,
    jobName,
    state: 'PENDING',
    reason: null,
    dueAt: run.startAt,
    waiting: false,
    limitKey: null,
    nodeId: null,
    fence: 0,
    attempt: 0,
    failedCount: 0,
    lostCount: 0,
    cancelRequested: false,
    progress: null,
    createdAt,
    startedAt: null,
    endedAt: null,
    error: null,
    exitCode: null,
    result: null,
  };
}

/** The runs that the start of a node causes. Their ids make a repeated call harmless. */
export function startupRuns(jobs: readonly Job[], nodeId: string, at: Instant): NewRun[] {
  return jobs.map((job) => ({
    ...runOfJob(job, at),
    id: runId.startup(job.id, nodeId),
    origin: 'startup',
    startAt: startAtOf(job.definition.trigger, job.name, at),
  }));
}

/** A run of a job by hand. */
export function manualRun(job: Job, requestId: string, at: Instant): NewRun {
  return {
    ...runOfJob(job, at),
    id: runId.manual(job.id, requestId),
    origin: 'manual',
    startAt: at,
  };
}

function runOfJob(job: Job, fireAt: Instant): Omit<NewRun, 'id' | 'origin' | 'startAt'> {
  return {
    jobId: job.id,
    jobRevision: job.revision,
    fireAt,
    handler: handlerKey(job.definition.task),
    priority: job.definition.policies.priority,
    dedupeKey: null,
    coalescedCount: 0,
    definition: null,
    parentId: null,
  };
}
