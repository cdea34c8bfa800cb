import type { FunctionRegistry } from '../ports/function-registry.ts';
import type { TaskHandler } from '../ports/task-handler.ts';
import type { TaskMap } from './task-types.ts';

/**
 * Tasks by name, for `createScheduler({ tasks })`: from then on the compiler knows which names
 * there are, what input each takes, and what `waitFor` gives. Inputs are what JSON keeps; plain
 * interfaces will do. Answers its argument; put it where several programs can import its type.
 *
 * @example
 * export const tasks = defineTasks({
 *   'send-mail': async (mail: Mail, { signal }) => ({ id: await smtp.send(mail, signal) }),
 *   tidy: () => {},
 * });
 */
export function defineTasks<Tasks extends TaskMap<Tasks>>(tasks: Tasks): Tasks {
  return tasks;
}

/** Registers each task under its name; `tasks` has been checked. Throws what `register` throws. */
export function registerTasks(functions: FunctionRegistry, tasks: object | undefined): void {
  for (const [name, handler] of Object.entries(tasks ?? {})) {
    functions.register(name, handler as TaskHandler);
  }
}
