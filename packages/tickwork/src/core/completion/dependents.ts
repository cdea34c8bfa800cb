import type { Job, JobStatus } from '../model/job.ts';
import type { NewRun, Run } from '../model/run.ts';
import type { RunState } from '../model/run-state.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { Instant } from '../time/instant.ts';
import { startAtOf } from '../trigger/start-at.ts';
import { triggerNeeds } from '../trigger/trigger-needs.ts';
import { type Dependent, followUps } from './follow-ups.ts';

const PAGE = 1000;
const NONE: readonly Dependent[] = [];
const NO_RUNS: readonly NewRun[] = [];

/**
 * The jobs that events can fire, in memory: who runs after whom, and who runs at starts.
 * Read again whenever a job has changed anywhere.
 */
export class Dependents {
  readonly #store: Pick<JobStore, 'listJobs'>;
  #byUpstream: ReadonlyMap<string, readonly Dependent[]> = new Map();
  #byId: ReadonlyMap<number, Job> = new Map();

  constructor(store: Pick<JobStore, 'listJobs'>) {
    this.#store = store;
  }

  async refresh(): Promise<void> {
    const byUpstream = new Map<string, Dependent[]>();
    const byId = new Map<number, Job>();
    for (let after: string | null = null; ; ) {
      const page: Job[] = await this.#store.listJobs({ eventDriven: true }, { after, limit: PAGE });
      for (const job of page) {
        byId.set(job.id, job);
        for (const { job: upstream, on } of triggerNeeds(job.definition.trigger).afterJobs) {
          const list = byUpstream.get(upstream) ?? [];
          list.push({ job, on });
          byUpstream.set(upstream, list);
        }
      }
      if (page.length < PAGE) break;
      after = page.at(-1)?.name ?? null;
    }
    this.#byUpstream = byUpstream;
    this.#byId = byId;
  }

  /** The jobs that may run after the job of this name. */
  of(jobName: string | null): readonly Dependent[] {
    return jobName === null ? NONE : (this.#byUpstream.get(jobName) ?? NONE);
  }

  /** The runs that the end of a run causes. */
  followUps(run: Run, state: RunState, endedAt: Instant): readonly NewRun[] {
    const dependents = this.of(run.jobName);
    if (dependents.length === 0) return NO_RUNS;
    return followUps(run, state, endedAt, dependents, (job, fireAt) =>
      startAtOf(job.definition.trigger, job.name, fireAt),
    );
  }

  statusOf(jobId: number | null): JobStatus {
    return (jobId === null ? undefined : this.#byId.get(jobId)?.status) ?? 'active';
  }

  /** Jobs in force that run when a node starts, those of the given scopes. */
  startupJobs(scopes: readonly ('node' | 'cluster')[]): Job[] {
    return [...this.#byId.values()].filter((job) => {
      const scope = triggerNeeds(job.definition.trigger).startup;
      return scope !== null && scopes.includes(scope) && job.status === 'active';
    });
  }
}
