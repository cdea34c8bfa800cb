import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { createScheduler, type JobInput } from '../../packages/tickwork/src/index.ts';
import {
  writtenJobColumns,
  writtenJobValues,
} from '../../packages/tickwork/src/stores/sql/job-row.ts';
import { createSqliteStore } from '../../packages/tickwork/src/stores/sqlite/index.ts';
import {
  definitionOf,
  jobWrite,
  T0,
} from '../../packages/tickwork/src/testing/conformance/store-fixtures.ts';
import { cpuMicros, type Note, quantile, quiet, withDirectory } from './measure.ts';

const BATCH = 500;
const IDLE_MS = 30_000;
const SOURCE = { kind: 'api', id: 'bench' } as const;

function* namesOf(jobs: number): Generator<string[]> {
  for (let from = 0; from < jobs; from += BATCH) {
    const count = Math.min(BATCH, jobs - from);
    yield Array.from({ length: count }, (_, i) => `job-${from + i}`);
  }
}

/** Registers through the store, as a declared list does after it was read. */
async function registerAll(path: string, jobs: number): Promise<number> {
  const store = await createSqliteStore({ path });
  const definition = definitionOf();
  const nextFireAt = Date.now() + 86_400_000;
  const startedMs = performance.now();
  for (const names of namesOf(jobs)) {
    await store.saveJobs(
      names.map((name) => {
        const write = jobWrite(name, { definition });
        return { ...write, position: { ...write.position, nextFireAt } };
      }),
    );
  }
  const perSecond = (jobs * 1000) / (performance.now() - startedMs);
  await store.close();
  return perSecond;
}

/** The same rows into the same tables and indexes by a bare loop. */
async function rawRegister(path: string, jobs: number): Promise<number> {
  await (await createSqliteStore({ path })).close();
  const raw = new DatabaseSync(path);
  raw.exec('PRAGMA synchronous = FULL');
  const job = raw.prepare(
    `INSERT INTO tickwork_jobs (name, revision, created_at, ${writtenJobColumns.join(', ')})
    VALUES (?, 1, ?, ${writtenJobColumns.map(() => '?').join(', ')})`,
  );
  const revision = raw.prepare('INSERT INTO tickwork_job_revisions VALUES (?, 1, ?)');
  const definition = definitionOf();
  const startedMs = performance.now();
  for (const names of namesOf(jobs)) {
    raw.exec('BEGIN IMMEDIATE');
    for (const name of names) {
      const write = jobWrite(name, { definition });
      const { lastInsertRowid } = job.run(name, T0, ...writtenJobValues(write));
      revision.run(lastInsertRowid, JSON.stringify(definition));
    }
    raw.exec('COMMIT');
  }
  const perSecond = (jobs * 1000) / (performance.now() - startedMs);
  raw.close();
  return perSecond;
}

export async function register(jobs: number, note: Note): Promise<void> {
  await withDirectory(async (directory) => {
    note('rawRegisterPerSecond', await rawRegister(join(directory, 'raw.db'), jobs));
    note('registerPerSecond', await registerAll(join(directory, 'store.db'), jobs));
  });
}

/** What a started process costs while all of its jobs are far in the future. */
export async function idle(jobs: number, note: Note): Promise<void> {
  await withDirectory(async (directory) => {
    const path = join(directory, 'store.db');
    await registerAll(path, jobs);
    const scheduler = await createScheduler({ store: path, logger: quiet });
    scheduler.task('work', () => {});
    await scheduler.start();
    await sleep(3_000);
    const cpu = cpuMicros();
    await sleep(IDLE_MS);
    note('idleCpuPercent', (cpuMicros() - cpu) / (IDLE_MS * 10));
    note('idleRssMb', process.memoryUsage.rss() / 2 ** 20);
    await scheduler.close();
  });
}

/** How late runs start in the first full minute: jobs spread over it, or all in one second. */
export async function lateness(
  jobs: number,
  pattern: 'spread' | 'burst',
  note: Note,
): Promise<void> {
  await withDirectory(async (directory) => {
    const options = { store: join(directory, 'store.db'), logger: quiet };
    const scheduler = await createScheduler({ ...options, concurrency: { function: BATCH } });
    const late: number[] = [];
    scheduler.task('nothing', (_, { fireAt }) => {
      late.push(Date.now() - fireAt);
    });
    const declared: Record<string, JobInput> = {};
    for (let i = 0; i < jobs; i++) {
      const second = pattern === 'spread' ? i % 60 : 30;
      declared[`job-${i}`] = { cron: `${second} * * * * *`, task: 'nothing' };
    }
    await scheduler.applyJobs(SOURCE, declared);
    await scheduler.start();
    const beginsAt = Math.ceil((Date.now() + 4_000) / 60_000) * 60_000;
    await sleep(beginsAt - Date.now());
    late.length = 0;
    await sleep(60_000);
    const times = late.splice(0).sort((a, b) => a - b);
    await scheduler.close();
    const name = `${pattern}${jobs}`;
    note(`${name}LateP50Ms`, quantile(times, 0.5));
    note(`${name}LateP99Ms`, quantile(times, 0.99));
    note(`${name}LateMaxMs`, quantile(times, 1));
    note(`${name}FiredPart`, times.length / jobs);
  });
}
