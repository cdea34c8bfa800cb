import type { JobStatus } from '../model/job.ts';
import type { Policies } from '../model/policy.ts';
import type { Run, RunReason } from '../model/run.ts';
import { isMissed } from '../planner/decide-misfire.ts';
import type { Instant } from '../time/instant.ts';

/** What the decision about a run needs to know when its instant has come. */
export interface StartFacts {
  readonly policies: Policies;
  /** The status of its job, where it can matter (runs that events caused); else `active`. */
  readonly jobStatus: JobStatus;
  /** The planner has decided every instant of the job up to now. */
  readonly planIsCurrent: boolean;
  /** A later instant of the job is overdue too, or was already decided. */
  readonly laterOverdue: boolean;
}

/** The part of a run that decides whether it starts. */
export type StartingRun = Pick<
  Run,
  'jobId' | 'origin' | 'state' | 'attempt' | 'fireAt' | 'startAt' | 'waiting' | 'limitKey'
>;

export type StartDecision =
  | { readonly decision: 'start'; readonly exclusive: boolean; readonly holdable?: boolean }
  | { readonly decision: 'skip'; readonly reason: RunReason }
  /** Ask again in a moment: the planner is behind. */
  | { readonly decision: 'defer' };

/**
 * Whether a run starts at its instant, by the misfire policy, the job's status and the time
 * within which it must start. The
 * overlap policy comes after: `exclusive` tells the store to check it with the start.
 */
export function decideStart(run: StartingRun, facts: StartFacts, now: Instant): StartDecision {
  const start = {
    decision: 'start',
    exclusive: isExclusive(run, facts.policies),
    ...(isHoldable(run, facts.policies) ? { holdable: true } : {}),
  } as const;
  if (run.attempt > 0) return start;
  const caused = run.origin === 'after' || run.origin === 'startup';
  if (caused && facts.jobStatus !== 'active') {
    const reason = facts.jobStatus === 'paused' ? 'paused' : 'superseded';
    return { decision: 'skip', reason };
  }
  const late = { decision: 'skip', reason: 'too-late' } as const;
  const inTime = now - run.startAt <= (facts.policies.startWithinMs ?? Number.POSITIVE_INFINITY);
  if (!needsMisfireDecision(run, facts.policies, now)) return inTime ? start : late;
  const misfire = facts.policies.misfire;
  if (misfire.mode === 'skip') return { decision: 'skip', reason: 'misfire' };
  if (misfire.mode === 'fire-once') {
    if (!facts.planIsCurrent) return { decision: 'defer' };
    if (facts.laterOverdue) return { decision: 'skip', reason: 'coalesced' };
  }
  const tooOld = now - run.fireAt > misfire.ageMsMax;
  if (tooOld) return { decision: 'skip', reason: 'misfire' };
  return inTime ? start : late;
}

/** True if a run comes so late that the misfire policy decides, and not the queue it waits in. */
export function needsMisfireDecision(run: StartingRun, policies: Policies, now: Instant): boolean {
  return (
    run.origin === 'schedule' &&
    run.attempt === 0 &&
    !run.waiting &&
    run.limitKey === null &&
    isMissed(run.startAt, policies.misfire, now)
  );
}

/** Runs by hand do not wait for the end of a hold. */
function isHoldable(run: StartingRun, policies: Policies): boolean {
  const holds = (policies.onFailure?.retryAfterMs ?? null) !== null;
  const byHand = run.origin === 'manual' || run.origin === 'backfill';
  return holds && run.jobId !== null && run.state === 'PENDING' && !byHand;
}

/** True if nothing else of its job may be active when it starts. */
export function isExclusive(run: StartingRun, policies: Policies): boolean {
  const isOpen = run.state === 'PENDING' && run.limitKey === null;
  return run.jobId !== null && isOpen && policies.overlap.mode !== 'allow';
}
