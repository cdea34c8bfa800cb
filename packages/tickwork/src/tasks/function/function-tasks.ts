import { nameProblem } from '../../core/base/check-name.ts';
import { TickworkError } from '../../core/base/errors.ts';
import type { Json } from '../../core/base/json.ts';
import { handlerKey, type TaskSpec } from '../../core/model/task-spec.ts';
import type { TaskClass, TaskHandler, TaskOptions } from '../../core/ports/task-handler.ts';
import type { AttemptContext, TaskKind, TaskResult } from '../../core/ports/task-kind.ts';
import { parseTarget } from './parse-target.ts';
import { runHandler, type Work } from './run-handler.ts';
import { runInWorker, type WorkerTarget } from './run-in-worker.ts';

const KIND = 'function';
const WORKER_HEAP_MB = 512;

export interface FunctionTasksOptions {
  /** JavaScript heap of one worker thread (`isolate: 'worker'`) in MB, at least 16; default 512. */
  readonly workerHeapMbMax?: number;
}

/** The functions of this process, and the kind that runs them. */
export interface FunctionTasks {
  readonly kind: TaskKind;
  /**
   * Makes a function known under a name of 1 to 200 characters. With `isolate: 'worker'`
   * the handler is the export of `module` and the argument may be `undefined`. Throws
   * DUPLICATE_TASK for a name that is known, INVALID_INPUT for everything that cannot work.
   */
  register<Input = Json>(
    name: string,
    handler: TaskHandler<Input> | undefined,
    options?: TaskOptions,
  ): void;
  /** Makes an instance with `name` and `execute` known. Throws like `register`. */
  registerClass<Input = Json>(task: TaskClass<Input>): void;
}

type Handler =
  | { readonly in: 'main'; readonly work: Work }
  | { readonly in: 'worker'; readonly target: WorkerTarget };

/**
 * Gives an empty registry of functions. They run in this process, up to the node's slots
 * for functions at once; what cannot wait for others belongs in a worker thread.
 */
export function createFunctionTasks(options: FunctionTasksOptions = {}): FunctionTasks {
  const heapMbMax = options.workerHeapMbMax ?? WORKER_HEAP_MB;
  if (!Number.isInteger(heapMbMax) || heapMbMax < 16) {
    throw new TickworkError('INVALID_INPUT', {
      field: 'workerHeapMbMax',
      value: heapMbMax,
      reason: 'it must be a whole number of at least 16.',
    });
  }
  const handlers = new Map<string, Handler>();

  function add(name: unknown, handler: Handler): void {
    checkName(name);
    if (handlers.has(name)) {
      throw new TickworkError('DUPLICATE_TASK', {
        field: 'name',
        value: name,
        reason: 'a task of this name is registered already.',
        remedy: 'Choose another name, or register it once.',
      });
    }
    handlers.set(name, handler);
  }

  function execute(
    task: TaskSpec,
    input: Json,
    context: AttemptContext,
  ): TaskResult | Promise<TaskResult> {
    const handler = handlers.get(task.name);
    if (handler === undefined) {
      return { ok: false, error: `no function is registered as ${JSON.stringify(task.name)}` };
    }
    if (handler.in === 'main') return runHandler(handler.work, input, context);
    return runInWorker(handler.target, input, context, heapMbMax);
  }

  const kind: TaskKind = Object.freeze({
    kind: KIND,
    slotKind: 'function',
    killsAfterGrace: (task: TaskSpec) => handlers.get(task.name)?.in === 'worker',
    handles: () => Array.from(handlers.keys(), (name) => handlerKey({ kind: KIND, name })),
    validate,
    execute,
  });
  return Object.freeze({
    kind,
    register<Input>(
      name: string,
      handler: TaskHandler<Input> | undefined,
      taskOptions: TaskOptions = {},
    ): void {
      const target = parseTarget(taskOptions);
      if (target !== null) add(name, { in: 'worker', target });
      else add(name, { in: 'main', work: checkHandler(handler) });
    },
    registerClass<Input>(task: TaskClass<Input>): void {
      const work = checkClass(task);
      const name = typeof work.name === 'function' ? work.name() : work.name;
      add(name, { in: 'main', work });
    },
  });
}

function validate(task: TaskSpec, field: string): void {
  if (task.name === '') {
    throw new TickworkError('INVALID_JOB', {
      field: `${field}.name`,
      value: task.name,
      reason: 'a function task needs the name under which it is registered.',
    });
  }
  const [option] = Object.keys(task.options);
  if (option === undefined) return;
  throw new TickworkError('INVALID_JOB', {
    field: `${field}.options.${option}`,
    reason: 'a function task has no options.',
    remedy: 'Put what the function needs into the input of the job.',
  });
}

function checkName(name: unknown): asserts name is string {
  const problem = nameProblem(name);
  if (problem === null) return;
  throw new TickworkError('INVALID_INPUT', { field: 'name', value: name, ...problem });
}

function checkHandler(handler: unknown): TaskHandler {
  const isClass =
    typeof handler === 'function' && /^class\b/.test(Function.prototype.toString.call(handler));
  if (typeof handler === 'function' && !isClass) return handler as TaskHandler;
  throw new TickworkError('INVALID_INPUT', {
    field: 'handler',
    value: isClass ? 'class' : handler,
    reason: isClass ? 'a class is no handler.' : 'a handler is a function.',
    remedy: isClass
      ? 'Pass an instance of it to taskClass().'
      : "Pass a function, or { isolate: 'worker', module }.",
  });
}

function checkClass(task: unknown): TaskClass {
  const isTask =
    typeof task === 'object' &&
    task !== null &&
    typeof Reflect.get(task, 'execute') === 'function' &&
    ['string', 'function'].includes(typeof Reflect.get(task, 'name'));
  if (isTask) return task as TaskClass;
  throw new TickworkError('INVALID_INPUT', {
    field: 'task',
    value: typeof task,
    reason: 'a task class is an object with name (a text or a method) and execute().',
    remedy: 'Pass an instance, not the class itself.',
  });
}
