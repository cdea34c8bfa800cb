import type { JobDefinition } from '../model/job.ts';
import { RevisionTable } from '../model/revision-table.ts';
import type { Run, RunDefinition } from '../model/run.ts';
import type { JobStore } from '../ports/job-store.ts';

const DEFINITIONS_MAX = 20_000;

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
    await this.#load(runs);
    return runs.map((run) => this.#workOf(run));
  }

  /** The definition of a job's run, if it is in memory. */
  peek(run: Pick<Run, 'jobId' | 'jobRevision'>): JobDefinition | null {
    if (run.jobId === null || run.jobRevision === null) return null;
    return this.#byRevision.get(run.jobId, run.jobRevision) ?? null;
  }

  remember(jobId: number, revision: number, definition: JobDefinition): void {
    this.#byRevision.set(jobId, revision, definition);
  }

  #workOf(run: Run): RunDefinition | null {
    if (run.definition !== null && run.input === undefined) return run.definition;
    const definition = run.definition ?? this.peek(run);
    if (definition === null) return null;
    const input = run.input === undefined ? definition.input : run.input;
    return { task: definition.task, input, policies: definition.policies };
  }

  async #load(runs: readonly Run[]): Promise<void> {
    const missing = new Map<string, { jobId: number; revision: number }>();
    for (const run of runs) {
      if (run.definition !== null || run.jobId === null || run.jobRevision === null) continue;
      if (this.#byRevision.get(run.jobId, run.jobRevision) !== undefined) continue;
      missing.set(`${run.jobId}:${run.jobRevision}`, {
        jobId: run.jobId,
        revision: run.jobRevision,
      });
    }
    if (missing.size === 0) return;
    const keys = [...missing.values()];
    const found = await this.#store.findRevisions(keys);
    for (const [i, key] of keys.entries()) {
      const definition = found[i];
      if (definition) this.remember(key.jobId, key.revision, definition);
    }
  }
}
