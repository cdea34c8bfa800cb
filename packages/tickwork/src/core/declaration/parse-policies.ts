import { refuseUnreadable } from '../base/bounded-text.ts';
import type {
  Backoff,
  FailurePolicy,
  MisfirePolicy,
  OverlapPolicy,
  Policies,
  RetentionPolicy,
  RetryPolicy,
} from '../model/policy.ts';
import type { TaskSpec } from '../model/task-spec.ts';
import type { DurationMs } from '../time/instant.ts';
import { type Pools, parseLimits } from './parse-limits.ts';
import { taskOf } from './parse-task.ts';
import {
  durationOf,
  type Fields,
  pathOf,
  readChoice,
  readDuration,
  readFields,
  readNumber,
  refuse,
} from './read-fields.ts';

/** Policies as users write them: durations as text or milliseconds, absent = default. */
export interface PoliciesInput {
  /** A mode, or the mode with its limits. */
  readonly misfire?:
    | MisfirePolicy['mode']
    | {
        readonly mode?: MisfirePolicy['mode'];
        readonly grace?: string | number;
        readonly maxAge?: string | number;
        readonly maxRuns?: number;
      };
  readonly overlap?:
    | OverlapPolicy['mode']
    | { readonly mode?: OverlapPolicy['mode']; readonly maxWaiting?: number };
  /** A number = further attempts; `false` = none. */
  readonly retry?:
    | number
    | false
    | {
        readonly attempts?: number;
        readonly backoff?: Backoff['kind'];
        readonly delay?: string | number;
        readonly delays?: readonly (string | number)[];
        readonly factor?: number;
        readonly maxDelay?: string | number;
        /** 0..1 */
        readonly jitter?: number;
      };
  /** `0` or `false` = no limit. */
  readonly timeout?: string | number | false;
  /**
   * At most `max` runs with the same key at once. In the key, `{input.tenant}` stands for a
   * part of the input; without one it is the job. `false` = no limit, the default.
   */
  readonly concurrency?: false | number | { readonly key?: string; readonly max: number };
  /** The pool its runs take room in; `false` = none, the default. */
  readonly pool?: string | false;
  /** How much room of the pool a run takes; default 1. */
  readonly weight?: number;
  /** At most `max` starts in each window of the length `per`; `false` = no limit, the default. */
  readonly rate?:
    | false
    | { readonly max: number; readonly per: string | number; readonly key?: string };
  /**
   * A task that is asked before each attempt, with the same input, on the same node: the name
   * of a function that answers `false`, or a script with an exit code that is not 0, to let
   * the run be SKIPPED(check). What breaks, fails the attempt. `false` = none, the default.
   */
  readonly onlyIf?: false | string | Readonly<Record<string, unknown>>;
  /** A run that has not started this long after its instant is skipped; `false` = never. */
  readonly startWithin?: string | number | false;
  readonly cancelGrace?: string | number;
  /** What follows a run that has failed for good; `false` = nothing, the default. */
  readonly onFailure?:
    | false
    | { readonly retryAfter?: string | number; readonly pauseAfter?: number };
  readonly onNodeLoss?: Policies['onNodeLoss'];
  readonly priority?: number;
  /**
   * How long finished runs are kept. With `failedAge` or `failedRuns`, FAILED runs are counted
   * apart: what is absent of these two is as `age` and `runs`.
   */
  readonly retention?: {
    readonly age?: string | number;
    readonly runs?: number;
    readonly failedAge?: string | number;
    readonly failedRuns?: number;
  };
}

/** The keys of `PoliciesInput`. */
export const policyKeys = [
  'misfire',
  'overlap',
  'retry',
  'timeout',
  'concurrency',
  'pool',
  'weight',
  'rate',
  'onlyIf',
  'startWithin',
  'cancelGrace',
  'onFailure',
  'onNodeLoss',
  'priority',
  'retention',
] as const;

const MISFIRE_MODES = ['skip', 'fire-once', 'fire-all'] as const;
const OVERLAP_MODES = ['skip', 'queue-one', 'queue-all', 'cancel-previous', 'allow'] as const;
const BACKOFF_KINDS = ['fixed', 'exponential', 'list'] as const;
const CAUGHT_UP_MAX = 100_000;
const RETRIES_MAX = 1_000;
const FAILURES_MAX = 1_000_000;
const DELAYS_MAX = 100;
const KEPT_RUNS = { min: 0, max: 100_000_000 };
const DELAY_MS_MAX_DEFAULT = 3_600_000;

