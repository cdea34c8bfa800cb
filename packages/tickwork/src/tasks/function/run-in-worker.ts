import { once } from 'node:events';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { isTickworkError } from '../../core/base/errors.ts';
import type { Json } from '../../core/base/json.ts';
import type { AttemptContext, TaskResult } from '../../core/ports/task-kind.ts';
import { errorText, storable } from '../error-text.ts';
import type { AttemptFacts, FromWorker, ToWorker, WorkerStart } from './worker-protocol.ts';

/** Node strips the types of sources, but the name of a worker's file is ours to choose. */
const program = import.meta.url.endsWith('.ts')
  ? new URL('./worker-main.ts', import.meta.url)
  : new URL('./worker-main.js', import.meta.url);

/** How long a killed thread may take to end before it is left to itself. */
const KILL_MS = 2000;

/** Where a worker finds its handler. */
export interface WorkerTarget {
  /** The URL of a file. */
  readonly module: string;
  readonly exportName: string;
}

/**
 * Runs one attempt in a worker thread of its own and gives its outcome; never rejects.
 *
 * Each attempt gets a fresh thread: it costs some 50 ms, but nothing leaks from one attempt
 * to the next, and killing one harms no other. When the attempt's signal aborts, the signal
 * inside the thread does too; after `cancelGraceMs` the thread is killed, even in an endless
 * loop. What the handler prints is kept as `stdout` and `stderr`. A thread that crashes, exits
 * or needs more than `heapMbMax` of JavaScript heap is a failure with the reason.
 *
 * A thread is no process: a crash in native code, memory outside the heap and some patterns of
 * allocation still end or starve the whole process, and code that Node cannot interrupt (a
 * blocking system call, some optimised loops) outlives the kill; it is then given up after 2 s.
 */
export async function runInWorker(
  target: WorkerTarget,
  input: Json,
  attempt: AttemptContext,
  heapMbMax: number,
): Promise<TaskResult> {
  if (attempt.signal.aborted) return { ok: false, error: wordsOf(attempt.signal.reason) };
  const { port1: port, port2 } = new MessageChannel();
  const unread = new Int32Array(new SharedArrayBuffer(4));
  const start: WorkerStart = { ...target, port: port2, input, facts: factsOf(attempt), unread };
  const worker = new Worker(program, {
    name: `tickwork ${attempt.runId}`,
    workerData: start,
    transferList: [port2],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapMbMax },
  });
  const ended = Promise.withResolvers<string>();
  let result: TaskResult | null = null;
  let failure: string | null = null;
  let exitTimer: NodeJS.Timeout | undefined;

  function receive(message: FromWorker): void {
    if (result !== null) return;
    if (message.type === 'result') {
      // What it printed takes another way and may still be on it; all has arrived at its exit.
      result = message.result;
      void worker.terminate();
      exitTimer = setTimeout(() => ended.resolve(''), KILL_MS);
    } else if (message.type === 'progress') {
      attempt.progress(message.value);
      release(unread, 1024);
    } else {
      attempt.output(message.stream, message.text);
      release(unread, message.text.length);
    }
  }
  port.on('message', receive);
  worker.on('error', (error) => {
    failure ??= crashWords(error, heapMbMax, attempt);
  });
  const printed = [capture(worker.stdout, 'stdout'), capture(worker.stderr, 'stderr')];
  const disarm = killAfterAbort(worker, port, attempt, {
    onKill: (words) => {
      failure ??= words;
    },
    onGiveUp: (words) => {
      failure = words;
      ended.resolve(words);
    },
  });

  async function capture(stream: NodeJS.ReadableStream, name: 'stdout' | 'stderr') {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => attempt.output(name, storable(text)));
    await once(stream, 'end');
  }

  worker.once('exit', (status) => {
    const words = `the worker thread ended with status ${status} before it gave a result`;
    void Promise.all(printed).then(() => ended.resolve(words));
  });
  const silent = await ended.promise;
  clearTimeout(exitTimer);
  disarm();
  for (let last = receiveMessageOnPort(port); last; last = receiveMessageOnPort(port)) {
    receive(last.message as FromWorker);
  }
  port.close();
  return result ?? { ok: false, error: failure ?? silent };
}

function factsOf(attempt: AttemptContext): AttemptFacts {
  return {
    runId: attempt.runId,
    jobName: attempt.jobName,
    attempt: attempt.attempt,
    fireAt: attempt.fireAt,
    fence: attempt.fence,
    idempotencyKey: attempt.idempotencyKey,
    coalescedCount: attempt.coalescedCount,
    cancelGraceMs: attempt.cancelGraceMs,
  };
}

function release(unread: Int32Array, weight: number): void {
  Atomics.sub(unread, 0, weight);
  Atomics.notify(unread, 0);
}

/** Passes the abort on and kills after the grace. Returns what calls both off. */
function killAfterAbort(
  worker: Worker,
  port: { postMessage(message: ToWorker): void },
  attempt: AttemptContext,
  heard: { onKill(words: string): void; onGiveUp(words: string): void },
): () => void {
  let timer: NodeJS.Timeout | undefined;
  function onAbort(): void {
    const { reason } = attempt.signal;
    const code = isTickworkError(reason) ? reason.code : 'TASK_CANCELLED';
    port.postMessage({ type: 'abort', code, detail: { reason: wordsOf(reason) } });
    timer = setTimeout(() => {
      const grace = `after ${attempt.cancelGraceMs} ms`;
      heard.onKill(`${wordsOf(reason)} The worker thread was killed ${grace}.`);
      void worker.terminate();
      worker.unref();
      timer = setTimeout(() => {
        heard.onGiveUp(`${wordsOf(reason)} The worker thread cannot be killed; it goes on.`);
      }, KILL_MS);
    }, attempt.cancelGraceMs);
  }
  attempt.signal.addEventListener('abort', onAbort, { once: true });
  return () => {
    attempt.signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  };
}

function wordsOf(reason: unknown): string {
  return errorText(reason).message;
}

function crashWords(error: unknown, heapMbMax: number, attempt: AttemptContext): string {
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return `the worker thread ran out of memory (its limit is ${heapMbMax} MB of heap)`;
  }
  const { message, detail } = errorText(error);
  if (detail !== null) attempt.output('system', `${detail}\n`);
  return `the worker thread crashed: ${message}`;
}
