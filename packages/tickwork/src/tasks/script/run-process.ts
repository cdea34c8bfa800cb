import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { isTickworkError } from '../../core/base/errors.ts';
import type { DurationMs } from '../../core/time/instant.ts';
import { createInputFile } from './input-file.ts';
import { holdProcessGroup, type ProcessGroup } from './process-group.ts';
import { createTextStream } from './text-stream.ts';

/** What members of the group that outlive the script get at most to finish their output. */
const DRAIN_MS_MAX: DurationMs = 2000;
/**
 * An attempt that its node has lost: the next one may run elsewhere already. With the time in
 * which a node is sure of its loss, its processes end within a second.
 */
const FENCED_GRACE_MS_MAX: DurationMs = 100;

export interface ProcessRequest {
  /** The program as an absolute path, and its arguments. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /**
   * When it aborts, the group gets SIGTERM, and SIGKILL after the grace, or after 0.1 s if the
   * reason is FENCED.
   */
  readonly signal: AbortSignal;
  readonly cancelGraceMs: DurationMs;
  onText(stream: 'stdout' | 'stderr', text: string): void;
}

type Child = ChildProcessByStdio<Writable | null, Readable, Readable>;

export type ProcessEnd =
  | { readonly how: 'not started'; readonly error: unknown }
  | { readonly how: 'exited'; readonly code: number; readonly wasStopped: boolean }
  | { readonly how: 'killed'; readonly by: NodeJS.Signals; readonly wasStopped: boolean };

/**
 * Runs a program to its end, without a shell, in a process group of its own; never rejects.
 *
 * Lives of a process: *running* until the program itself ends; then *draining*: members of its
 * group that still hold its output (`… | tee log &`) have 2 s, or the grace if that is
 * shorter; then *ended*: the group is killed and the output closed. An abort sends SIGTERM to
 * the group and, after the grace, SIGKILL; a program that dies of them drains likewise.
 *
 * Output is read as it comes and handed on at once; nothing is collected here.
 */
export function runProcess(request: ProcessRequest): Promise<ProcessEnd> {
  let child: Child;
  const input = createInputFile(request.stdin);
  try {
    child = spawn(request.program, request.args, {
      cwd: request.cwd,
      env: request.env,
      detached: true,
      shell: false,
      windowsHide: true,
      stdio: [input?.descriptor ?? 'pipe', 'pipe', 'pipe'],
    }) as Child;
  } catch (error) {
    return Promise.resolve({ how: 'not started', error });
  } finally {
    // The child has its own by now.
    input?.close();
  }
  // Without a process id only the event `error` follows.
  if (child.pid === undefined) return notStarted(child);
  return follow(child, request);
}

function notStarted(child: Child): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ how: 'not started', error }));
  });
}

function follow(child: Child, request: ProcessRequest): Promise<ProcessEnd> {
  const group = holdProcessGroup(child);
  const { promise, resolve } = Promise.withResolvers<ProcessEnd>();
  const stop = stopOnAbort(group, request);
  let drainTimer: NodeJS.Timeout | undefined;
  let wasStopped = false;

  // A kill that fails is told here; the end of the process decides all the same.
  child.on('error', () => {});
  handOn(child.stdout, (text) => request.onText('stdout', text));
  handOn(child.stderr, (text) => request.onText('stderr', text));
  // A script need not read its input (EPIPE).
  child.stdin?.on('error', () => {});
  child.stdin?.end(request.stdin);

  child.once('exit', () => {
    wasStopped = stop.end();
    drainTimer = setTimeout(
      () => {
        group.kill('SIGKILL');
        // Whoever left the group may hold the output for ever.
        child.stdout.destroy();
        child.stderr.destroy();
      },
      Math.min(request.cancelGraceMs, DRAIN_MS_MAX),
    );
  });
  child.once('close', (code, by) => {
    clearTimeout(drainTimer);
    group.release();
    if (by !== null) resolve({ how: 'killed', by, wasStopped });
    else resolve({ how: 'exited', code: code ?? 0, wasStopped });
  });
  return promise;
}

function stopOnAbort(group: ProcessGroup, request: ProcessRequest): { end(): boolean } {
  const { signal, cancelGraceMs } = request;
  let killTimer: NodeJS.Timeout | undefined;
  let wasStopped = false;
  function onAbort(): void {
    wasStopped = true;
    group.kill('SIGTERM');
    const { reason } = signal;
    const fenced = isTickworkError(reason) && reason.code === 'FENCED';
    const graceMs = fenced ? Math.min(cancelGraceMs, FENCED_GRACE_MS_MAX) : cancelGraceMs;
    killTimer = setTimeout(() => group.kill('SIGKILL'), graceMs);
  }
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return {
    end(): boolean {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(killTimer);
      return wasStopped;
    },
  };
}

function handOn(stream: Readable, onText: (text: string) => void): void {
  const text = createTextStream();
  const give = (piece: string) => {
    if (piece !== '') onText(piece);
  };
  stream.on('data', (bytes: Uint8Array) => give(text.push(bytes)));
  stream.once('close', () => give(text.end()));
  stream.on('error', () => {});
}
