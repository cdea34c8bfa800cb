import type { Json } from '../base/json.ts';
import type { AttemptContext } from './task-kind.ts';

/** What a function task gets besides its input. */
export interface TaskContext extends AttemptContext {
  /** Keeps a line with the run: `ctx.log('took', n)`. */
  log(...parts: readonly unknown[]): void;
}

/**
 * Returning `false`, returning an Error or throwing is a failure; anything else that JSON keeps is
 * the result, `null` if nothing is returned. `input` is a copy of the run's own.
 */
export type TaskHandler<Input = Json, Result = unknown> = (
  input: Input,
  context: TaskContext,
) => Result;

/** A task as a class: `name` names it, `execute` does it. */
export interface TaskClass<Input = Json> {
  readonly name: string | (() => string);
  execute(input: Input, context: TaskContext): unknown;
}

export interface TaskOptions {
  /**
   * `worker`: run in a worker thread, so that a handler that computes for long neither
   * blocks the engine nor outlives its timeout. `module` is the file (URL or absolute path)
   * whose export `exportName` (default `default`) is the handler.
   */
  readonly isolate?: 'worker';
  readonly module?: string | URL;
  readonly exportName?: string;
}
