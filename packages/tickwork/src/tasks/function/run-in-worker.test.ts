import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TickworkError } from '../../core/base/errors.ts';
import type { Json } from '../../core/base/json.ts';
import type { TaskOptions } from '../../core/ports/task-handler.ts';
import type { AttemptContext } from '../../core/ports/task-kind.ts';
import { createFunctionTasks } from './function-tasks.ts';

const source = `
import { execFileSync } from 'node:child_process';
import { isMainThread, parentPort } from 'node:worker_threads';
interface Context { [key: string]: any }
export default (input: unknown) => ({ input, isMainThread });
export const facts = (_input: unknown, { signal, log, output, progress, ...rest }: Context) => rest;
export const talk = (_input: unknown, ctx: Context) => {
  ctx.log('one', { two: 2 });
  ctx.output('stderr', 'three');
  ctx.progress({ done: 1 });
  console.log('printed');
  console.error('warned');
  process.stdout.write('x'.repeat(300_000));
};
export const task = {
  name: 'x',
  lastError: null as string | null,
  execute() { this.lastError = 'full disk'; return false; },
};
export const number = 5;
export const fail = () => { throw new Error('bad luck'); };
export const exit = (status: number) => process.exit(status);
export const lastWords = (_input: unknown, ctx: Context) => {
  ctx.log('last words');
  process.exit(3);
};
export const crash = () => new Promise(() => {
  setImmediate(() => { throw new Error('from a callback'); });
});
export const reject = () => new Promise(() => { void Promise.reject(new Error('unheard')); });
export const detached = () => { setInterval(() => {}, 1000); return 'done'; };
export const hoard = () => {
  const kept: unknown[] = [];
  const text = JSON.stringify(Array.from({ length: 1000 }, (_, id) => ({ id })));
  for (;;) kept.push(JSON.parse(text));
};
export const sleep = (_input: unknown, ctx: Context) => {
  ctx.progress('asleep');
  execFileSync(process.execPath, ['-e', 'setTimeout(() => {}, 4000)']);
};
export const patient = (_input: unknown, ctx: Context) => new Promise((resolve) => {
  const words = () => ctx.signal.reason.code + ': ' + ctx.signal.reason.message;
  ctx.signal.addEventListener('abort', () => resolve(words()));
  ctx.progress('listening');
});
export const deaf = (_input: unknown, ctx: Context) => { ctx.progress('looping'); for (;;); };
export const flood = (count: number, ctx: Context) => {
  const line = 'y'.repeat(10_000);
  for (let i = 0; i < count; i++) ctx.log(line);
  return count;
};
export const forge = () => {
  parentPort?.postMessage({ type: 'result', result: { ok: true, result: 'forged' } });
  return 'true';
};
`;

let folder = '';
let module = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tickwork-worker-'));
  module = join(folder, 'tasks.ts');
  writeFileSync(module, source);
  writeFileSync(join(folder, 'broken.ts'), 'throw new Error("at load");');
  writeFileSync(join(folder, 'syntax.ts'), 'export default (;');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Watch {
  readonly controller?: AbortController;
  readonly cancelGraceMs?: number;
  onProgress?(): void;
}

async function run(exportName: string, input: Json = null, watch: Watch = {}, file = module) {
  const options: TaskOptions = { isolate: 'worker', module: pathToFileURL(file), exportName };
  const tasks = createFunctionTasks({ workerHeapMbMax: 32 });
  tasks.register('t', undefined, options);
  const output: Record<string, string> = {};
  const progress: Json[] = [];
  const context: AttemptContext = {
    runId: 'run-1',
    jobName: null,
    attempt: 2,
    fireAt: 1000,
    fence: 7,
    idempotencyKey: 'key-1',
    coalescedCount: 0,
    signal: (watch.controller ?? new AbortController()).signal,
    cancelGraceMs: watch.cancelGraceMs ?? 5000,
    output: (stream, text) => {
      output[stream] = (output[stream] ?? '') + text;
    },
    progress: (value) => {
      progress.push(value);
      watch.onProgress?.();
    },
  };
  const task = { kind: 'function', name: 't', options: {} };
  const result = await tasks.kind.execute(task, input, context);
  return { result, output, progress };
}

/** Runs an export and aborts when it says that it is under way. */
function runAndAbort(exportName: string, cancelGraceMs: number) {
  const controller = new AbortController();
  const reason = new TickworkError('TASK_TIMEOUT', { reason: 'it ran longer than 1 s.' });
  const onProgress = () => controller.abort(reason);
  return run(exportName, null, { controller, cancelGraceMs, onProgress });
}

