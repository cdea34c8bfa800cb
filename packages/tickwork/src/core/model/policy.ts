import type { DurationMs } from '../time/instant.ts';
import type { TaskSpec } from './task-spec.ts';

/** What happens to instants that are later than the grace when they are decided. */
export interface MisfirePolicy {
  /**
   * `skip`: none is run. `fire-once`: the latest is run and carries the number of
   * those it stands for. `fire-all`: each is run, oldest first.
   */
  readonly mode: 'skip' | 'fire-once' | 'fire-all';
  /** Later than this counts as missed. */
  readonly graceMs: DurationMs;
  /** Instants older than this are never caught up. */
  readonly ageMsMax: DurationMs;
  /** `fire-all`: at most so many (the newest); the others are SKIPPED(limit). */
  readonly runsMax: number;
}

/** What happens when an instant comes while a former run of the job is not finished. */
export interface OverlapPolicy {
  readonly mode: 'skip' | 'queue-one' | 'queue-all' | 'cancel-previous' | 'allow';
  /** `queue-all`: at most so many wait; a further one is SKIPPED(limit). */
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
  /** The i-th delay before the i-th further attempt; the last one repeats. */
  | { readonly kind: 'list'; readonly delaysMs: readonly DurationMs[] };

export interface RetryPolicy {
  /** Further attempts after the first failed one; 0 = none. Lost attempts do not count. */
  readonly attemptsMax: number;
  readonly backoff: Backoff;
  /** 0..1: each delay is lengthened by up to this fraction, by chance. */
  readonly jitter: number;
}

/** At most so many runs with the same key are RUNNING. */
export interface ConcurrencyPolicy {
  /** Text with `{input.…}` in it, see `limitsOf`; `null` = the job, or the task without one. */
  readonly key: string | null;
  readonly max: number;
}

/** Room in a pool that is named in the configuration. */
export interface PoolPolicy {
  readonly name: string;
  readonly weight: number;
  /** The size of the pool when the job was declared. */
  readonly size: number;
}

/** At most so many starts in each window of time. */
export interface RatePolicy {
  readonly max: number;
  readonly perMs: DurationMs;
  /** As for `ConcurrencyPolicy`. */
  readonly key: string | null;
}

/** What follows when a run of a job has failed for good. At least one of both is set. */
export interface FailurePolicy {
  /**
   * So long after the end the job runs once more, and what is due until then is not run;
   * `null` = the job goes on by its trigger.
   */
  readonly retryAfterMs: DurationMs | null;
  /** After so many failed runs in a row the job is paused; `null` = never. */
  readonly pauseAfter: number | null;
}

export interface KeptRuns {
  /** Finished runs older than this are removed. */
  readonly ageMs: DurationMs;
  /** At most so many finished runs of the job are kept. */
  readonly runsMax: number;
}

export interface RetentionPolicy extends KeptRuns {
  /** FAILED runs are counted apart and kept so; absent = they count with all others. */
  readonly failed?: KeptRuns;
}

export interface Policies {
  readonly misfire: MisfirePolicy;
  readonly overlap: OverlapPolicy;
  readonly retry: RetryPolicy;
  readonly retention: RetentionPolicy;
  /** Absent: a failed run changes nothing for its job. */
  readonly onFailure?: FailurePolicy;
  /** Longest time of one attempt; `null` = no limit. */
  readonly timeoutMs: DurationMs | null;
  /** Absent: no such limits. */
  readonly concurrency?: ConcurrencyPolicy;
  readonly pool?: PoolPolicy;
  readonly rate?: RatePolicy;
  /** A run that has not begun so long after it might is SKIPPED(too-late); absent = never. */
  readonly startWithinMs?: DurationMs;
  /** A task that says before each attempt whether to go on; absent = always. */
  readonly onlyIf?: TaskSpec;
  /** Between the abort signal and the kill. */
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
