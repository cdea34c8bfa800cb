import { describe, expect, it } from 'vitest';
import { TickworkError } from '../../core/base/errors.ts';
import type { Json } from '../../core/base/json.ts';
import type { TaskContext, TaskHandler } from '../../core/ports/task-handler.ts';
import type { AttemptContext, TaskResult } from '../../core/ports/task-kind.ts';
import { createFunctionTasks } from './function-tasks.ts';

function attemptWith(signal: AbortSignal = new AbortController().signal) {
  const output: [string, string][] = [];
  const progress: Json[] = [];
  const context: AttemptContext = {
    runId: 'run-1',
    jobName: 'job',
    attempt: 2,
    fireAt: 1000,
    fence: 7,
    idempotencyKey: 'key-1',
    coalescedCount: 3,
    signal,
    cancelGraceMs: 5000,
    output: (stream, text) => output.push([stream, text]),
    progress: (value) => progress.push(value),
  };
  return { context, output, progress };
}

function specOf(name: string, options = {}) {
  return { kind: 'function', name, options };
}

async function run(handler: TaskHandler, input: Json = null) {
  const tasks = createFunctionTasks();
  tasks.register('t', handler);
  const attempt = attemptWith();
  const result = await tasks.kind.execute(specOf('t'), input, attempt.context);
  return { result, ...attempt };
}

function codeOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    if (error instanceof TickworkError) return `${error.code} ${error.field}`;
    throw error;
  }
  return 'accepted';
}

const failed = (error: string): TaskResult => ({ ok: false, error });
const declined = (error: string): TaskResult => ({ ok: false, error, declined: true });
const succeeded = (result: Json): TaskResult => ({ ok: true, result });

describe('outcome of a function task', () => {
  const thenable = (settle: (resolve: (value: unknown) => void) => void) => ({
    // biome-ignore lint/suspicious/noThenProperty: foreign promises are what is tested.
    then: settle,
  });
  const cases: readonly [string, TaskHandler, TaskResult][] = [
    ['nothing', () => undefined, succeeded(null)],
    ['null', () => null, succeeded(null)],
    ['true', () => true, succeeded(true)],
    ['zero', () => 0, succeeded(0)],
    ['an empty text', () => '', succeeded('')],
    ['an object', () => ({ rows: [1] }), succeeded({ rows: [1] })],
    ['a promise', async () => 'late', succeeded('late')],
    ['a thenable', () => thenable((resolve) => resolve('odd')), succeeded('odd')],
    ['false', () => false, declined('the task returned false')],
    ['a promise of false', async () => false, declined('the task returned false')],
    ['a thrown text', () => Promise.reject('no luck'), failed('no luck')],
    ['a returned error', () => new Error('as in Go'), failed('as in Go')],
    [
      'a bigint',
      () => 1n,
      failed('the result cannot be kept: it is a bigint, which JSON does not have.'),
    ],
    [
      'a large text',
      () => 'x'.repeat(300_000),
      failed('the result cannot be kept: it is larger than 256 KiB as JSON.'),
    ],
  ];
  it.each(cases)('of %s', async (_name, handler, expected) => {
    expect((await run(handler)).result).toEqual(expected);
  });

  it.each([
    [
      'a throw',
      () => {
        throw new TypeError('bad input');
      },
    ],
    [
      'a rejection',
      async () => {
        throw new TypeError('bad input');
      },
    ],
  ])('of %s keeps the message, and the stack in the output', async (_name, handler) => {
    const { result, output } = await run(handler);
    expect(result).toEqual(failed('bad input'));
    expect(output).toEqual([['system', expect.stringContaining('function-tasks.test.ts')]]);
  });

  it('of a broken thenable is a failure', async () => {
    const broken = Object.defineProperty({}, 'then', {
      get() {
        throw new Error('trap');
      },
    });
    expect((await run(() => broken)).result).toEqual(failed('trap'));
  });
});

describe('context of a function task', () => {
  it('hands the input and the facts of the attempt over', async () => {
    const seen: [Json, TaskContext][] = [];
    const { context } = await run(
      (input, ctx) => {
        seen.push([input, ctx]);
      },
      { a: 1 },
    );
    const [input, ctx] = seen[0] ?? [];
    expect(input).toEqual({ a: 1 });
    expect(ctx).toMatchObject({
      runId: 'run-1',
      jobName: 'job',
      attempt: 2,
      fireAt: 1000,
      fence: 7,
      idempotencyKey: 'key-1',
      coalescedCount: 3,
      cancelGraceMs: 5000,
    });
    expect(ctx?.signal).toBe(context.signal);
    expect(Object.isFrozen(ctx)).toBe(true);
  });

  it.each([
    [['took', 12, 'ms'], 'took 12 ms\n'],
    [['%d of %s', 1, 'two'], '1 of two\n'],
    [[{ a: { b: [1] } }], '{ a: { b: [ 1 ] } }\n'],
    [[], '\n'],
    [['\u001b[32mgreen\u001b[0m'], '\u001b[32mgreen\u001b[0m\n'],
    [['a\0b', '\ud800'], 'a\ufffdb \ufffd\n'],
    [['执行函数: %s, %s', 'arg1', 'arg2'], '执行函数: arg1, arg2\n'],
  ])('log(%j) keeps %j', async (parts, expected) => {
    const { output } = await run((_input, ctx) => ctx.log(...parts));
    expect(output).toEqual([['log', expected]]);
  });

  it('passes output and progress on', async () => {
    const { output, progress } = await run((_input, ctx) => {
      ctx.output('stderr', 'x');
      ctx.progress({ done: 1 });
    });
    expect(output).toEqual([['stderr', 'x']]);
    expect(progress).toEqual([{ done: 1 }]);
  });

  it('refuses a progress that is no JSON, at the handler', async () => {
    const { result, progress } = await run((_input, ctx) => ctx.progress(Number.NaN));
    expect(result).toEqual(
      failed('progress: is NaN, which JSON does not have. Write null or a text.'),
    );
    expect(progress).toEqual([]);
  });
});

