// The program of a worker thread that runs one attempt of one handler.

import { workerData } from 'node:worker_threads';
import { type ErrorCode, TickworkError } from '../../core/base/errors.ts';
import type { TaskResult } from '../../core/ports/task-kind.ts';
import { errorText } from '../error-text.ts';
import { runHandler, type Work } from './run-handler.ts';
import {
  type FromWorker,
  type ToWorker,
  UNREAD_CHARACTERS_MAX,
  type WorkerStart,
} from './worker-protocol.ts';

const start = workerData as WorkerStart;
const controller = new AbortController();

/** A progress value counts as this many characters. */
const PROGRESS_WEIGHT = 1024;

start.port.on('message', (message: ToWorker) => {
  controller.abort(new TickworkError(message.code as ErrorCode, message.detail));
});

/**
 * Sends and, if the main thread is far behind, sleeps until it has read: a handler that
 * logs in a tight loop must not fill the memory of the process.
 */
function send(message: FromWorker, weight: number): void {
  start.port.postMessage(message);
  Atomics.add(start.unread, 0, weight);
  for (;;) {
    const unread = Atomics.load(start.unread, 0);
    if (unread <= UNREAD_CHARACTERS_MAX) return;
    Atomics.wait(start.unread, 0, unread);
  }
}

async function run(): Promise<TaskResult> {
  let work: Work | null;
  try {
    const module = (await import(start.module)) as Record<string, unknown>;
    work = workOf(module[start.exportName]);
  } catch (thrown) {
    const { message, detail } = errorText(thrown);
    if (detail !== null) send({ type: 'output', stream: 'system', text: `${detail}\n` }, 1);
    return { ok: false, error: `the module ${start.module} cannot be loaded: ${message}` };
  }
  if (work === null) {
    const what = 'that is a function or an object with execute()';
    return { ok: false, error: `${start.module} has no export "${start.exportName}" ${what}` };
  }
  return runHandler(work, start.input, {
    ...start.facts,
    signal: controller.signal,
    output: (stream, text) => send({ type: 'output', stream, text }, text.length),
    progress: (value) => send({ type: 'progress', value }, PROGRESS_WEIGHT),
  });
}

function workOf(exported: unknown): Work | null {
  if (typeof exported === 'function') return exported as Work;
  const isTask =
    typeof exported === 'object' &&
    exported !== null &&
    typeof Reflect.get(exported, 'execute') === 'function';
  return isTask ? (exported as Work) : null;
}

/** Resolves when the main thread has taken what was printed. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

const result = await run();
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
send({ type: 'result', result }, 0);
