import type { Json } from '../base/json.ts';
import type { TaskSpec } from '../model/task-spec.ts';
import type { Instant } from '../time/instant.ts';
import type { OutputChunk } from './run-store.ts';

/** Which of the node's slots a task takes: in-process functions or work outside. */
export type SlotKind = 'function' | 'external';

/** What one attempt knows and may do. */
export interface AttemptContext {
  readonly runId: string;
  readonly jobName: string | null;
  /** 1, 2, … */
  readonly attempt: number;
  /** The nominal due instant. */
  readonly fireAt: Instant;
  /** Grows with every attempt of the run; hand it to systems that can check it. */
  readonly fence: number;
  /** The same for every attempt of the run. */
  readonly idempotencyKey: string;
  /** Missed instants that this run stands for besides its own. */
  readonly coalescedCount: number;
  /** Aborts on timeout, cancel, shutdown and loss of the lease; `reason` is a TickworkError. */
  readonly signal: AbortSignal;
  /** After `signal`: how long until the attempt is killed. */
  readonly cancelGraceMs: number;
  /** Keeps text with the run. Beyond the bounds the middle is dropped and marked. */
  output(stream: OutputChunk['stream'], text: string): void;
  /** Keeps the latest value with the run; written a few times a second at most. */
  progress(value: Json): void;
}

/** How an attempt ended. Throwing is the same as `{ok: false}` with the error's message. */
export type TaskResult =
  | { readonly ok: true; readonly result: Json; readonly exitCode?: number }
  | {
      readonly ok: false;
      readonly error: string;
      readonly exitCode?: number;
      /** It said no and did not break: `false` of a function. Exit codes 1 to 125 say it too. */
      readonly declined?: boolean;
    };

/**
 * One way of doing work. A kind is registered once per node; `handles` names what this
 * node can run, and only such runs are claimed.
 */
export interface TaskKind {
  /** The discriminator in `TaskSpec.kind`. */
  readonly kind: string;
  readonly slotKind: SlotKind;
  /** The handler keys this node can run now, see `handlerKey`. */
  handles(): readonly string[];
  /**
   * Checks a task before a job is saved. Throws INVALID_JOB, SCRIPT_REFUSED, … naming the
   * field below `field`. A missing handler is no error: the job shows `no handler`.
   */
  validate(task: TaskSpec, field: string): void;
  /**
   * True if the kind ends the task by force when the grace is over (a process, a thread), so
   * that its answer is to be waited for a moment longer. Absent: it cannot.
   */
  killsAfterGrace?(task: TaskSpec): boolean;
  /**
   * Runs one attempt. Resolves soon after `signal` aborts, or is abandoned after the grace. What
   * is done without waiting may be answered at once, which costs less.
   */
  execute(task: TaskSpec, input: Json, context: AttemptContext): TaskResult | Promise<TaskResult>;
}
