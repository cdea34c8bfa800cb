import type { Json } from '../base/json.ts';
import type { Instant } from '../time/instant.ts';
import type { JobDefinition } from './job.ts';
import type { RunState } from './run-state.ts';

export const runOrigins = [
  'schedule',
  'manual',
  'enqueue',
  'after',
  'startup',
  'failure',
  'backfill',
] as const;

/** Where a run comes from. */
export type RunOrigin = (typeof runOrigins)[number];

/**
 * Why a run is in its state, in one word. SKIPPED: `misfire`, `coalesced`, `overlap`,
 * `limit`, `paused`, `superseded`, `backoff`,
 * `too-late`, `check`, `calendar`. FAILED: `error`, `timeout`, `poison`, `node-lost`.
 * RETRY: `error`, `timeout`, `node-lost`. CANCELLED: `request`, `overlap`, `shutdown`.
 * PENDING, RETRY while it waits: `concurrency`, `rate`.
 */
export type RunReason =
  | 'misfire'
  | 'coalesced'
  | 'overlap'
  | 'limit'
  | 'paused'
  | 'superseded'
  | 'backoff'
  | 'too-late'
  | 'check'
  | 'calendar'
  | 'concurrency'
  | 'rate'
  | 'error'
  | 'timeout'
  | 'poison'
  | 'node-lost'
  | 'request'
  | 'shutdown';

/**
 * What is needed to do a run. Enqueued runs carry it themselves, runs of jobs find it in
 * the revision under which they were planned.
 */
export type RunDefinition = Pick<JobDefinition, 'task' | 'input' | 'policies'>;

/** A run that is to be stored; the store adds state PENDING and zero counts. */
export interface NewRun {
  /** The key in text, see `runId`. Storing it twice is no error and changes nothing. */
  readonly id: string;
  readonly jobId: number | null;
  readonly jobRevision: number | null;
  readonly origin: RunOrigin;
  /** The nominal due instant. */
  readonly fireAt: Instant;
  /** When it may start: `fireAt` plus jitter. Never earlier. */
  readonly startAt: Instant;
  readonly handler: string;
  readonly priority: number;
  /** For `enqueue`: unique among the live runs of its handler; a second answers with the first. */
  readonly dedupeKey: string | null;
  /** How many missed instants this run stands for besides its own. */
  readonly coalescedCount: number;
  /** Enqueued runs only; runs of jobs use their revision's definition. */
  readonly definition: RunDefinition | null;
  /** Overrides the definition's input (run now with other input); absent = not overridden. */
  readonly input?: Json;
  /** The run that caused this one (after-job triggers, `retry` of a finished run). */
  readonly parentId: string | null;
}

/** A stored run, live or finished. */
export interface Run extends NewRun {
  readonly jobName: string | null;
  readonly state: RunState;
  readonly reason: RunReason | null;
  /** PENDING, RETRY: when it may start next. */
  readonly dueAt: Instant;
  /** PENDING: its instant came, and it waits for its predecessor (overlap queue). */
  readonly waiting: boolean;
  /** PENDING, RETRY: its instant came, and it waits for room under this key. */
  readonly limitKey: string | null;
  /** The node that reserved it (PENDING, RETRY) or runs it (RUNNING). */
  readonly nodeId: string | null;
  /** Grows with each start; guards every write of an attempt. */
  readonly fence: number;
  /** Started attempts so far. */
  readonly attempt: number;
  readonly failedCount: number;
  /** Attempts lost in a row because their node died. */
  readonly lostCount: number;
  readonly cancelRequested: boolean;
  readonly progress: Json;
  readonly createdAt: Instant;
  /** Start of the latest attempt. */
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  /** What went wrong, or why it was not run, in words. */
  readonly error: string | null;
  readonly exitCode: number | null;
  readonly result: Json;
}

/**
 * True if a due run may start with its claim: it belongs to no job, waits for no room, and has
 * neither limits nor a time to start within nor a check before it.
 */
export function needsNoDecision(
  run: Pick<NewRun, 'jobId' | 'definition'> & Partial<Pick<Run, 'limitKey'>>,
): boolean {
  if (run.jobId !== null || (run.limitKey ?? null) !== null) return false;
  if (run.definition === null) return true;
  const { concurrency, pool, rate, startWithinMs, onlyIf } = run.definition.policies;
  return (
    concurrency === undefined &&
    pool === undefined &&
    rate === undefined &&
    startWithinMs === undefined &&
    onlyIf === undefined
  );
}

/** One ended try at a run. */
export interface Attempt {
  readonly runId: string;
  /** 1, 2, … */
  readonly attempt: number;
  readonly fence: number;
  readonly nodeId: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly outcome:
    | 'success'
    | 'failed'
    | 'timeout'
    | 'cancelled'
    | 'lost'
    /** Its pre-check said no. */
    | 'skipped'
    | 'running';
  readonly error: string | null;
  readonly exitCode: number | null;
}

/** A stretch of instants of one job that were not run, all for one reason. */
export interface SkipRange {
  readonly jobId: number;
  /** First and last instant, both inclusive. */
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly count: number;
  readonly reason: RunReason;
  /** When it was decided. */
  readonly decidedAt: Instant;
  /** The run that stands for them (`coalesced`), if any. */
  readonly intoRunId: string | null;
  /** Why, in somebody's words (`paused`); absent = nobody said. */
  readonly note?: string;
}

/**
 * The run's key in text. One due instant of one job has exactly one id, on every
 * node and at every try, so that the primary key of runs is the UNIQUE(job, instant).
 *
 * No two kinds can meet, whatever callers choose as a request id: ids of jobs begin with a
 * number in base 36 and a hyphen, those outside of jobs with `e_`. A second hyphen tells
 * the scheduled from all others, of which each kind has its letter.
 */
export const runId = {
  scheduled: (jobId: number, fireAt: Instant): string =>
    `${jobId.toString(36)}-${fireAt.toString(36)}`,
  manual: (jobId: number, requestId: string): string => `${jobId.toString(36)}-m-${requestId}`,
  after: (jobId: number, parentId: string): string => `${jobId.toString(36)}-a-${parentId}`,
  startup: (jobId: number, nodeId: string): string => `${jobId.toString(36)}-s-${nodeId}`,
  /** The run that the failure policy asks for at an instant. */
  failure: (jobId: number, fireAt: Instant): string =>
    `${jobId.toString(36)}-f-${fireAt.toString(36)}`,
  /** An instant that is made up for; `requestId` if it is to be run whatever there is. */
  backfill: (jobId: number, fireAt: Instant, requestId: string | null): string => {
    const id = `${jobId.toString(36)}-b-${fireAt.toString(36)}`;
    return requestId === null ? id : `${id}-${requestId}`;
  },
  enqueued: (requestId: string): string => `e_${requestId}`,
};
