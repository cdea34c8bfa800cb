import { setTimeout as sleep } from 'node:timers/promises';
import { createScheduler } from '../../packages/tickwork/src/index.ts';
import { fdatasyncMs, quantile, quiet, storeIn } from './measure.ts';
import type { ChildRequest } from './request.ts';

/**
 * One run at once on an idle system: from the call of `enqueue` to the handler's first line.
 * The machine's small durable write is measured before and after, on the same disk.
 */
export async function latency(request: ChildRequest): Promise<Record<string, number>> {
  const { directory, size } = request;
  const syncs = [fdatasyncMs(directory)];
  const scheduler = await createScheduler({ store: storeIn(request), logger: quiet });
  let begun = (): void => {};
  scheduler.task('nothing', () => begun());
  await scheduler.start();
  const times: number[] = [];
  for (let i = 0; i < size; i++) {
    await sleep(5);
    const started = new Promise<number>((resolve) => {
      begun = () => resolve(performance.now());
    });
    const calledMs = performance.now();
    void scheduler.enqueue('nothing', i);
    times.push((await started) - calledMs);
  }
  await scheduler.close();
  syncs.push(fdatasyncMs(directory));
  times.sort((a, b) => a - b);
  const fdatasync = (syncs[0] ?? 0) / 2 + (syncs[1] ?? 0) / 2;
  return {
    immediateP50Ms: quantile(times, 0.5),
    immediateP99Ms: quantile(times, 0.99),
    fdatasyncMs: fdatasync,
    immediateOverFdatasyncMs: quantile(times, 0.5) - fdatasync,
  };
}
