import type { Json } from '../base/json.ts';
import type { JobSource } from '../model/job.ts';
import type { EnqueueOutcome } from '../ports/run-store.ts';
import type { TaskClass, TaskHandler, TaskOptions } from '../ports/task-handler.ts';
import type { EnqueueManyOptions, EnqueueOptions, WaitOptions } from './enqueue-api.ts';
import type { JobView } from './job-view.ts';
import type { ApplyOptions, ApplyResult } from './operations.ts';
import type { Scheduler } from './scheduler-api.ts';

/**
 * The scheduler as it is made: where `Scheduler` has the types of tasks, inputs and jobs for the
 * user's compiler, this has what arrives, which is read and checked by each call.
 */
export interface UncheckedScheduler extends Omit<Scheduler, keyof TypedCalls>, TypedCalls {}

interface TypedCalls {
  task(name: string, handler: TaskHandler | undefined, options?: TaskOptions): UncheckedScheduler;
  taskClass(task: TaskClass): UncheckedScheduler;
  job(name: string, job: unknown): Promise<JobView>;
  applyJobs(
    source: JobSource,
    jobs: Readonly<Record<string, unknown>>,
    options?: ApplyOptions,
  ): Promise<ApplyResult>;
  enqueue(task: unknown, input?: unknown, options?: EnqueueOptions): Promise<EnqueueOutcome>;
  enqueueMany(
    task: unknown,
    inputs: readonly unknown[],
    options?: EnqueueManyOptions,
  ): Promise<readonly EnqueueOutcome[]>;
  runNow(
    name: string,
    options?: { readonly input?: unknown; readonly requestId?: string },
  ): Promise<EnqueueOutcome>;
  retry(runId: string): Promise<EnqueueOutcome>;
  waitFor(runId: string, options?: WaitOptions): Promise<Json>;
}
