import type { Json } from '../base/json.ts';
import type { AnyTasks, HandlerOf, TaskName } from '../declaration/task-types.ts';
import type { TroubleReport } from '../engine/troubles.ts';
import type { EventName, TickworkEvent } from '../events/catalogue.ts';
import type { TaskClass, TaskOptions } from '../ports/task-handler.ts';
import type { Operations } from './operations.ts';

/**
 * A scheduler of this process: the operations, and the half that only a process has, which
 * registers functions, hears events and runs work.
 */
export interface Scheduler<Tasks = AnyTasks> extends Operations<Tasks> {
  /** Registers a function under a name that jobs and `enqueue` use. Throws DUPLICATE_TASK. */
  task<Name extends TaskName<Tasks>, Input = Json>(
    name: Name,
    handler: HandlerOf<Tasks, Name, Input> | undefined,
    options?: TaskOptions,
  ): this;
  taskClass<Input = Json>(task: TaskClass<Input>): this;

  /** Hears facts as they happen in this process. Returns the unsubscribe function. */
  on<Name extends EventName>(
    name: Name,
    listener: (event: TickworkEvent<Name>) => void,
  ): () => void;

  /** What of this process's engine fails at present, and how many errors there were. */
  troubles(): TroubleReport;

  /** Joins as a node and begins to plan and run. Returns when it is joined. */
  start(): Promise<void>;
  /**
   * Stops claiming, waits for running work (`drain` true, at most `timeoutMs`, default
   * 30 s) or cancels it, gives reservations back and leaves. Does not close the store.
   */
  stop(options?: { readonly drain?: boolean; readonly timeoutMs?: number }): Promise<void>;
  /** Stops if needed and closes the store. */
  close(): Promise<void>;
}