/**
 * Completes policies: absent parts come from `defaults`. `values` may hold other keys, which
 * are left alone. Throws INVALID_JOB or INVALID_DURATION naming the field below `path`.
 */
export function parsePolicies(
  values: Readonly<Record<string, unknown>>,
  defaults: Policies,
  path: string,
  pools: Pools = {},
): Policies {
  const fields: Fields = { path, values };
  for (const key of policyKeys) {
    // A task to ask may hold long arguments; its kind bounds them.
    if (key === 'onlyIf' || values[key] === undefined) continue;
    refuseUnreadable(values[key], { code: 'INVALID_JOB', field: pathOf(fields, key) });
  }
  const onFailure = parseFailure(fields, defaults.onFailure);
  const startWithinMs = parseStartWithin(fields, defaults.startWithinMs);
  const onlyIf = parseCheck(fields, defaults.onlyIf);
  const limits = parseLimits(fields, defaults, pools);
  return {
    misfire: parseMisfire(fields, defaults.misfire),
    overlap: parseOverlap(fields, defaults.overlap),
    retry: parseRetry(fields, defaults.retry),
    retention: parseRetention(fields, defaults.retention),
    timeoutMs: parseTimeout(fields, defaults.timeoutMs),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...limits,
    ...(startWithinMs === undefined ? {} : { startWithinMs }),
    ...(onlyIf === undefined ? {} : { onlyIf }),
    cancelGraceMs: readDuration(fields, 'cancelGrace', defaults.cancelGraceMs),
    onNodeLoss: readChoice(fields, 'onNodeLoss', ['retry', 'fail'], defaults.onNodeLoss),
    priority: readNumber(fields, 'priority', { min: -100, max: 100 }, defaults.priority),
  };
}

function parseMisfire(fields: Fields, fallback: MisfirePolicy): MisfirePolicy {
  const inner = modeOrFields(fields, 'misfire', ['mode', 'grace', 'maxAge', 'maxRuns']);
  if (inner === null) return fallback;
  return {
    mode: readChoice(inner, 'mode', MISFIRE_MODES, fallback.mode),
    graceMs: readDuration(inner, 'grace', fallback.graceMs),
    ageMsMax: readDuration(inner, 'maxAge', fallback.ageMsMax),
    runsMax: readNumber(inner, 'maxRuns', { min: 1, max: CAUGHT_UP_MAX }, fallback.runsMax),
  };
}

function parseOverlap(fields: Fields, fallback: OverlapPolicy): OverlapPolicy {
  const inner = modeOrFields(fields, 'overlap', ['mode', 'maxWaiting']);
  if (inner === null) return fallback;
  return {
    mode: readChoice(inner, 'mode', OVERLAP_MODES, fallback.mode),
    waitingMax: readNumber(inner, 'maxWaiting', { min: 1, max: 100_000 }, fallback.waitingMax),
  };
}

function parseRetry(fields: Fields, fallback: RetryPolicy): RetryPolicy {
  const value = fields.values.retry;
  if (value === undefined) return fallback;
  if (value === false) return { ...fallback, attemptsMax: 0 };
  const attempts = { min: 0, max: RETRIES_MAX };
  if (typeof value === 'number') {
    return { ...fallback, attemptsMax: readNumber(fields, 'retry', attempts, 0) };
  }
  const keys = ['attempts', 'backoff', 'delay', 'delays', 'factor', 'maxDelay', 'jitter'];
  const inner = readFields(value, pathOf(fields, 'retry'), keys);
  const backoff = parseBackoff(inner, fallback.backoff);
  const implied = backoff.kind === 'list' ? backoff.delaysMs.length : fallback.attemptsMax;
  return {
    attemptsMax: readNumber(inner, 'attempts', attempts, implied),
    backoff,
    jitter: readNumber(inner, 'jitter', { min: 0, max: 1, fraction: true }, fallback.jitter),
  };
}

