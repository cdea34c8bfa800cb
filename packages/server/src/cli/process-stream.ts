import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Sink, Trouble } from './sink.ts';

/** What is expected of `process.stdout` and `process.stderr`. */
export interface HostStream {
  write(text: string): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  readonly writableLength: number;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Characters that wait for a slow reader of an endless command. */
const WAITING_MAX = 1024 * 1024;
const FLUSH_MS = 1000;
const LOOK_MS = 20;

/**
 * Standard output or standard error, whose reader may stop reading, go away or run out of
 * disk. None of these ends the process:
 *
 * - The reader is gone (EPIPE; EIO of a terminal): `gone` is aborted, and later text is
 *   dropped.
 * - A write fails for another reason (ENOSPC): its text is lost, `failure` keeps the code, and
 *   later writes are tried.
 * - The reader is slow: text waits in memory. After `allowLoss()` at most 1 MiB waits;
 *   lines beyond it are dropped, and one tells how many once the reader is back.
 */
export class ProcessStream implements Sink {
  readonly #stream: HostStream;
  readonly #gone = new AbortController();
  readonly #listeners: ((trouble: Trouble) => void)[] = [];
  #failure: string | null = null;
  #waitingMax = Number.POSITIVE_INFINITY;
  #droppedCount = 0;

  constructor(stream: HostStream) {
    this.#stream = stream;
    stream.on('error', (error) => this.#fail(error.code ?? error.message));
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number | undefined {
    return this.#stream.columns;
  }

  get rows(): number | undefined {
    return this.#stream.rows;
  }

  /** Aborted when nobody can read any more. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** The code of the latest failed write, such as `ENOSPC`; a reader that left is none. */
  get failure(): string | null {
    return this.#failure;
  }

  write(text: string): void {
    if (this.gone.aborted) return;
    if (this.#stream.writableLength > this.#waitingMax) {
      this.#droppedCount += 1;
      return;
    }
    if (this.#droppedCount > 0) {
      const count = this.#droppedCount;
      this.#droppedCount = 0;
      this.#stream.write(`tickwork: dropped ${count} lines because their reader is slow\n`);
    }
    this.#stream.write(text);
  }

  /** Hears each kind of trouble once, the first time. */
  onTrouble(listener: (trouble: Trouble) => void): void {
    this.#listeners.push(listener);
  }

  /** For commands without an end: lines may be lost, and memory is bounded by 1 MiB. */
  allowLoss(): void {
    this.#waitingMax = WAITING_MAX;
  }

  get isLossy(): boolean {
    return this.#waitingMax === WAITING_MAX;
  }

  /**
   * Waits until the outcome of every write is known. False: loss is allowed, and a slow reader
   * did not take the rest within a second.
   */
  async flush(): Promise<boolean> {
    await turn();
    if (!this.isLossy) return true;
    for (let ms = 0; ms < FLUSH_MS; ms += LOOK_MS) {
      if (this.gone.aborted || this.#stream.writableLength === 0) return true;
      await sleep(LOOK_MS);
    }
    return false;
  }

  #fail(code: string): void {
    if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') this.#lose('pipe closed');
    else if (code === 'EIO' && this.isTTY) this.#lose('terminal closed');
    else {
      const isFirst = this.#failure === null;
      this.#failure = code;
      if (isFirst) this.#tell('write failed');
    }
  }

  #lose(trouble: Trouble): void {
    if (this.gone.aborted) return;
    this.#gone.abort(trouble);
    this.#tell(trouble);
  }

  #tell(trouble: Trouble): void {
    for (const listener of this.#listeners) listener(trouble);
  }
}
