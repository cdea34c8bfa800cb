import { type NewRun, type Run, type RunDefinition, runId } from '../model/run.ts';
import { handlerKey } from '../model/task-spec.ts';
import type { Completion, JobEffect } from '../ports/run-store.ts';
import type { Instant } from '../time/instant.ts';

/** How an attempt ended its run, as far as the failure policy asks. */
export interface RunEnded {
  readonly state: Completion['state'];
  readonly error: string | null;
  readonly at: Instant;
}

/** What a reason quotes of an error. */
const ERROR_CHARACTERS_MAX = 200;

/**
 * What the end of a run does to its job by the failure policy under which it was planned.
 * Runs by hand are no failures of the job's own: only their success counts. Pure.
 */
export function decideEffect(
  run: Pick<Run, 'id' | 'jobId' | 'jobRevision' | 'origin'>,
  work: RunDefinition | null,
  ended: RunEnded,
): JobEffect | null {
  const policy = work?.policies.onFailure;
  if (work === null || policy === undefined || run.jobId === null) return null;
  if (ended.state === 'SUCCESS') return { kind: 'succeeded' };
  const byHand = run.origin === 'manual' || run.origin === 'backfill';
  if (ended.state !== 'FAILED' || byHand) return null;
  const { pauseAfter, retryAfterMs } = policy;
  const error = (ended.error ?? 'no reason given').slice(0, ERROR_CHARACTERS_MAX);
  return {
    kind: 'failed',
    pauseAfter,
    pauseReason: `${pauseAfter ?? 0} failed runs in a row, the last: ${error}`,
    again: retryAfterMs === null ? null : runAgain(run, work, ended.at + retryAfterMs),
  };
}

function runAgain(
  run: Pick<Run, 'id' | 'jobId' | 'jobRevision'>,
  work: RunDefinition,
  fireAt: Instant,
): NewRun {
  return {
    id: runId.failure(run.jobId ?? 0, fireAt),
    ...{ jobId: run.jobId, jobRevision: run.jobRevision },
    origin: 'failure',
    ...{ fireAt, startAt: fireAt },
    handler: handlerKey(work.task),
    priority: work.policies.priority,
    dedupeKey: null,
    coalescedCount: 0,
    definition: null,
    parentId: run.id,
  };
}
