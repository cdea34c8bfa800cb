import type { Json } from '../base/json.ts';
import type { JobInput } from '../declaration/job-input.ts';
import type { PoliciesInput } from '../declaration/parse-policies.ts';
import type { UnknownUpstream } from '../declaration/unknown-upstream.ts';
import type { TriggerFire } from '../forecast/next-fires.ts';
import type { JobDefinition, JobSource } from '../model/job.ts';
import type { Node } from '../model/node.ts';
import type { Attempt, Run, SkipRange } from '../model/run.ts';
import type { JobFilter, StoredCalendar } from '../ports/job-store.ts';
import type {
  CancelOutcome,
  EnqueueOutcome,
  OutputChunk,
  RunFilter,
  RunPage,
} from '../ports/run-store.ts';
import type { Instant } from '../time/instant.ts';
import type { TriggerInput } from '../trigger/trigger-input.ts';
import type { JobControl } from './control-api.ts';
import type { JobView } from './job-view.ts';
import type { Questions } from './questions-api.ts';

export interface EnqueueOptions {
  /** When it may start; default now. Epoch ms, Date or ISO text. */
  readonly runAt?: Instant | Date | string;
  /** How long from now it may start: ms or text such as `90s`. Not beside `runAt`. */
  readonly delay?: number | string;
  /** −100..100, larger first; default 0. */
  readonly priority?: number;
  /**
   * While a run of the same task with this key is live, enqueueing it again answers with that run;
   * the key is free again when the run has ended. 1 to 500 characters; other tasks may use it too.
   */
  readonly key?: string;
  /** Repeating a call with the same id stores nothing new. Default: a fresh one. */
  readonly requestId?: string;
  readonly policies?: PoliciesInput;
}

/** Like `EnqueueOptions`, for all inputs alike. */
export interface EnqueueManyOptions extends Omit<EnqueueOptions, 'key' | 'requestId'> {
  /** One for each input, in their order. Default: fresh ones. */
  readonly requestIds?: readonly string[];
}

export interface StatsView {
  readonly runCount: number;
  readonly successCount: number;
  readonly failureCount: number;
  readonly cancelledCount: number;
  readonly skippedCount: number;
  /** successes ÷ (successes + failures); `null` before the first. */
  readonly successRate: number | null;
  readonly durationMsMean: number | null;
  readonly lastRunAt: Instant | null;
  readonly nextRunAt: Instant | null;
  readonly lastError: string | null;
}

export interface ApplyOptions {
  /** Answers what would change and writes nothing; default false. */
  readonly dryRun?: boolean;
  /**
   * What becomes of stored jobs of the source that the list lacks: `disable` (default), or `keep`,
   * which leaves them as they are for now.
   */
  readonly absent?: 'disable' | 'keep';
}

/** Names of jobs, each in one of the lists. */
export type { UnknownUpstream } from '../declaration/unknown-upstream.ts';

export interface ApplyResult {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  /** Those that the list lacks and that were in force or paused. */
  readonly disabled: readonly string[];
  /** Jobs of the list that run after a name that no job has: they never run. */
  readonly unknown: readonly UnknownUpstream[];
  /** The same with `absent: 'keep'`: nothing was done to them. */
  readonly kept: readonly string[];
}

export interface RunDetail {
  readonly run: Run;
  readonly attempts: readonly Attempt[];
  readonly definition: Pick<JobDefinition, 'task' | 'input' | 'policies'> | null;
}

export type NextFire = TriggerFire;

/**
 * Everything that can be asked of a scheduler from afar: arguments and answers are plain data.
 * It works before `start()` too: writes go to the store, and running processes on the same store
 * notice within a second.
 */
export interface Operations extends Questions, JobControl {
  /** Declares a job from code: inserted, updated if it differs, untouched if it does not. */
  job(name: string, input: JobInput): Promise<JobView>;
  /**
   * Declares all jobs of one source at once: all are checked before any is written; jobs
   * of the same source that are not named any more are disabled. Named again later, a job returns
   * as it was, with what was set by hand: pause with reason and end, skipped instants,
   * count of failures.
   */
  applyJobs(
    source: JobSource,
    jobs: Readonly<Record<string, JobInput>>,
    options?: ApplyOptions,
  ): Promise<ApplyResult>;
  applyCalendars(calendars: Readonly<Record<string, unknown>>, source: JobSource): Promise<void>;
  remove(name: string): Promise<void>;

  /** Runs a task once, outside any job. */
  enqueue(task: JobInput['task'], input?: Json, options?: EnqueueOptions): Promise<EnqueueOutcome>;
  /**
   * Runs a task once with each of the inputs, outside any job; outcomes in their order. The
   * fast way for many: 500 share a transaction. A failure may leave the first ones stored;
   * repeated with the same `requestIds`, only what is missing is added.
   */
  enqueueMany(
    task: JobInput['task'],
    inputs: readonly Json[],
    options?: EnqueueManyOptions,
  ): Promise<readonly EnqueueOutcome[]>;
  /** Runs a job now, paused or not; obeys its overlap policy. */
  runNow(
    name: string,
    options?: { readonly input?: Json; readonly requestId?: string },
  ): Promise<EnqueueOutcome>;
  cancel(runId: string): Promise<CancelOutcome>;
  /** Runs a finished run's work again, as a new run with `parentId`. */
  retry(runId: string): Promise<EnqueueOutcome>;

  jobs(filter?: JobFilter, page?: { after?: string | null; limit?: number }): Promise<JobView[]>;
  /** Throws JOB_NOT_FOUND. */
  findJob(name: string): Promise<JobView>;
  stats(name: string): Promise<StatsView>;
  skips(name: string, fromAt: Instant, toAt: Instant): Promise<SkipRange[]>;
  runs(filter?: RunFilter, page?: { after?: string | null; limit?: number }): Promise<RunPage>;
  /** Throws RUN_NOT_FOUND. */
  findRun(runId: string): Promise<RunDetail>;
  output(
    runId: string,
    after?: { attempt: number; seq: number } | null,
    limit?: number,
  ): Promise<OutputChunk[]>;
  nodes(): Promise<Node[]>;
  calendars(): Promise<StoredCalendar[]>;
  /** The next instants of a trigger, or of a stored job by name. */
  nextFires(
    trigger: TriggerInput | readonly TriggerInput[] | { readonly job: string },
    options?: { after?: Instant | Date | string; count?: number; zone?: string },
  ): Promise<NextFire[]>;
}
