import { pathToFileURL } from 'node:url';
import type { Scheduler, TaskClass, TaskHandler } from 'tickwork';
import type { LoadedConfig } from './load-config.ts';
import { type Problem, problemAtPath } from './problem.ts';
import { sampleTasks } from './sample-tasks.ts';

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
  for (const [index, path] of config.modules.entries()) {
    const refuse = (message: string): void => {
      const place = ['tasks', index, 'module'];
      problems.push(problemAtPath(config.source, config.root, place, message));
    };
    try {
      const exports = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
      collect(exports, handlers, refuse);
    } catch (error) {
      refuse(`cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (problems.length > 0) return { problems };
  if (config.format === 'gocron') {
    for (const [name, handler] of Object.entries(sampleTasks)) {
      if (!handlers.has(name)) handlers.set(name, handler);
    }
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
  return Object.entries(config.jobs).flatMap(([name, { task, status }]) => {
    if (typeof task !== 'string' || tasks.names.has(task) || status === 'disabled') return [];
    const path = config.jobPaths.get(name) ?? [];
    const message = `no handler: nothing is registered as ${JSON.stringify(task)}; it will wait.`;
    return [{ ...problemAtPath(config.source, config.root, path, message), severity: 'warning' }];
  });
}

function collect(
  exports: Readonly<Record<string, unknown>>,
  handlers: Map<string, TaskHandler | TaskClass>,
  refuse: (message: string) => void,
): void {
  let count = 0;
  for (const [name, exported] of Object.entries(exports)) {
    if (name === 'default') continue;
    const isClass = typeof exported === 'function' && /^class\b/u.test(String(exported));
    if (isClass) {
      refuse(`exports the class ${name}; export an instance of it.`);
    } else if (typeof exported === 'function' || isTaskClass(exported)) {
      const own = typeof exported === 'function' ? name : nameOf(exported);
      if (handlers.has(own)) refuse(`exports ${own}, which another module exports too.`);
      handlers.set(own, exported as TaskHandler | TaskClass);
      count++;
    }
  }
  if (count === 0) refuse('exports no task; write `export function name(input, context) { … }`.');
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
