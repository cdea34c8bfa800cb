import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createScheduler } from '../../packages/tickwork/src/index.ts';
import { fdatasyncMs, type Note, quantile, quiet, withDirectory } from './measure.ts';

const SAMPLES = 300;

/** One run at once on an idle system: from the call of `enqueue` to the handler's first line. */
export async function latency(note: Note): Promise<void> {
  await withDirectory(async (directory) => {
    note('fdatasyncMs', fdatasyncMs(directory));
    const scheduler = await createScheduler({ store: join(directory, 'l.db'), logger: quiet });
    let begun = (): void => {};
    scheduler.task('nothing', () => begun());
    await scheduler.start();
    const times: number[] = [];
    for (let i = 0; i < SAMPLES; i++) {
      await sleep(5);
      const started = new Promise<number>((resolve) => {
        begun = () => resolve(performance.now());
      });
      const calledMs = performance.now();
      void scheduler.enqueue('nothing', i);
      times.push((await started) - calledMs);
    }
    await scheduler.close();
    times.sort((a, b) => a - b);
    note('immediateP50Ms', quantile(times, 0.5));
    note('immediateP99Ms', quantile(times, 0.99));
  });
}
