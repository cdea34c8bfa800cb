import type { Job, JobStats } from '../model/job.ts';
import type { RetentionPolicy } from '../model/policy.ts';
import type { Run } from '../model/run.ts';
import { isInGroup, type RetainedWhich } from '../retention/retained-groups.ts';
import type { Instant } from '../time/instant.ts';

interface Part {
  readonly which: RetainedWhich;
  readonly countedMax: number;
  count: number;
  oldestEndAt: Instant | null;
}

/** Which ends of a job's runs are kept, in each group that is retained by itself. */
export class KeptEnds {
  readonly #parts: readonly Part[];

  /** `policies`: all that the job has had. */
  constructor(job: Job, policies: readonly RetentionPolicy[]) {
    const apart = policies.some(({ failed }) => failed !== undefined);
    const groups: readonly RetainedWhich[] = apart ? ['failed', 'others'] : ['all'];
    this.#parts = groups.map((which) => ({
      ...{ which, countedMax: countedOf(job.stats, which), count: 0, oldestEndAt: null },
    }));
  }

  /** Notes a finished run; they come with the last end first. */
  add(run: Run): void {
    for (const part of this.#parts) {
      if (!isInGroup(run.state, part.which)) continue;
      part.count += 1;
      part.oldestEndAt = run.endedAt;
    }
  }

  /** True if no run that is still to come can have ended at `at` or later, or matters. */
  reaches(at: Instant): boolean {
    return this.#parts.every(
      ({ which, count, countedMax, oldestEndAt }) =>
        (oldestEndAt !== null && oldestEndAt < at) || (which === 'failed' && count >= countedMax),
    );
  }

  /**
   * From what end on nothing is missing: `null` = nothing is kept of a part of which there
   * was something, 0 = all is there. `rangedCount`: instants in skipped stretches.
   */
  wholeFrom(rangedCount: number): Instant | null {
    let from: Instant = 0;
    for (const { which, count, countedMax, oldestEndAt } of this.#parts) {
      // A run may end between reading the job and its runs: then there is more than counted.
      const found = count + (which === 'failed' ? 0 : rangedCount);
      if (found >= countedMax) continue;
      if (oldestEndAt === null) return null;
      from = Math.max(from, oldestEndAt);
    }
    return from;
  }
}

function countedOf(stats: JobStats, which: RetainedWhich): number {
  const others = stats.successCount + stats.cancelledCount + stats.skippedCount;
  if (which === 'all') return others + stats.failureCount;
  return which === 'failed' ? stats.failureCount : others;
}
