import { join } from 'node:path';
import { createScheduler, type Scheduler } from '../../packages/tickwork/src/index.ts';
import { cpuMicros, quiet, storeIn } from './measure.ts';
import { rawLoop } from './raw-loop.ts';
import type { ChildRequest } from './request.ts';

/** Inputs of one call of `enqueueMany`, and slots: the raw loop's batch. */
export const BATCH = 500;

/** Enqueue and drain with a handler that does nothing, by the raw loop. */
export async function rawDrain({ directory, size }: ChildRequest): Promise<Record<string, number>> {
  let calls = 0;
  const raw = await rawLoop(join(directory, 'raw.db'), size, () => {
    calls++;
  });
  if (calls !== size || raw.history !== size) throw new Error('The raw loop lost runs.');
  return {
    enqueuePerSecond: size / raw.enqueueSeconds,
    drainPerSecond: size / raw.drainSeconds,
    drainCpuUs: (raw.drainCpuSeconds * 1e6) / size,
  };
}

/** The same by the whole engine. Throws unless there is a row of history for every call. */
export async function engineDrain(request: ChildRequest): Promise<Record<string, number>> {
  const { size, slots } = request;
  const scheduler = await createScheduler({
    store: storeIn(request),
    logger: quiet,
    concurrency: { function: slots },
  });
  let calls = 0;
  let done = (): void => {};
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  scheduler.task('nothing', () => {
    if (++calls === size) done();
  });
  const enqueued = await enqueueAll(scheduler, size);
  const startedMs = performance.now();
  const drainCpu = cpuMicros();
  await scheduler.start();
  await all;
  await scheduler.stop();
  const drainPerSecond = (size * 1000) / (performance.now() - startedMs);
  const drainCpuUs = (cpuMicros() - drainCpu) / size;
  const kept = await countKept(scheduler);
  await scheduler.close();
  if (calls !== size || kept !== size) {
    throw new Error(`${calls} handler calls and ${kept} rows of history for ${size} runs.`);
  }
  return { ...enqueued, drainPerSecond, drainCpuUs };
}

async function enqueueAll(scheduler: Scheduler, runs: number): Promise<Record<string, number>> {
  const startedMs = performance.now();
  const cpu = cpuMicros();
  for (let from = 0; from < runs; from += BATCH) {
    const count = Math.min(BATCH, runs - from);
    await scheduler.enqueueMany(
      'nothing',
      Array.from({ length: count }, (_, i) => ({ i: from + i })),
    );
  }
  return {
    enqueuePerSecond: (runs * 1000) / (performance.now() - startedMs),
    enqueueCpuUs: (cpuMicros() - cpu) / runs,
  };
}

async function countKept(scheduler: Scheduler): Promise<number> {
  let kept = 0;
  let after: string | null = null;
  do {
    const page = await scheduler.runs({ states: ['SUCCESS'] }, { after, limit: 1000 });
    kept += page.runs.length;
    after = page.next;
  } while (after !== null);
  return kept;
}
