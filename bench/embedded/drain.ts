import { join } from 'node:path';
import { createScheduler } from '../../packages/tickwork/src/index.ts';
import { cpuMicros, type Note, quiet, withDirectory } from './measure.ts';
import { rawLoop } from './raw-loop.ts';

/** Inputs of one call of `enqueueMany`, and slots: the raw loop's batch. */
const BATCH = 500;

/** Enqueue and drain with a handler that does nothing: the raw loop, then the engine. */
export async function drain(runs: number, note: Note): Promise<void> {
  await withDirectory(async (directory) => {
    let calls = 0;
    const raw = await rawLoop(join(directory, 'raw.db'), runs, () => {
      calls++;
    });
    if (calls !== runs || raw.history !== runs) throw new Error('The raw loop lost runs.');
    note('rawEnqueuePerSecond', runs / raw.enqueueSeconds);
    note('rawDrainPerSecond', runs / raw.drainSeconds);
    note('rawDrainCpuUs', (raw.drainCpuSeconds * 1e6) / runs);
  });
  for (const slots of [BATCH, 100]) {
    const name = slots === BATCH ? 'engine' : 'engineDefault';
    await withDirectory((directory) =>
      engineDrain(join(directory, 'e.db'), { runs, slots, name }, note),
    );
  }
}

async function engineDrain(
  store: string,
  { runs, slots, name }: { readonly runs: number; readonly slots: number; readonly name: string },
  note: Note,
): Promise<void> {
  const scheduler = await createScheduler({
    store,
    logger: quiet,
    concurrency: { function: slots },
  });
  let calls = 0;
  let done = (): void => {};
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  scheduler.task('nothing', () => {
    if (++calls === runs) done();
  });
  const enqueuedMs = performance.now();
  const enqueueCpu = cpuMicros();
  for (let from = 0; from < runs; from += BATCH) {
    const count = Math.min(BATCH, runs - from);
    await scheduler.enqueueMany(
      'nothing',
      Array.from({ length: count }, (_, i) => ({ i: from + i })),
    );
  }
  note(`${name}EnqueuePerSecond`, (runs * 1000) / (performance.now() - enqueuedMs));
  note(`${name}EnqueueCpuUs`, (cpuMicros() - enqueueCpu) / runs);
  const startedMs = performance.now();
  const drainCpu = cpuMicros();
  await scheduler.start();
  await all;
  await scheduler.stop();
  note(`${name}DrainPerSecond`, (runs * 1000) / (performance.now() - startedMs));
  note(`${name}DrainCpuUs`, (cpuMicros() - drainCpu) / runs);
  let kept = 0;
  let after: string | null = null;
  do {
    const page = await scheduler.runs({ states: ['SUCCESS'] }, { after, limit: 1000 });
    kept += page.runs.length;
    after = page.next;
  } while (after !== null);
  await scheduler.close();
  if (calls !== runs || kept !== runs) {
    throw new Error(`${calls} handler calls and ${kept} rows of history for ${runs} runs.`);
  }
}
