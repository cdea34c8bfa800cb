import type { Json } from '../base/json.ts';
import type { JobInput, JobOf } from '../declaration/job-input.ts';
import type {
  AnyInputMember,
  AnyTasks,
  GivenInput,
  InputArguments,
  ResultOf,
  TaskName,
  TaskObject,
} from '../declaration/task-types.ts';
import type { UnknownUpstream } from '../declaration/unknown-upstream.ts';
import type { TriggerFire } from '../forecast/next-fires.ts';
import type { JobDefinition, JobSource } from '../model/job.ts';
import type { Node } from '../model/node.ts';
import type { Attempt, Run, SkipRange } from '../model/run.ts';
import type { JobFilter, StoredCalendar } from '../ports/job-store.ts';
import type { CancelOutcome, OutputChunk, RunFilter, RunPage } from '../ports/run-store.ts';
import type { Instant } from '../time/instant.ts';
import type { TriggerInput } from '../trigger/trigger-input.ts';
import type { JobControl } from './control-api.ts';
import type {
  Enqueued,
  EnqueueManyOptions,
  EnqueueOptions,
  ResultOfRun,
  WaitOptions,
} from './enqueue-api.ts';
import type { JobView } from './job-view.ts';
import type { Questions } from './questions-api.ts';

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
 *
 * `Tasks` are the tasks that the compiler knows by name, see `defineTasks`; without them, names
 * are any text and inputs any JSON.
 */
export interface Operations<Tasks = AnyTasks> extends Questions, JobControl {
  /** Declares a job from code: inserted, updated if it differs, untouched if it does not. */
  job<Task extends TaskName<Tasks> | TaskObject, Input = Json>(
    name: string,
    job: JobOf<Tasks, Task, Input>,
  ): Promise<JobView>;
  /**
   * Declares all jobs of one source at once: all are checked before any is written; jobs
   * of the same source that are not named any more are disabled. Named again later, a job returns
   * as it was, with what was set by hand: pause with reason and end, skipped instants,
   * count of failures.
   */
  applyJobs(
    source: JobSource,
    jobs: Readonly<Record<string, JobInput<Tasks>>>,
    options?: ApplyOptions,
  ): Promise<ApplyResult>;
  applyCalendars(calendars: Readonly<Record<string, unknown>>, source: JobSource): Promise<void>;
  remove(name: string): Promise<void>;

  /** Runs a task once, outside any job. `waitFor` gives its result. */
  enqueue<Task extends TaskName<Tasks> | TaskObject, Input = Json>(
    task: Task,
    ...rest: InputArguments<Tasks, Task, Input, EnqueueOptions>
  ): Promise<Enqueued<ResultOf<Tasks, Task>>>;
  /**
   * Runs a task once with each of the inputs, outside any job; outcomes in their order. The
   * fast way for many: 500 share a transaction. A failure may leave the first ones stored;
   * repeated with the same `requestIds`, only what is missing is added.
   */
  enqueueMany<Task extends TaskName<Tasks> | TaskObject, Input = Json>(
    task: Task,
    inputs: readonly GivenInput<Tasks, Task, Input>[],
    options?: EnqueueManyOptions,
  ): Promise<readonly Enqueued<ResultOf<Tasks, Task>>[]>;
  /** Runs a job now, paused or not; obeys its overlap policy. */
  runNow<Input = Json>(
    name: string,
    options?: { readonly requestId?: string } & AnyInputMember<Input>,
  ): Promise<Enqueued>;
  /**
   * Waits for the end of a run, wherever it runs, and gives the result of its SUCCESS; retries
   * are waited for. Throws TASK_FAILED, TASK_TIMEOUT, TASK_CANCELLED or TASK_SKIPPED for another
   * end, WAIT_TIMEOUT if it has not ended in the time given (waiting again helps), RUN_NOT_FOUND,
   * and NOT_RUNNING if the scheduler is closed meanwhile.
   *
   * @example
   * const { runId } = await scheduler.enqueue('add', { a: 1, b: 2 });
   * const sum = await scheduler.waitFor(runId, { timeout: '30s' });
   */
  waitFor<Id extends string>(runId: Id, options?: WaitOptions): Promise<ResultOfRun<Id>>;
  cancel(runId: string): Promise<CancelOutcome>;
  /** Runs a finished run's work again, as a new run with `parentId`. */
  retry<Id extends string>(runId: Id): Promise<Enqueued<ResultOfRun<Id>>>;

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
