import type { Job } from '../../../tickwork/src/core/model/job.ts';
import type { NewRun, Run } from '../../../tickwork/src/core/model/run.ts';
import type { JobWrite } from '../../../tickwork/src/core/ports/job-store.ts';
import type { StartOutcome } from '../../../tickwork/src/core/ports/run-store.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import type { Instant } from '../../../tickwork/src/core/time/instant.ts';
import { jobWrite, LEASE_MS, nodeInfo, planWrite, scheduledRun, T0 } from './store-fixtures.ts';

/** Stores a job and answers it. */
export async function saveJob(
  store: Store,
  name: string,
  changes: Partial<JobWrite> = {},
): Promise<Job> {
  await store.saveJobs([jobWrite(name, changes)]);
  return await findJob(store, name);
}

export async function findJob(store: Store, name: string): Promise<Job> {
  const [job] = await store.findJobs([name]);
  if (!job) throw new Error(`There is no job ${name}.`);
  return job;
}

export async function findRun(store: Store, id: string): Promise<Run> {
  const [run] = await store.findRuns([id]);
  if (!run) throw new Error(`There is no run ${id}.`);
  return run;
}

export async function join(store: Store, id = 'n1', at: Instant = T0): Promise<void> {
  await store.joinNode(nodeInfo(id), at, at + LEASE_MS);
}

/** Plans runs of a job at these instants, reserved for a node or for nobody. */
export async function plan(
  store: Store,
  name: string,
  fireAts: readonly Instant[],
  nodeId: string | null = null,
  changes: Partial<NewRun> = {},
): Promise<string[]> {
  const job = await findJob(store, name);
  const runs = fireAts.map((fireAt) => ({ ...scheduledRun(job, fireAt, changes), nodeId }));
  await store.planDue([planWrite(job, Math.max(...fireAts), { runs })]);
  return runs.map(({ id }) => id);
}

export interface StartOptions {
  readonly exclusive?: boolean;
  readonly holdable?: boolean;
  readonly attemptBefore?: number;
  readonly nodeId?: string;
  readonly at?: Instant;
}

export async function start(
  store: Store,
  runId: string,
  options: StartOptions = {},
): Promise<StartOutcome | undefined> {
  const {
    exclusive = false,
    holdable = false,
    attemptBefore = 0,
    nodeId = 'n1',
    at = T0,
  } = options;
  const request = { runId, exclusive, holdable, attemptBefore };
  const [outcome] = await store.startRuns(nodeId, [request], at);
  return outcome;
}

/** Claims for `n1` up to an instant; answers the ids. */
export async function claim(
  store: Store,
  changes: Partial<Parameters<Store['claimRuns']>[0]> = {},
): Promise<string[]> {
  const request = {
    nodeId: 'n1',
    handlers: ['function:work'],
    until: T0 + 10_000,
    limit: 10,
    now: T0,
    recover: false,
    ...changes,
  };
  return (await store.claimRuns(request)).map(({ id }) => id);
}
