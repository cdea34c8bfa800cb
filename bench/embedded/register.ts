import { join } from 'node:path';
import { createScheduler, type JobInput } from '../../packages/tickwork/src/index.ts';
import { createSqliteStore } from '../../packages/tickwork/src/stores/sqlite/index.ts';
import { definitionOf, jobWrite } from '../../packages/verify/src/conformance/store-fixtures.ts';
import { rawRegister } from '../raw-register.ts';
import { cpuMicros, peakRssMb, quiet, storeIn } from './measure.ts';
import { type ChildRequest, cronOf } from './request.ts';

const BATCH = 500;
const SOURCE = { kind: 'api', id: 'bench' } as const;

type Writes = ReturnType<typeof jobWrite>[];

/** What declarations become after they were read: 500 jobs a call of the store. */
function* writesOf({ size, beginsAt }: ChildRequest): Generator<Writes> {
  const definition = definitionOf();
  for (let from = 0; from < size; from += BATCH) {
    yield Array.from({ length: Math.min(BATCH, size - from) }, (_, i) => {
      const write = jobWrite(`job-${from + i}`, { definition });
      return { ...write, position: { ...write.position, nextFireAt: beginsAt } };
    });
  }
}

export async function rawRegistration(request: ChildRequest): Promise<Record<string, number>> {
  const path = join(request.directory, 'raw.db');
  const cpu = cpuMicros();
  const perSecond = await rawRegister(path, writesOf(request));
  return { perSecond, cpuUs: (cpuMicros() - cpu) / request.size };
}

/** The store alone: `saveJobs`. */
export async function storeRegistration(request: ChildRequest): Promise<Record<string, number>> {
  const store = await createSqliteStore({ path: storeIn(request) });
  const cpu = cpuMicros();
  const startedMs = performance.now();
  for (const writes of writesOf(request)) await store.saveJobs(writes);
  const perSecond = (request.size * 1000) / (performance.now() - startedMs);
  const cpuUs = (cpuMicros() - cpu) / request.size;
  await store.close();
  return { perSecond, cpuUs };
}

/**
 * What users call: `applyJobs` with one declared list. It reads and checks each declaration,
 * compiles its trigger, finds its first instant, and looks for jobs that are gone.
 */
export async function fill(request: ChildRequest): Promise<Record<string, number>> {
  const scheduler = await createScheduler({ store: storeIn(request), logger: quiet });
  scheduler.task('nothing', () => {});
  const startAt = request.beginsAt;
  const declared: Record<string, JobInput> = {};
  for (let i = 0; i < request.size; i++) {
    declared[`job-${i}`] = { cron: cronOf(i, request), startAt, task: 'nothing' };
  }
  const cpu = cpuMicros();
  const startedMs = performance.now();
  const { added } = await scheduler.applyJobs(SOURCE, declared);
  const perSecond = (request.size * 1000) / (performance.now() - startedMs);
  const cpuUs = (cpuMicros() - cpu) / request.size;
  await scheduler.close();
  if (added.length !== request.size) throw new Error(`Only ${added.length} jobs were added.`);
  return { perSecond, cpuUs, rssMb: peakRssMb() };
}
