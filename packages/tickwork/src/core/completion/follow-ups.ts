import type { Job } from '../model/job.ts';
import { type NewRun, type Run, runId } from '../model/run.ts';
import type { RunState } from '../model/run-state.ts';
import { handlerKey } from '../model/task-spec.ts';
import type { AfterSpec } from '../model/trigger-spec.ts';
import type { Instant } from '../time/instant.ts';

/** A job that is to run after another one. */
export interface Dependent {
  readonly job: Job;
  readonly on: AfterSpec['on'];
}

/** The runs that the end of `run` causes, one for each job that waits for such an end. */
export function followUps(
  run: Pick<Run, 'id'>,
  state: RunState,
  endedAt: Instant,
  dependents: readonly Dependent[],
  startAtOf: (job: Job, fireAt: Instant) => Instant,
): NewRun[] {
  const runs = new Map<number, NewRun>();
  for (const { job, on } of dependents) {
    if (job.status === 'disabled' || !wants(on, state) || runs.has(job.id)) continue;
    runs.set(job.id, {
      id: runId.after(job.id, run.id),
      jobId: job.id,
      jobRevision: job.revision,
      origin: 'after',
      fireAt: endedAt,
      startAt: startAtOf(job, endedAt),
      handler: handlerKey(job.definition.task),
      priority: job.definition.policies.priority,
      dedupeKey: null,
      coalescedCount: 0,
      definition: null,
      parentId: run.id,
    });
  }
  return [...runs.values()];
}

function wants(on: AfterSpec['on'], state: RunState): boolean {
  switch (on) {
    case 'success':
      return state === 'SUCCESS';
    case 'failure':
      return state === 'FAILED';
    case 'completion':
      return state === 'SUCCESS' || state === 'FAILED' || state === 'CANCELLED';
    default:
      return on satisfies never;
  }
}
