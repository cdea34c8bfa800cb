import { setTimeout as sleep } from 'node:timers/promises';
import { createScheduler } from '../../packages/tickwork/src/index.ts';
import { commitMs, fdatasyncMs, quantile, quiet, storeIn } from './measure.ts';
import type { ChildRequest } from './request.ts';

/**
 * One run at once on an idle system: from the call of `enqueue` to the handler's first line.
 * The machine's small durable writes are measured before and after, on the same disk.
 */
export async function latency(request: ChildRequest): Promise<Record<string, number>> {
  const { directory, size } = request;
  const before = syncsOf(directory);
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
  const after = syncsOf(directory);
  times.sort((a, b) => a - b);
  const p50 = quantile(times, 0.5);
  const syncs = {
    fdatasyncMs: (before.fdatasyncMs + after.fdatasyncMs) / 2,
    fdatasyncAppendMs: (before.fdatasyncAppendMs + after.fdatasyncAppendMs) / 2,
    sqliteCommitMs: (before.sqliteCommitMs + after.sqliteCommitMs) / 2,
  };
  return {
    ...{ immediateP50Ms: p50, immediateP99Ms: quantile(times, 0.99), ...syncs },
    immediateOverFdatasyncMs: p50 - syncs.fdatasyncMs,
    immediateOverCommitMs: p50 - syncs.sqliteCommitMs,
  };
}

function syncsOf(directory: string) {
  return {
    fdatasyncMs: fdatasyncMs(directory, 'overwrite'),
    fdatasyncAppendMs: fdatasyncMs(directory, 'append'),
    sqliteCommitMs: commitMs(directory),
  };
}