/** What is written is checked whatever the kind: `defaults` may say more than the kind needs. */
function parseBackoff(inner: Fields, fallback: Backoff): Backoff {
  const implied = inner.values.delays === undefined ? fallback.kind : 'list';
  const kind = readChoice(inner, 'backoff', BACKOFF_KINDS, implied);
  const formerMs = fallback.kind === 'list' ? (fallback.delaysMs[0] ?? 0) : fallback.delayMs;
  const delayMs = readDuration(inner, 'delay', formerMs);
  const factor = readNumber(inner, 'factor', { min: 1, max: 100, fraction: true }, 2);
  const standardMsMax = Math.max(DELAY_MS_MAX_DEFAULT, delayMs);
  const delayMsMax = readDuration(inner, 'maxDelay', standardMsMax);
  const delaysMs = kind !== 'list' && inner.values.delays === undefined ? [] : parseDelays(inner);
  if (kind === 'list') return { kind, delaysMs };
  return kind === 'fixed' ? { kind, delayMs } : { kind, delayMs, factor, delayMsMax };
}

function parseDelays(inner: Fields): readonly DurationMs[] {
  const path = pathOf(inner, 'delays');
  const value = inner.values.delays;
  if (!Array.isArray(value) || value.length === 0 || value.length > DELAYS_MAX) {
    refuse(path, value, `must be a list of 1 to ${DELAYS_MAX} durations.`, 'Write [1m, 5m, 20m].');
  }
  return value.map((each, i) => durationOf(each, `${path}[${i}]`));
}

function parseCheck(fields: Fields, fallback: TaskSpec | undefined): TaskSpec | undefined {
  const value = fields.values.onlyIf;
  if (value === undefined) return fallback;
  return value === false ? undefined : taskOf(value, pathOf(fields, 'onlyIf'));
}

function parseStartWithin(
  fields: Fields,
  fallback: DurationMs | undefined,
): DurationMs | undefined {
  const value = fields.values.startWithin;
  if (value === undefined) return fallback;
  return value === false ? undefined : readDuration(fields, 'startWithin', 0, 1);
}

function parseFailure(
  fields: Fields,
  fallback: FailurePolicy | undefined,
): FailurePolicy | undefined {
  const value = fields.values.onFailure;
  if (value === undefined) return fallback;
  if (value === false) return undefined;
  const path = pathOf(fields, 'onFailure');
  const inner = readFields(value, path, ['retryAfter', 'pauseAfter']);
  const { retryAfter, pauseAfter } = inner.values;
  if (retryAfter === undefined && pauseAfter === undefined) {
    refuse(path, value, 'says nothing.', 'Write retryAfter: 5m, pauseAfter: 5, or both.');
  }
  const failures = { min: 1, max: FAILURES_MAX };
  return {
    retryAfterMs: retryAfter === undefined ? null : readDuration(inner, 'retryAfter', 0, 1),
    pauseAfter: pauseAfter === undefined ? null : readNumber(inner, 'pauseAfter', failures, 1),
  };
}

function parseRetention(fields: Fields, fallback: RetentionPolicy): RetentionPolicy {
  if (fields.values.retention === undefined) return fallback;
  const path = pathOf(fields, 'retention');
  const keys = ['age', 'runs', 'failedAge', 'failedRuns'];
  const inner = readFields(fields.values.retention, path, keys);
  const ageMs = readDuration(inner, 'age', fallback.ageMs);
  const runsMax = readNumber(inner, 'runs', KEPT_RUNS, fallback.runsMax);
  const { failedAge, failedRuns } = inner.values;
  const apart = failedAge !== undefined || failedRuns !== undefined;
  if (!apart && fallback.failed === undefined) return { ageMs, runsMax };
  const failed = {
    ageMs: readDuration(inner, 'failedAge', fallback.failed?.ageMs ?? ageMs),
    runsMax: readNumber(inner, 'failedRuns', KEPT_RUNS, fallback.failed?.runsMax ?? runsMax),
  };
  return { ageMs, runsMax, failed };
}

function parseTimeout(fields: Fields, fallback: DurationMs | null): DurationMs | null {
  const value = fields.values.timeout;
  if (value === undefined) return fallback;
  if (value === false || value === 0 || value === null) return null;
  return readDuration(fields, 'timeout', 0, 1);
}

/** A policy is written as its mode alone or as an object; `null` = absent. */
function modeOrFields(fields: Fields, key: string, keys: readonly string[]): Fields | null {
  const value = fields.values[key];
  if (value === undefined) return null;
  const path = pathOf(fields, key);
  if (typeof value === 'string') return { path, values: { mode: value } };
  return readFields(value, path, keys);
}
