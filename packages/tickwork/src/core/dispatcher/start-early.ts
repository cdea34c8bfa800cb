import type { Policies } from '../model/policy.ts';
import type { Run } from '../model/run.ts';
import type { DurationMs } from '../time/instant.ts';

/** As long as a slow commit and a late timer take. */
const LEAD_MS_MIN = 20;
/** What is changed in this time comes too late for the next instant: only many may need it. */
const LEAD_MS_MAX = 500;
/** An embedded store writes about twice as many, if it does nothing else. */
const STARTS_PER_MS = 80;

/**
 * How long before their instant this many starts are written: as long as that
 * takes, and a little more.
 */
export function leadMs(count: number): DurationMs {
  return Math.min(LEAD_MS_MAX, LEAD_MS_MIN + Math.ceil(count / STARTS_PER_MS));
}

/**
 * True if nothing but the policies of a run can speak against writing its start before its
 * instant: it comes by its plan, for the first time, and waits for nothing.
 */
export function couldStartEarly(
  run: Pick<Run, 'origin' | 'state' | 'attempt' | 'waiting' | 'limitKey'>,
): boolean {
  const planned = run.origin === 'schedule' || run.origin === 'enqueue';
  const fresh = run.state === 'PENDING' && run.attempt === 0;
  return planned && fresh && !run.waiting && run.limitKey === null;
}

/**
 * True if the start of a run may be written before its instant. Not where that could make a
 * difference: what is limited or waits for the end of a hold is decided at the instant;
 * what must not be late is looked at once more then, in case the process stood still; and a
 * run that is done at most once would be lost with a node that ends before the instant.
 */
export function mayStartEarly(policies: Policies): boolean {
  const { concurrency, pool, rate, startWithinMs, onlyIf, onFailure } = policies;
  return (
    policies.onNodeLoss === 'retry' &&
    policies.misfire.mode !== 'skip' &&
    concurrency === undefined &&
    pool === undefined &&
    rate === undefined &&
    startWithinMs === undefined &&
    onlyIf === undefined &&
    (onFailure?.retryAfterMs ?? null) === null
  );
}
