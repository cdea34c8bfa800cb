import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { DurationMs } from '../../core/time/instant.ts';
import { stopGroupOnAbort } from './end-group.ts';
import { createInputFile } from './input-file.ts';
import { closePipes, type OutputPipes } from './output-pipes.ts';
import { holdProcessGroup, type StopSignal } from './process-group.ts';
import { readOutput } from './read-output.ts';

/** Whatever outlives the script gets at most this to finish its output. */
const DRAIN_MS_MAX: DurationMs = 2000;

export interface ProcessRequest {
  /** The program as an absolute path, and its arguments. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** When it aborts, all that stems from the program is stopped, see `stopGroupOnAbort`. */
  readonly signal: AbortSignal;
  readonly cancelGraceMs: DurationMs;
  /** See `holdProcessGroup`. */
  readonly signalMarked: ((signal: StopSignal | null) => number) | null;
  onText(stream: 'stdout' | 'stderr', text: string): void;
}

export type ProcessEnd =
  | { readonly how: 'not started'; readonly error: unknown }
  | (Ended & { readonly how: 'exited'; readonly code: number })
  | (Ended & { readonly how: 'killed'; readonly by: NodeJS.Signals });

interface Ended {
  readonly wasStopped: boolean;
  /** How many processes it left running in the background; 0 if it was stopped. */
  readonly leftBehind: number;
}

interface Outputs {
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/**
 * Runs a program to its end, without a shell, in a process group of its own; never rejects.
 *
 * Lives of a process: *running* until the program itself exits. If it was not stopped, it is
 * *draining*: what still holds its output (`… | tee log &`) has 2 s, or the grace if that is
 * shorter; background processes then go on by themselves. If it was stopped, it is *ending*:
 * all that stems from it has the rest of the grace, and is killed then. After both it has *ended*.
 *
 * Output is read as it comes and handed on at once; nothing is collected here.
 *
 * `pipes`: taken over, and closed in any case; `null`: the program writes to sockets.
 */
export function runProcess(
  request: ProcessRequest,
  pipes: OutputPipes | null,
): Promise<ProcessEnd> {
  let child: ChildProcess;
  const input = createInputFile(request.stdin);
  try {
    child = spawn(request.program, request.args, {
      cwd: request.cwd,
      env: request.env,
      detached: true,
      shell: false,
      windowsHide: true,
      stdio: [
        input?.descriptor ?? 'pipe',
        pipes?.stdout.writeEnd ?? 'pipe',
        pipes?.stderr.writeEnd ?? 'pipe',
      ],
    });
  } catch (error) {
    if (pipes !== null) closePipes(pipes);
    return Promise.resolve({ how: 'not started', error });
  } finally {
    // The child has its own by now.
    input?.close();
  }
  // Without a process id only the event `error` follows.
  if (child.pid === undefined) {
    if (pipes !== null) closePipes(pipes);
    return notStarted(child);
  }
  return follow(child, outputsOf(child, pipes), request);
}

function notStarted(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ how: 'not started', error }));
  });
}

function outputsOf({ stdout, stderr }: ChildProcess, pipes: OutputPipes | null): Outputs {
  if (pipes !== null) {
    closeSync(pipes.stdout.writeEnd);
    closeSync(pipes.stderr.writeEnd);
    const read = (fd: number): Socket => new Socket({ fd, readable: true, writable: false });
    return { stdout: read(pipes.stdout.readEnd), stderr: read(pipes.stderr.readEnd) };
  }
  if (stdout === null || stderr === null) throw new TypeError('a piped child has its streams');
  return { stdout, stderr };
}

async function follow(
  child: ChildProcess,
  outputs: Outputs,
  request: ProcessRequest,
): Promise<ProcessEnd> {
  const group = holdProcessGroup(child, request.signalMarked);
  // A kill that fails is told here; the end of the process decides all the same.
  child.on('error', () => {});
  const readers = [
    readOutput(outputs.stdout, (text) => request.onText('stdout', text)),
    readOutput(outputs.stderr, (text) => request.onText('stderr', text)),
  ];
  // A script need not read its input (EPIPE).
  child.stdin?.on('error', () => {});
  child.stdin?.end(request.stdin);
  const stop = stopGroupOnAbort(group, request);
  const { promise: exit, resolve } = Promise.withResolvers<{
    readonly code: number | null;
    readonly by: NodeJS.Signals | null;
    /** An abort that comes later finds nothing to stop. */
    readonly wasStopped: boolean;
    readonly rest: Promise<void>;
  }>();
  child.once('exit', (code, by) => {
    resolve({ code, by, wasStopped: stop.hasBegun(), rest: stop.finish() });
  });

  const { code, by, wasStopped, rest } = await exit;
  await rest;
  const drainMs = Math.min(request.cancelGraceMs, DRAIN_MS_MAX);
  await Promise.all(readers.map((reader) => reader.finish(drainMs, { close: wasStopped })));
  group.release();
  const leftBehind = !wasStopped && group.mayLive() ? group.count() : 0;
  if (by !== null) return { how: 'killed', by, wasStopped, leftBehind };
  return { how: 'exited', code: code ?? 0, wasStopped, leftBehind };
}
