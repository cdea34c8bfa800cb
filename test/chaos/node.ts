// A process of the chaos test: node node.ts '<NodeOrder as JSON>'. It runs a scheduler on the file
// until SIGTERM and appends what its tasks see to the witness file, which belongs to the harness.

import { existsSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTickworkError } from '../../packages/tickwork/src/core/base/errors.ts';
import type { TaskContext } from '../../packages/tickwork/src/core/ports/task-handler.ts';
import { createScheduler } from '../../packages/tickwork/src/index.ts';
import { createSqliteStore } from '../../packages/tickwork/src/stores/sqlite/index.ts';
import { withFailpoint } from './failpoint.ts';
import { type AttemptSeen, type NodeOrder, releaseOf, type WitnessFact } from './witness.ts';

/** What tasks are asked to do. */
interface WorkInput {
  readonly ms: number;
  /** So many attempts of a run fail. */
  readonly failures?: number;
}

const EXIT_REFUSED = 3;

const order = JSON.parse(process.argv[2] ?? '{}') as NodeOrder;
// One write with O_APPEND is one whole line, whoever else writes, and survives SIGKILL.
const witness = openSync(order.witness, 'a');
let inc = '';

function tell(fact: WitnessFact): void {
  const mono = Number(process.hrtime.bigint()) / 1e6;
  const seen = { t: Date.now(), mono, machine: order.machine, pid: process.pid, inc };
  writeSync(witness, `${JSON.stringify({ ...seen, ...fact })}\n`);
}

function attemptOf(context: TaskContext): AttemptSeen {
  const { jobName, fireAt, runId, attempt, fence, coalescedCount } = context;
  return { sched: jobName, fireAt, runId, attempt, fence, coalescedCount };
}

function tellError(error: unknown): void {
  const code = isTickworkError(error) ? error.code : 'UNKNOWN';
  tell({ type: 'error', code, message: error instanceof Error ? error.message : String(error) });
}

async function work(input: WorkInput, context: TaskContext): Promise<unknown> {
  const seen = attemptOf(context);
  tell({ type: 'start', ...seen });
  const { signal, attempt, fence } = context;
  signal.addEventListener('abort', () => tell({ type: 'signal', ...seen }), { once: true });
  try {
    await sleep(input.ms, undefined, { signal });
  } catch (error) {
    tell({ type: 'end', outcome: 'aborted', ...seen });
    throw error;
  }
  const failed = attempt <= (input.failures ?? 0);
  tell({ type: 'end', outcome: failed ? 'failed' : 'success', ...seen });
  if (failed) throw new Error('asked to fail');
  return { attempt, fence, pid: process.pid };
}

/** Keeps the event loop from running until it is released, as a handler that only computes does. */
function block(context: TaskContext): unknown {
  const seen = attemptOf(context);
  const { attempt, fence } = context;
  tell({ type: 'start', ...seen });
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  // Later attempts are quick: only the first one is to lose its node.
  while (attempt === 1 && !existsSync(releaseOf(order.witness))) Atomics.wait(nobody, 0, 0, 20);
  tell({ type: 'end', outcome: 'success', ...seen });
  return { attempt, fence, pid: process.pid };
}

async function run(): Promise<void> {
  if (order.dropsRights && process.getuid?.() === 0) process.setuid?.(65534);
  const { path, pagesMax, failpoint } = order;
  const opened = await createSqliteStore({ path, ...(pagesMax === null ? {} : { pagesMax }) });
  const store = failpoint === null ? opened : withFailpoint(opened, failpoint);
  const logger = { log: () => {} };
  const scheduler = await createScheduler({ store, timings: order.timings, logger });
  scheduler.on('node.started', ({ nodeId }) => {
    inc = nodeId;
    tell({ type: 'ready' });
  });
  scheduler.on('node.lost', ({ nodeId, self }) => tell({ type: 'lost', nodeId, self }));
  scheduler.on('clock.step', ({ stepMs }) => tell({ type: 'step', stepMs }));
  scheduler.on('loop.error', ({ code, message }) => tell({ type: 'error', code, message }));
  scheduler.on('run.finished', ({ runId, fence, state }) =>
    tell({ type: 'ack', runId, fence, state, accepted: true }),
  );
  scheduler.on('run.refused', ({ runId, fence }) =>
    tell({ type: 'ack', runId, fence, state: '', accepted: false }),
  );
  scheduler.task('work', (input, context) => work(input as unknown as WorkInput, context));
  scheduler.task('block', (_, context) => block(context));
  process.once('SIGTERM', () => {
    void scheduler.close().then(
      () => {
        tell({ type: 'left' });
        process.exit(0);
      },
      (error: unknown) => {
        tellError(error);
        process.exit(1);
      },
    );
  });
  await scheduler.start();
}

try {
  await run();
} catch (error) {
  tellError(error);
  process.exit(EXIT_REFUSED);
}
