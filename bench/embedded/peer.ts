import { setTimeout as sleep } from 'node:timers/promises';
import { Lateness } from './lateness.ts';
import { cpuMicros, peakRssMb } from './measure.ts';
import { type ChildRequest, cronOf, MINUTE_MS, secondOf } from './request.ts';

const GRACE_MS = 12_000;

type Register = (expression: string, handler: () => void) => unknown;

/**
 * Schedulers inside the process, without a store: what they have not run is forgotten. Only
 * the one that is measured is loaded.
 */
const peers: Readonly<Record<string, () => Promise<Register>>> = {
  croner: async () => {
    const { Cron } = await import('croner');
    return (expression, handler) => new Cron(expression, handler);
  },
  'node-cron': async () => {
    const { schedule } = await import('node-cron');
    return (expression, handler) => schedule(expression, handler);
  },
  'cron-schedule': async () => {
    const { parseCronExpression } = await import('cron-schedule');
    const timers = await import('cron-schedule/schedulers/timer-based.js');
    const { TimerBasedCronScheduler: scheduler } = timers;
    return (expression, handler) => scheduler.setInterval(parseCronExpression(expression), handler);
  },
};

/** The same jobs and the same minute as in `fire`. */
export async function peer(request: ChildRequest): Promise<Record<string, number>> {
  const { size, beginsAt, pattern } = request;
  const load = peers[request.peer];
  if (load === undefined) throw new Error(`There is no peer ${request.peer}.`);
  const register = await load();
  const late = new Lateness(size);
  const startedMs = performance.now();
  for (let job = 0; job < size; job++) {
    const dueAt = beginsAt + secondOf(job, pattern) * 1000;
    register(cronOf(job, request), () => {
      const now = Date.now();
      // The same expression fires in each minute; the call belongs to the nearest one.
      if (Math.abs(now - dueAt) < MINUTE_MS / 2) late.add(job, now - dueAt);
    });
  }
  const perSecond = (size * 1000) / (performance.now() - startedMs);
  if (Date.now() > beginsAt) throw new Error('The minute began before all was registered.');
  await sleep(beginsAt - Date.now());
  const cpu = cpuMicros();
  await sleep(MINUTE_MS);
  const cpuSeconds = (cpuMicros() - cpu) / 1e6;
  const untilAt = beginsAt + MINUTE_MS + GRACE_MS;
  while (!late.isComplete && Date.now() < untilAt) await sleep(100);
  return { ...late.figures(), cpuSeconds, rssMb: peakRssMb(), perSecond };
}
