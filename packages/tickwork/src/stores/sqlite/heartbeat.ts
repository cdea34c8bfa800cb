import { Worker } from 'node:worker_threads';
import type { Heartbeat, HeartbeatRequest } from '../../core/ports/heartbeat.ts';
import { type FromHeartbeat, type HeartbeatStart, slots } from './heartbeat-protocol.ts';

/** Node strips the types of sources, but the name of a worker's file is ours to choose. */
const program = import.meta.url.endsWith('.ts')
  ? new URL('./heartbeat-main.ts', import.meta.url)
  : new URL('./heartbeat-main.js', import.meta.url);

const HEAP_MB_MAX = 32;
const NS_PER_MS = 1e6;

/**
 * The heartbeats of one store, each a thread with a connection of its own:
 *
 *   node ──beat──▶ shared memory ──▶ thread: is the node late, and not dead yet?
 *        ◀─renewed─               ◀─ yes: renews the lease, notes when
 *
 * The thread opens its connection when it is first needed. A blocked event loop does not
 * stop it, SIGSTOP and the end of the process do.
 */
export class Heartbeats {
  readonly #path: string;
  readonly #running = new Set<Heartbeat>();

  /** `path`: the file of the store, absolute. */
  constructor(path: string) {
    this.#path = path;
  }

  start(request: HeartbeatRequest): Heartbeat {
    const heartbeat = startThread(this.#path, request, () => this.#running.delete(heartbeat));
    this.#running.add(heartbeat);
    return heartbeat;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((heartbeat) => heartbeat.stop()));
  }
}

function startThread(path: string, request: HeartbeatRequest, onEnd: () => void): Heartbeat {
  const { onRefused, onFailed, ...rest } = request;
  const shared = new BigInt64Array(new SharedArrayBuffer(3 * BigInt64Array.BYTES_PER_ELEMENT));
  Atomics.store(shared, slots.beat, process.hrtime.bigint());
  const workerData: HeartbeatStart = { ...rest, path, shared };
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
