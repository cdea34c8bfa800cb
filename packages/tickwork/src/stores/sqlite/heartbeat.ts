import { Worker } from 'node:worker_threads';
import type { Heartbeat, HeartbeatRequest } from '../../core/ports/heartbeat.ts';
import { type FromHeartbeat, type HeartbeatStart, slots } from './heartbeat-protocol.ts';
import type { StoreFile } from './store-file.ts';

/** Node strips the types of sources, but the name of a worker's file is ours to choose. */
const program = import.meta.url.endsWith('.ts')
  ? new URL('./heartbeat-main.ts', import.meta.url)
  : new URL('./heartbeat-main.js', import.meta.url);

const HEAP_MB_MAX = 32;
const NS_PER_MS = 1e6;
const SHARED_BYTES = Object.keys(slots).length * BigInt64Array.BYTES_PER_ELEMENT;

/**
 * The heartbeats of one store, each a thread with a connection of its own:
 *
 *   node ──beat──▶ shared memory ──▶ thread: is the node late, and not dead yet?
 *        ◀─renewed─               ◀─ yes: renews the lease, notes when
 *
 * The thread opens its connection when it is first needed. A blocked event loop does not
 * stop it, SIGSTOP and the end of the process do. Meanwhile it copies from the log to the main
 * file what the node has written, since that would stop the event loop for tens of milliseconds.
 */
export class Heartbeats {
  readonly #file: StoreFile;
  readonly #onCopying: (copying: boolean) => void;
  readonly #running = new Map<Heartbeat, BigInt64Array>();

  /**
   * `file`: what the store has open. `onCopying` is told whether there is a thread that
   * copies from the log.
   */
  constructor(file: StoreFile, onCopying: (copying: boolean) => void) {
    this.#file = file;
    this.#onCopying = onCopying;
  }

  start(request: HeartbeatRequest): Heartbeat {
    const shared = new BigInt64Array(new SharedArrayBuffer(SHARED_BYTES));
    const heartbeat = startThread(this.#file, request, shared, () => {
      this.#running.delete(heartbeat);
      if (this.#running.size === 0) this.#onCopying(false);
    });
    this.#running.set(heartbeat, shared);
    this.#onCopying(true);
    return heartbeat;
  }

  /** So many rows were written by the node. */
  noteWritten(rows: number): void {
    for (const shared of this.#running.values()) {
      Atomics.add(shared, slots.written, BigInt(rows));
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((heartbeat) => heartbeat.stop()));
  }
}

function startThread(
  file: StoreFile,
  request: HeartbeatRequest,
  shared: BigInt64Array,
  onEnd: () => void,
): Heartbeat {
  const { onRefused, onFailed, ...rest } = request;
  Atomics.store(shared, slots.beat, process.hrtime.bigint());
  const workerData: HeartbeatStart = { ...rest, path: file.path, identity: file.identity, shared };
  const worker = new Worker(program, {
    name: 'tickwork heartbeat',
    workerData,
    // Options of the process such as `--input-type` are not meant for a file.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      onEnd();
      resolve();
    });
  });
  worker.on('error', (error) => onFailed(error instanceof Error ? error.message : String(error)));
  worker.on('message', (_message: FromHeartbeat) => {
    if (Atomics.load(shared, slots.stopped) === 0n) onRefused();
  });
  worker.unref();
  return {
    beat: () => {
      Atomics.store(shared, slots.beat, process.hrtime.bigint());
    },
    renewedMsAgo: () => {
      const renewedAt = Atomics.load(shared, slots.renewed);
      if (renewedAt === 0n) return Number.POSITIVE_INFINITY;
      return Number(process.hrtime.bigint() - renewedAt) / NS_PER_MS;
    },
    stop: async () => {
      Atomics.store(shared, slots.stopped, 1n);
      worker.ref();
      worker.postMessage('stop');
      await ended;
    },
  };
}
