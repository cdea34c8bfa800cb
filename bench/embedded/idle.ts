import { setTimeout as sleep } from 'node:timers/promises';
import { createScheduler } from '../../packages/tickwork/src/index.ts';
import { cpuMicros, quiet, rssMb, storeIn } from './measure.ts';
import type { ChildRequest } from './request.ts';

const SETTLE_MS = 3_000;
const IDLE_MS = 30_000;

/**
 * What a clean process costs that has opened and started a store whose jobs are all due much
 * later; its heartbeat thread is counted with it.
 */
export async function idle(request: ChildRequest): Promise<Record<string, number>> {
  const startedMs = performance.now();
  const scheduler = await createScheduler({ store: storeIn(request), logger: quiet });
  scheduler.task('nothing', () => {});
  await scheduler.start();
  const startMs = performance.now() - startedMs;
  await sleep(SETTLE_MS);
  const cpu = cpuMicros();
  await sleep(IDLE_MS);
  const cpuPercent = (cpuMicros() - cpu) / (IDLE_MS * 10);
  const figures = { cpuPercent, rssMb: rssMb(), startMs };
  await scheduler.close();
  return figures;
}
