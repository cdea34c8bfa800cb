import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobWrite } from '../../packages/tickwork/src/core/ports/job-store.ts';
import type { Store } from '../../packages/tickwork/src/core/ports/store.ts';
import { createMemoryStore } from '../../packages/tickwork/src/stores/memory/index.ts';
import { createSqliteStore } from '../../packages/tickwork/src/stores/sqlite/index.ts';
import {
  completion,
  definitionOf,
  jobWrite,
  newRun,
  nodeInfo,
  planWrite,
  scheduledRun,
  T0,
} from '../../packages/verify/src/conformance/store-fixtures.ts';
import type { Benchmark, BenchOptions, BenchResult } from '../benchmark.ts';
import { rawRegister } from '../raw-register.ts';
import { Samples } from '../samples.ts';

const JOBS = 50_000;
const RUNS = 100_000;
const BATCH = 500;

const settings = { jobs: JOBS, runs: RUNS, batch: BATCH, synchronous: 'FULL', journal: 'WAL' };

/** The lives of runs and the registration of jobs on the embedded stores, without the engine. */
export const storeBench: Benchmark = {
  summary: 'stores: registration, enqueue, claim, start, complete, plan (runs and jobs a second)',
  run: runStoreBench,
};

async function runStoreBench(options: BenchOptions): Promise<BenchResult> {
  const samples = new Samples();
  const { note } = samples;
  for (let round = 1; round <= options.rounds; round++) {
    for (const kind of ['sqlite', 'memory'] as const) {
      await withFile(async (path) => {
        const store = await openStore(kind, path);
        await measure(store, (name, value) => note(`${kind}${name}`, value));
        await store.close();
      });
    }
    await withFile(async (path) =>
      note('rawRegisterPerSecond', await rawRegister(path, batches(JOBS, write))),
    );
    options.say(`round ${round} of ${options.rounds} done`);
  }
  samples.ratio('registrationToRawInsert', 'sqliteRegisterPerSecond', 'rawRegisterPerSecond');
  return { ...samples.result({}, options.say), settings };
}

async function withFile(work: (path: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tickwork-bench-'));
  try {
    await work(join(directory, 'store.db'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function openStore(kind: 'sqlite' | 'memory', path: string): Promise<Store> {
  if (kind === 'sqlite') return await createSqliteStore({ path });
  return createMemoryStore({ clock: { now: () => T0, mono: () => 0 } });
}

async function measure(store: Store, note: (name: string, value: number) => void): Promise<void> {
  await store.joinNode(nodeInfo('n1'), T0, T0 + 1_000_000);
  note('RegisterPerSecond', await register(store));
  note('PlannedLivesPerSecond', await plannedLives(store));
  const lives = await enqueuedLives(store);
  for (const [name, perSecond] of Object.entries(lives)) note(name, perSecond);
  note('IdlePollUs', await idlePoll(store));
}

function* batches<T>(count: number, make: (index: number) => T): Generator<T[]> {
  for (let from = 0; from < count; from += BATCH) {
    yield Array.from({ length: Math.min(BATCH, count - from) }, (_, index) => make(from + index));
  }
}

const definition = definitionOf();
const write = (index: number): JobWrite => jobWrite(`job-${index}`, { definition });

async function register(store: Store): Promise<number> {
  const startedMs = performance.now();
  for (const writes of batches(JOBS, write)) await store.saveJobs(writes);
  return perSecond(JOBS, startedMs);
}

/** Each job once: planned as reserved for this node, started, completed. */
async function plannedLives(store: Store): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    const jobs = await store.findDueJobs(T0 + 1000, BATCH);
    if (jobs.length === 0) break;
    const runs = jobs.map((job) => ({ ...scheduledRun(job, T0 + 1000), nodeId: 'n1' }));
    await store.planDue(
      jobs.map((job, index) => {
        const run = runs[index];
        return planWrite(job, T0 + 1000, { runs: run === undefined ? [] : [run] });
      }),
    );
    await startAndComplete(
      store,
      runs.map(({ id }) => id),
      true,
    );
  }
  return perSecond(JOBS, startedMs);
}

async function enqueuedLives(store: Store): Promise<Readonly<Record<string, number>>> {
  const { task, input, policies } = definition;
  const enqueueMs = performance.now();
  const make = (index: number) =>
    newRun({ id: `e_${String(index).padStart(12, '0')}`, definition: { task, input, policies } });
  for (const runs of batches(RUNS, make)) await store.enqueueRuns(runs, T0);
  const EnqueuePerSecond = perSecond(RUNS, enqueueMs);
  const drainMs = performance.now();
  for (;;) {
    const claimed = await store.claimRuns({
      ...{ nodeId: 'n1', handlers: ['function:work'], until: T0, limit: BATCH, now: T0 },
      recover: false,
    });
    if (claimed.length === 0) break;
    await startAndComplete(
      store,
      claimed.map(({ id }) => id),
      false,
    );
  }
  const DrainPerSecond = perSecond(RUNS, drainMs);
  const LivesPerSecond = perSecond(RUNS, enqueueMs);
  return { EnqueuePerSecond, DrainPerSecond, LivesPerSecond };
}

async function startAndComplete(
  store: Store,
  ids: readonly string[],
  exclusive: boolean,
): Promise<void> {
  const requests = ids.map((runId) => ({ runId, exclusive, attemptBefore: 0 }));
  await store.startRuns('n1', requests, T0);
  await store.completeRuns(ids.map((runId) => completion({ runId, nodeId: 'n1', fence: 1 })));
}

async function idlePoll(store: Store): Promise<number> {
  const polls = 20_000;
  const startedMs = performance.now();
  for (let count = 0; count < polls; count++) await store.pollSignals('n1');
  return ((performance.now() - startedMs) * 1000) / polls;
}

function perSecond(count: number, startedMs: number): number {
  return (count * 1000) / (performance.now() - startedMs);
}
