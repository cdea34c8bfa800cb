import type { JobDefinition } from '../model/job.ts';
import { RevisionTable } from '../model/revision-table.ts';
import type { Run, RunDefinition } from '../model/run.ts';
import type { JobStore } from '../ports/job-store.ts';

const DEFINITIONS_MAX = 20_000;

interface RevisionKey {
  readonly jobId: number;
  readonly revision: number;
}

/**
 * The definitions of runs: an enqueued run carries its own, a run of a job uses the
 * revision under which it was planned. Revisions never change, so they are kept in memory,
 * equal ones once, the longest unused dropped first.
 */
export class Definitions {
  readonly #store: Pick<JobStore, 'findRevisions'>;
  readonly #byRevision = new RevisionTable<JobDefinition>(DEFINITIONS_MAX);

  constructor(store: Pick<JobStore, 'findRevisions'>) {
    this.#store = store;
  }

  /** The work of each run, in the same order; `null` if its definition is gone. */
  async workOf(runs: readonly Run[]): Promise<(RunDefinition | null)[]> {
    const works = runs.map((run) => workWith(run, this.peek(run)));
    const missing = new Map<string, RevisionKey>();
    for (const [i, { jobId, jobRevision }] of runs.entries()) {
      if (works[i] !== null || jobId === null || jobRevision === null) continue;
      missing.set(keyOf(jobId, jobRevision), { jobId, revision: jobRevision });
    }
    if (missing.size === 0) return works;
    const read = await this.#read([...missing.values()]);
    return runs.map((run, i) => works[i] ?? workWith(run, read.get(keyOfRun(run)) ?? null));
  }

  /** The definition of a job's run, if it is in memory. */
  peek(run: Pick<Run, 'jobId' | 'jobRevision'>): JobDefinition | null {
    if (run.jobId === null || run.jobRevision === null) return null;
    return this.#byRevision.get(run.jobId, run.jobRevision) ?? null;
  }

  remember(jobId: number, revision: number, definition: JobDefinition): void {
    this.#byRevision.set(jobId, revision, definition);
  }

  /** More may be asked for at once than is kept: what is read is answered, kept or not. */
  async #read(keys: readonly RevisionKey[]): Promise<ReadonlyMap<string, JobDefinition>> {
    const read = new Map<string, JobDefinition>();
    const found = await this.#store.findRevisions(keys);
    for (const [i, { jobId, revision }] of keys.entries()) {
      const definition = found[i];
      if (!definition) continue;
      read.set(keyOf(jobId, revision), definition);
      this.remember(jobId, revision, definition);
    }
    return read;
  }
}

function workWith(run: Run, ofJob: JobDefinition | null): RunDefinition | null {
  if (run.definition !== null && run.input === undefined) return run.definition;
  const definition = run.definition ?? ofJob;
  if (definition === null) return null;
  const input = run.input === undefined ? definition.input : run.input;
  return { task: definition.task, input, policies: definition.policies };
}

function keyOfRun({ jobId, jobRevision }: Run): string {
  return keyOf(jobId ?? -1, jobRevision ?? -1);
}

function keyOf(jobId: number, revision: number): string {
  return `${jobId}:${revision}`;
}
