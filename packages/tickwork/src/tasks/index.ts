import type { FunctionRegistry } from '../core/ports/function-registry.ts';
import type { TaskKind } from '../core/ports/task-kind.ts';
import { createFunctionTasks } from './function/index.ts';
import { createScriptTasks, type ScriptTasksConfig } from './script/index.ts';

/** The kinds of tasks of a scheduler, and where its functions are registered. */
export interface Tasks {
  readonly functions: FunctionRegistry;
  readonly kinds: readonly TaskKind[];
}

/** All kinds of tasks. A new one is a folder and one line here. */
export function createTasks(config: { readonly scripts: ScriptTasksConfig }): Tasks {
  const functions = createFunctionTasks();
  return { functions, kinds: [functions.kind, createScriptTasks(config.scripts)] };
}
