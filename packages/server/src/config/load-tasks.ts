import { pathToFileURL } from 'node:url';
import type { Scheduler, TaskClass, TaskHandler } from 'tickwork';
import type { LoadedConfig } from './load-config.ts';
import { type Problem, problemAtPath } from './problem.ts';

/** What task modules export, ready to be registered. */
export interface LoadedTasks {
  readonly names: ReadonlySet<string>;
  register(scheduler: Scheduler): void;
}

/**
 * Loads the task modules of a file and registers their exports: a function under its name,
 * an object with `execute` under its own. Nothing is registered unless all can be loaded.
 */
export async function loadTasks(
  config: LoadedConfig,
): Promise<LoadedTasks | { readonly problems: readonly Problem[] }> {
  const handlers = new Map<string, TaskHandler | TaskClass>();
  const problems: Problem[] = [];
  for (const { path, place } of config.modules) {
    const refuse = (message: string): void => {
      const text = place === null ? `${path} ${message}` : message;
      problems.push(problemAtPath(config.source, config.root, place ?? [], text));
    };
    try {
      const exports = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
      const found = collect(exports, handlers, refuse);
      if (found === 0 && place !== null) refuse(advice(exports));
    } catch (error) {
      refuse(`cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (problems.length > 0) return { problems: config.secrets.hideIn(problems) };
  for (const [name, handler] of Object.entries(config.builtins)) {
    if (!handlers.has(name)) handlers.set(name, handler);
  }
  return {
    names: new Set(handlers.keys()),
    register(scheduler) {
      for (const [name, handler] of handlers) {
        if (typeof handler === 'function') scheduler.task(name, handler);
        else scheduler.taskClass(handler);
      }
    },
  };
}

/** The jobs whose function no module exports: they would wait. As warnings, for `validate`. */
export function withoutHandler(config: LoadedConfig, tasks: LoadedTasks): readonly Problem[] {
  const told: readonly Problem[] = Object.entries(config.jobs).flatMap(
    ([name, { task, status }]) => {
      if (typeof task !== 'string' || tasks.names.has(task) || status === 'disabled') return [];
      const path = config.jobPaths.get(name) ?? [];
      const message = `no handler: nothing is registered as ${JSON.stringify(task)}; it will wait.`;
      return [{ ...problemAtPath(config.source, config.root, path, message), severity: 'warning' }];
    },
  );
  return config.secrets.hideIn(told);
}

/** Adds the tasks that a module exports; gives their number. */
function collect(
  exports: Readonly<Record<string, unknown>>,
  handlers: Map<string, TaskHandler | TaskClass>,
  refuse: (message: string) => void,
): number {
  let count = 0;
  for (const [name, exported] of Object.entries(exports)) {
    if (name === 'default' || isClass(exported)) continue;
    if (typeof exported !== 'function' && !isTaskClass(exported)) continue;
    const own = typeof exported === 'function' ? name : nameOf(exported);
    if (handlers.has(own)) refuse(`exports ${own}, which another module exports too.`);
    handlers.set(own, exported as TaskHandler | TaskClass);
    count++;
  }
  return count;
}

/** What is wrong with a module that exports no task. */
function advice(exports: Readonly<Record<string, unknown>>): string {
  const found = Object.entries(exports).find(([, exported]) => isClass(exported));
  if (found !== undefined) return `exports the class ${found[0]}; export an instance of it.`;
  return 'exports no task; write `export function name(input, context) { … }`.';
}

function isClass(value: unknown): boolean {
  return typeof value === 'function' && /^class\b/u.test(String(value));
}

function isTaskClass(value: unknown): value is TaskClass {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { execute?: unknown }).execute === 'function'
  );
}

function nameOf(task: TaskClass): string {
  return typeof task.name === 'function' ? task.name() : task.name;
}
