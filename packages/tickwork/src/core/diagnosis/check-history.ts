import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import { instantText } from '../trigger/words/instant-words.ts';
import { type Ailment, ailment } from './ailment.ts';

const EARLY_MAX = 100;

/** Goes through the finished runs that are kept, and counts them by job. */
export class HistoryCheck {
  readonly #counts = new Map<
    number,
    Record<'SUCCESS' | 'FAILED' | 'CANCELLED' | 'SKIPPED', number>
  >();
  readonly #early: Ailment[] = [];
  runCount = 0;

  see(run: Run): void {
    this.runCount += 1;
    const { jobId, state, startedAt, startAt, attempt } = run;
    if (state === 'PENDING' || state === 'RUNNING' || state === 'RETRY') return;
    if (attempt === 1 && startedAt !== null && startedAt < startAt) {
      const words = `It began at ${instantText(startedAt)}, before its instant.`;
      const subject = { runId: run.id, jobName: run.jobName, nodeId: run.nodeId };
      if (this.#early.length < EARLY_MAX) {
        this.#early.push(ailment('early-start', 'error', subject, words));
      }
    }
    if (jobId === null) return;
    const counts = this.#counts.get(jobId) ?? { SUCCESS: 0, FAILED: 0, CANCELLED: 0, SKIPPED: 0 };
    counts[state] += 1;
    this.#counts.set(jobId, counts);
  }

  get ailments(): readonly Ailment[] {
    return this.#early;
  }

  /**
   * Counts outlive pruned rows, so that they are never below what is kept. The job must have
   * been read after its runs.
   */
  checkCounts(job: Job): readonly Ailment[] {
    const counts = this.#counts.get(job.id);
    if (counts === undefined) return [];
    const { stats } = job;
    const low = [
      ['successes', counts.SUCCESS, stats.successCount],
      ['failures', counts.FAILED, stats.failureCount],
      ['cancellations', counts.CANCELLED, stats.cancelledCount],
      ['skips', counts.SKIPPED, stats.skippedCount],
    ] as const;
    return low
      .filter(([, kept, counted]) => kept > counted)
      .map(([what, kept, counted]) => {
        const words = `${kept} ${what} are kept, but only ${counted} are counted.`;
        return ailment('counter-drift', 'error', { jobName: job.name }, words);
      });
  }
}
