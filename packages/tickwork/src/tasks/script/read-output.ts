import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { DurationMs } from '../../core/time/instant.ts';
import { createTextStream } from './text-stream.ts';

/** Outputs of background processes that are read on; a further one closes the oldest. */
const LEFT_OPEN_MAX = 64;

const leftOpen = new Set<Readable>();

/** One output of a process, handed on as text while it comes. */
export interface OutputReader {
  /**
   * Resolves when all is read, or after `waitMs`. What others still write later is dropped, or
   * meets a closed pipe (SIGPIPE) if `close` is set.
   */
  finish(waitMs: DurationMs, options: { readonly close: boolean }): Promise<void>;
}

/** Hands on text at once and collects nothing. An output that breaks counts as ended. */
export function readOutput(stream: Readable, onText: (text: string) => void): OutputReader {
  const text = createTextStream();
  const give = (piece: string): void => {
    if (piece !== '') onText(piece);
  };
  let isOpen = true;
  const closed = new Promise<void>((resolve) => {
    stream.once('close', () => {
      isOpen = false;
      resolve();
    });
  });
  stream.on('data', (bytes: Uint8Array) => give(text.push(bytes)));
  stream.on('error', () => {});

  async function finish(waitMs: DurationMs, { close }: { close: boolean }): Promise<void> {
    const { promise: waited, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    if (isOpen) await Promise.race([closed, waited]);
    clearTimeout(timer);
    give(text.end());
    if (!isOpen) return;
    stream.removeAllListeners('data');
    if (close) stream.destroy();
    else leaveOpen(stream);
  }
  return { finish };
}

/** Whoever writes to it goes on undisturbed; this process may end all the same. */
function leaveOpen(stream: Readable): void {
  leftOpen.add(stream);
  stream.once('close', () => leftOpen.delete(stream));
  stream.resume();
  if (stream instanceof Socket) stream.unref();
  const [oldest] = leftOpen;
  if (leftOpen.size > LEFT_OPEN_MAX) oldest?.destroy();
}