describe('task classes', () => {
  class Upload {
    readonly #url = 'https://example.test';
    lastError: string | null = 'stale';
    readonly words: readonly (string | null)[];
    count = 0;
    constructor(words: readonly (string | null)[]) {
      this.words = words;
    }
    name() {
      return 'upload';
    }
    execute(): unknown {
      const word = this.words[this.count++] ?? null;
      if (word !== null) this.lastError = `${word} ${this.#url}`;
      return false;
    }
  }

  it('run under the name that they give, and fail with the error that they set', async () => {
    const tasks = createFunctionTasks();
    tasks.registerClass(new Upload(['refused by', null]));
    expect(tasks.kind.handles()).toEqual(['function:upload']);
    const execute = () => tasks.kind.execute(specOf('upload'), null, attemptWith().context);
    expect(await execute()).toEqual(declined('refused by https://example.test'));
    expect(await execute()).toEqual(declined('the task returned false'));
  });

  it('give their result like functions', async () => {
    const tasks = createFunctionTasks();
    const log: string[] = [];
    tasks.registerClass({
      name: 'my_job',
      execute: (input: number, ctx) => {
        log.push('MyJob is executing', ctx.runId);
        return input + 1;
      },
    });
    const result = await tasks.kind.execute(specOf('my_job'), 4, attemptWith().context);
    expect(result).toEqual(succeeded(5));
    expect(log).toEqual(['MyJob is executing', 'run-1']);
  });
});

describe('registering', () => {
  it('names each handler once', () => {
    const tasks = createFunctionTasks();
    expect(tasks.kind.handles()).toEqual([]);
    tasks.register('a', () => 1);
    tasks.register('b:c', () => 2);
    expect(tasks.kind.handles()).toEqual(['function:a', 'function:b:c']);
    expect(codeOf(() => tasks.register('a', () => 3))).toBe('DUPLICATE_TASK name');
    expect(codeOf(() => tasks.registerClass({ name: 'a', execute: () => 3 }))).toBe(
      'DUPLICATE_TASK name',
    );
  });

  class NotAnInstance {
    execute() {}
  }
  const bad = (value: unknown) => value as never;
  const refusals: readonly [string, string, () => void][] = [
    ['an empty name', 'name', () => createFunctionTasks().register('', () => 1)],
    ['a long name', 'name', () => createFunctionTasks().register('x'.repeat(201), () => 1)],
    ['a line break', 'name', () => createFunctionTasks().register('a\nb', () => 1)],
    ['half a character', 'name', () => createFunctionTasks().register('\ud800', () => 1)],
    ['a number as name', 'name', () => createFunctionTasks().register(bad(5), () => 1)],
    ['no handler', 'handler', () => createFunctionTasks().register('a', undefined)],
    ['a text as handler', 'handler', () => createFunctionTasks().register('a', bad('x'))],
    [
      'a class as handler',
      'handler',
      () => createFunctionTasks().register('a', bad(NotAnInstance)),
    ],
    ['a class as instance', 'task', () => createFunctionTasks().registerClass(bad(NotAnInstance))],
    ['no execute', 'task', () => createFunctionTasks().registerClass(bad({ name: 'x' }))],
    ['null', 'task', () => createFunctionTasks().registerClass(bad(null))],
    [
      'no module',
      'module',
      () => createFunctionTasks().register('a', () => 1, { isolate: 'worker' }),
    ],
    [
      'only a module',
      'module',
      () => createFunctionTasks().register('a', () => 1, { module: '/x' }),
    ],
    [
      'only an export',
      'exportName',
      () => createFunctionTasks().register('a', () => 1, { exportName: 'x' }),
    ],
    [
      'a wrong isolate',
      'isolate',
      () => createFunctionTasks().register('a', () => 1, { isolate: bad('process') }),
    ],
    ...[
      './task.js',
      'https://example.test/x.js',
      'data:text/javascript,1',
      '/no/such/file.js',
      '/',
      '',
    ].map((module): [string, string, () => void] => [
      `the module ${module}`,
      'module',
      () => createFunctionTasks().register('a', undefined, { isolate: 'worker', module }),
    ]),
    ['little memory', 'workerHeapMbMax', () => createFunctionTasks({ workerHeapMbMax: 1 })],
  ];
  it.each(refusals)('refuses %s', (_name, field, action) => {
    expect(codeOf(action)).toBe(`INVALID_INPUT ${field}`);
  });

  it('fails a run whose handler is missing', async () => {
    const { kind } = createFunctionTasks();
    const result = await kind.execute(specOf('gone'), null, attemptWith().context);
    expect(result).toEqual(failed('no function is registered as "gone"'));
  });
});

describe('validate', () => {
  const { kind } = createFunctionTasks();
  it.each([
    [specOf('later'), 'accepted'],
    [specOf(''), 'INVALID_JOB task.name'],
    [specOf('x', { args: [1] }), 'INVALID_JOB task.options.args'],
  ])('of %j', (task, expected) => {
    expect(codeOf(() => kind.validate(task, 'task'))).toBe(expected);
  });
});
