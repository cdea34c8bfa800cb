import type { Emitter } from '../events/emitter.ts';
import type { Run, RunDefinition } from '../model/run.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { Completion } from '../ports/run-store.ts';
import { decideEffect, type RunEnded } from './decide-effect.ts';
import type { Dependents } from './dependents.ts';

export interface AftermathParts {
  readonly store: Pick<JobStore, 'findJobs'>;
  readonly dependents: Dependents;
  readonly emitter: Emitter;
  /** A job was paused by the end of a run. */
  readonly onPaused: () => Promise<void>;
}

/**
 * What the ends of runs bring about besides: runs of other jobs, and what the failure
 * policy does to the job itself. It is written with the end; that a job was paused by it is
 * told afterwards, once.
 */
export class Aftermath {
  readonly #parts: AftermathParts;
  /** Jobs that may have been paused by an accepted end, with the reason they would have. */
  readonly #mayBePaused = new Map<string, string>();

  constructor(parts: AftermathParts) {
    this.#parts = parts;
  }

  of(
    run: Run,
    work: RunDefinition | null,
    ended: RunEnded,
  ): Pick<Completion, 'followUps' | 'onJob'> {
    return {
      followUps: this.#parts.dependents.followUps(run, ended.state, ended.at),
      onJob: decideEffect(run, work, ended),
    };
  }

  noteAccepted(run: Pick<Run, 'jobName'>, { onJob }: Pick<Completion, 'onJob'>): void {
    if (run.jobName === null || onJob?.kind !== 'failed' || onJob.pauseAfter === null) return;
    this.#mayBePaused.set(run.jobName, onJob.pauseReason);
  }

  /** Tells which jobs have been paused since the last call. */
  async tell(): Promise<void> {
    if (this.#mayBePaused.size === 0) return;
    const asked = [...this.#mayBePaused];
    this.#mayBePaused.clear();
    const jobs = await this.#parts.store.findJobs(asked.map(([jobName]) => jobName));
    let paused = false;
    for (const [i, [jobName, reason]] of asked.entries()) {
      const job = jobs[i];
      if (job?.status !== 'paused' || job.statusReason !== reason) continue;
      this.#parts.emitter.emit('job.status', { jobName, status: 'paused', reason });
      paused = true;
    }
    if (paused) await this.#parts.onPaused();
  }
}