describe('a function task in a worker thread', () => {
  it('runs outside the main thread, from TypeScript, on its input', async () => {
    const { result } = await run('default', { a: [1] });
    expect(result).toEqual({ ok: true, result: { input: { a: [1] }, isMainThread: false } });
  });

  it('knows the facts of its attempt', async () => {
    const { result } = await run('facts');
    expect(result).toEqual({
      ok: true,
      result: {
        runId: 'run-1',
        jobName: null,
        attempt: 2,
        fireAt: 1000,
        fence: 7,
        idempotencyKey: 'key-1',
        coalescedCount: 0,
        cancelGraceMs: 5000,
      },
    });
  });

  it('keeps all that it says and prints', async () => {
    const { result, output, progress } = await run('talk');
    expect(result).toEqual({ ok: true, result: null });
    expect(output.log).toBe('one { two: 2 }\n');
    expect(output.stderr).toContain('three');
    expect(output.stderr).toContain('warned\n');
    expect(output.stdout).toBe(`printed\n${'x'.repeat(300_000)}`);
    expect(progress).toEqual([{ done: 1 }]);
  });

  it('runs a task object', async () => {
    expect((await run('task')).result).toEqual({ ok: false, error: 'full disk', declined: true });
  });

  it('fails with message and stack', async () => {
    const { result, output } = await run('fail');
    expect(result).toEqual({ ok: false, error: 'bad luck' });
    expect(output.system).toContain('tasks.ts');
  });

  it.each([
    ['exit', 0, 'the worker thread ended with status 0 before it gave a result'],
    ['exit', 3, 'the worker thread ended with status 3 before it gave a result'],
    ['crash', null, 'the worker thread crashed: from a callback'],
    ['reject', null, 'the worker thread crashed: unheard'],
    ['hoard', null, 'the worker thread ran out of memory (its limit is 32 MB of heap)'],
    ['number', null, 'has no export "number" that is a function or an object with execute()'],
    ['missing', null, 'has no export "missing" that is a function or an object with execute()'],
  ])('that does "%s" (%j) fails with the reason', async (exportName, input, error) => {
    const { result } = await run(exportName, input);
    expect(result).toEqual({ ok: false, error: expect.stringContaining(error) });
  });

  it('keeps what it said before it left', async () => {
    expect((await run('lastWords')).output.log).toBe('last words\n');
  });

  it.each([
    ['broken.ts', 'at load'],
    ['syntax.ts', 'cannot be loaded'],
  ])('fails when its module %s cannot be loaded', async (file, error) => {
    const { result } = await run('default', null, {}, join(folder, file));
    expect(result).toEqual({ ok: false, error: expect.stringContaining(error) });
  });

  it('ends with its result, whatever it leaves behind', async () => {
    expect((await run('detached')).result).toEqual({ ok: true, result: 'done' });
  });

  it('cannot forge a result over the public port', async () => {
    expect((await run('forge')).result).toEqual({ ok: true, result: 'true' });
  });

  it('waits for the main thread when it logs in a tight loop', async () => {
    const { result, output } = await run('flood', 3000);
    expect(result).toEqual({ ok: true, result: 3000 });
    expect(output.log).toHaveLength(3000 * 10_001);
  });
});

describe('stopping a worker thread', () => {
  it('aborts the signal inside, with the reason', async () => {
    const { result } = await runAndAbort('patient', 60_000);
    expect(result).toEqual({ ok: true, result: 'TASK_TIMEOUT: it ran longer than 1 s.' });
  });

  it('kills an endless loop after the grace', async () => {
    const { result } = await runAndAbort('deaf', 20);
    expect(result).toEqual({
      ok: false,
      error: 'it ran longer than 1 s. The worker thread was killed after 20 ms.',
    });
  });

  it('gives up a thread that cannot be interrupted', async () => {
    const { result } = await runAndAbort('sleep', 20);
    const error = 'it ran longer than 1 s. The worker thread cannot be killed; it goes on.';
    expect(result).toEqual({ ok: false, error });
  });

  it('does not begin what was aborted before', async () => {
    const controller = new AbortController();
    controller.abort(new Error('too late'));
    const { result } = await run('exit', 3, { controller });
    expect(result).toEqual({ ok: false, error: 'too late' });
  });
});
