import type { TaskClass, TaskHandler, TaskOptions } from './task-handler.ts';

/** Where functions become tasks. Throws DUPLICATE_TASK and INVALID_INPUT. */
export interface FunctionRegistry {
  register(name: string, handler: TaskHandler | undefined, options?: TaskOptions): void;
  registerClass(task: TaskClass): void;
}
