import type { Json } from '../base/json.ts';
import type { JobStatus } from '../model/job.ts';
import type { TriggerInput, TriggerKey, TriggerObject } from '../trigger/trigger-input.ts';
import type { PoliciesInput } from './parse-policies.ts';
import type { AnyTasks, InputMember, ScriptInput, TaskName, TaskObject } from './task-types.ts';

/**
 * What users write for a job; `parseJob` completes it. It says when with exactly one trigger,
 * either by the trigger's own keys (`every`, `cron`, `daily`, …) or by `trigger`, and what with
 * exactly one of `task` and `script`.
 *
 * @example
 * const nightly: JobInput = { daily: '02:00', zone: 'Europe/Berlin', task: 'backup', retry: 2 };
 */
export type JobInput<Tasks = AnyTasks> = JobSettings &
  When &
  (EachTask<Tasks, TaskName<Tasks> | TaskObject> | ScriptPart);

/** A job of one task: from `task`, the compiler knows what `input` must be. */
export type JobOf<Tasks, Task, Input> = JobSettings &
  When &
  (TaskPart<Tasks, Task, Input> | ScriptPart);

interface JobSettings extends PoliciesInput {
  readonly tags?: readonly string[];
  readonly description?: string;
  /** Default `active`. */
  readonly status?: Exclude<JobStatus, 'paused'>;
}

type When =
  | (TriggerObject & { readonly trigger?: never })
  | ({
      /** A list is the union of its members. */
      readonly trigger: TriggerInput | readonly TriggerInput[];
    } & { readonly [Key in TriggerKey]?: never });

type TaskPart<Tasks, Task, Input> = {
  /** The name of a function, or a task of another kind. */
  readonly task: Task;
  readonly script?: never;
} & InputMember<Tasks, Task, Input>;

interface ScriptPart {
  readonly script: ScriptInput;
  /** Arrives on standard input as JSON. */
  readonly input?: Json;
  readonly task?: never;
}

/** Where tasks have their own types, one alternative for each. */
type EachTask<Tasks, Task> = [AnyTasks] extends [Tasks]
  ? TaskPart<Tasks, Task, Json>
  : Task extends unknown
    ? TaskPart<Tasks, Task, Json>
    : never;
