import type { DurationMs } from '../time/instant.ts';
import type { TaskSpec } from './task-spec.ts';

/** What happens to instants that are decided later than the grace. */
export interface MisfirePolicy {
  /**
   * `skip`: none runs. `fire-once`: the latest one runs and carries the number of
   * those that it replaces. `fire-all`: each one runs, oldest first.
   */
  readonly mode: 'skip' | 'fire-once' | 'fire-all';
  /** An instant that is later than this counts as missed. */
  readonly graceMs: DurationMs;
  /** Missed instants older than this do not run. */
  readonly ageMsMax: DurationMs;
  /** `fire-all`: maximum number, the newest first; the others are SKIPPED(limit). */
  readonly runsMax: number;
}

/** What happens when a run is due while the previous one of the job has not ended. */
export interface OverlapPolicy {
  readonly mode: 'skip' | 'queue-one' | 'queue-all' | 'cancel-previous' | 'allow';
  /** `queue-all`: maximum number of waiting runs; a further one is SKIPPED(limit). */
  readonly waitingMax: number;
}

export type Backoff =
  | { readonly kind: 'fixed'; readonly delayMs: DurationMs }
  | {
      readonly kind: 'exponential';
      readonly delayMs: DurationMs;
      readonly factor: number;
      readonly delayMsMax: DurationMs;
    }
  /** Delay i comes before further attempt i; the last one repeats. */
  | { readonly kind: 'list'; readonly delaysMs: readonly DurationMs[] };

export interface RetryPolicy {
  /** Further attempts after the first failed one; 0 = none. Lost attempts do not count. */
  readonly attemptsMax: number;
  readonly backoff: Backoff;
  /** 0..1: each delay is lengthened by a random fraction, 0 to this. */
  readonly jitter: number;
}

/** Maximum number of RUNNING runs with the same key. */
export interface ConcurrencyPolicy {
  /** Text with `{input.…}` in it, see `limitsOf`; `null` = the job, or the task without one. */
  readonly key: string | null;
  readonly max: number;
}

/** Capacity of a pool that the configuration names. */
export interface PoolPolicy {
  readonly name: string;
  readonly weight: number;
  /** The size of the pool when the job was declared. */
  readonly size: number;
}

/** Maximum number of starts in a window of time. */
export interface RatePolicy {
  readonly max: number;
  readonly perMs: DurationMs;
  /** As for `ConcurrencyPolicy`. */
  readonly key: string | null;
}

/** What follows when all attempts of a run have failed. At least one of the two is set. */
export interface FailurePolicy {
  /**
   * The job runs again this long after the end, and instants before that do not run;
   * `null` = the job continues by its trigger.
   */
  readonly retryAfterMs: DurationMs | null;
  /** Number of failed runs in a row after which the job is paused; `null` = never. */
  readonly pauseAfter: number | null;
}

export interface KeptRuns {
  /** Finished runs older than this are deleted. */
  readonly ageMs: DurationMs;
  /** Maximum number of finished runs that are kept for the job. */
  readonly runsMax: number;
}

export interface RetentionPolicy extends KeptRuns {
  /** Separate limits for FAILED runs; absent = they count with all others. */
  readonly failed?: KeptRuns;
}

export interface Policies {
  readonly misfire: MisfirePolicy;
  readonly overlap: OverlapPolicy;
  readonly retry: RetryPolicy;
  readonly retention: RetentionPolicy;
  /** Absent: a failed run changes nothing for its job. */
  readonly onFailure?: FailurePolicy;
  /** Time limit of one attempt; `null` = none. */
  readonly timeoutMs: DurationMs | null;
  /** Absent: no such limits. */
  readonly concurrency?: ConcurrencyPolicy;
  readonly pool?: PoolPolicy;
  readonly rate?: RatePolicy;
  /** A run that has not started this long after `startAt` is SKIPPED(too-late); absent = never. */
  readonly startWithinMs?: DurationMs;
  /** A task that decides before each attempt whether the run goes on; absent = always. */
  readonly onlyIf?: TaskSpec;
  /** Time between the abort signal and the kill. */
  readonly cancelGraceMs: DurationMs;
  /** `retry`: at least once; `fail`: at most once. */
  readonly onNodeLoss: 'retry' | 'fail';
  /** Larger first; −100..100. */
  readonly priority: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** The defaults that `docs/reference/config.md` prints. */
export const defaultPolicies: Policies = Object.freeze({
  misfire: Object.freeze({ mode: 'fire-once', graceMs: SECOND, ageMsMax: DAY, runsMax: 1000 }),
  overlap: Object.freeze({ mode: 'skip', waitingMax: 1000 }),
  retry: Object.freeze({
    attemptsMax: 3,
    backoff: Object.freeze({ kind: 'fixed', delayMs: 5 * SECOND }),
    jitter: 0,
  }),
  retention: Object.freeze({ ageMs: 30 * DAY, runsMax: 1000 }),
  timeoutMs: 5 * MINUTE,
  cancelGraceMs: 5 * SECOND,
  onNodeLoss: 'retry',
  priority: 0,
});

/** Lost attempts in a row after which a run is FAILED(poison). */
export const LOST_ATTEMPTS_MAX = 3;
