import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { createScheduler } from '../../packages/tickwork/src/index.ts';
import { Lateness } from './lateness.ts';
import { cpuMicros, peakRssMb, quiet, storeIn } from './measure.ts';
import { type ChildRequest, MINUTE_MS } from './request.ts';

/** What has not begun so long after the minute counts as missed. */
const GRACE_MS = 12_000;

/**
 * Starts a filled store before the minute begins and measures how late the handler's first
 * line runs, for every job once; afterwards the rows of that minute are counted in the file.
 */
export async function fire(request: ChildRequest): Promise<Record<string, number>> {
  const { size, slots, beginsAt } = request;
  const endsAt = beginsAt + MINUTE_MS;
  const store = storeIn(request);
  const scheduler = await createScheduler({
    ...{ store, logger: quiet },
    concurrency: { function: slots },
  });
  const late = new Lateness(size);
  let loopErrors = 0;
  scheduler.on('loop.error', () => {
    loopErrors++;
  });
  scheduler.task('nothing', (_, { fireAt, jobName }) => {
    const now = Date.now();
    if (fireAt < endsAt) late.add(Number(jobName?.slice('job-'.length)), now - fireAt);
  });
  await scheduler.start();
  if (Date.now() > beginsAt) throw new Error('The minute began before the scheduler was up.');
  await sleep(beginsAt - Date.now());
  const cpu = cpuMicros();
  await sleep(endsAt - Date.now());
  const cpuSeconds = (cpuMicros() - cpu) / 1e6;
  while (!late.isComplete && Date.now() < endsAt + GRACE_MS) await sleep(100);
  await scheduler.stop();
  await scheduler.close();
  const figures = { ...late.figures(), cpuSeconds, rssMb: peakRssMb(), loopErrors };
  return { ...figures, ...rowsOf(store, beginsAt, endsAt) };
}

function rowsOf(store: string, beginsAt: number, endsAt: number): Record<string, number> {
  const raw = new DatabaseSync(store, { readOnly: true });
  const row = raw
    .prepare(
      `SELECT count(*) FILTER (WHERE state = 'SUCCESS') AS history,
        count(*) FILTER (WHERE state <> 'SUCCESS') AS others
      FROM tickwork_history WHERE fire_at >= ? AND fire_at < ?`,
    )
    .get(beginsAt, endsAt) as { history: number; others: number };
  raw.close();
  return { history: row.history, others: row.others };
}
