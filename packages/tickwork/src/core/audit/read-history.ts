import type { Job, JobDefinition } from '../model/job.ts';
import type { JobChange } from '../model/job-change.ts';
import type { JobStore } from '../ports/job-store.ts';

const TRIES_MAX = 10;

/** A job with what was in force when. */
export interface JobHistory {
  readonly job: Job;
  readonly changes: readonly JobChange[];
  /** By revision: those that the changes name, and the present one. */
  readonly definitions: ReadonlyMap<number, JobDefinition>;
}

/** The history of a job as of one moment; `null` if there is no such job. */
export async function readHistory(
  store: Pick<JobStore, 'findJobs' | 'listChanges' | 'findRevisions'>,
  name: string,
): Promise<JobHistory | null> {
  for (let tries = 1; ; tries++) {
    const [job] = await store.findJobs([name]);
    if (!job) return null;
    const changes = await store.listChanges(job.id);
    const last = changes.at(-1);
    const agrees = last?.revision === job.revision && last.status === job.status;
    // Changed in between: once more. What never agrees is told by what is made of it.
    if (!agrees && tries < TRIES_MAX) continue;
    const numbers = [...new Set(changes.map((change) => change.revision))];
    const keys = numbers.map((revision) => ({ jobId: job.id, revision }));
    const found = await store.findRevisions(keys);
    const definitions = new Map<number, JobDefinition>([[job.revision, job.definition]]);
    for (const [i, definition] of found.entries()) {
      if (definition) definitions.set(numbers[i] ?? 0, definition);
    }
    return { job, changes, definitions };
  }
}
