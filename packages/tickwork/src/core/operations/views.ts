import type { Job } from '../model/job.ts';
import { skipWindowAt } from '../model/skip-window.ts';
import { passedOver } from '../planner/passed-over.ts';
import type { Instant } from '../time/instant.ts';
import type { Trigger } from '../trigger/trigger.ts';
import type { JobView } from './job-view.ts';
import type { StatsView } from './operations.ts';

/** A job with what people want to see beside it. */
export function jobView(
  job: Job,
  trigger: Trigger,
  facts: { readonly hasHandler: boolean | null; readonly runningCount: number },
): JobView {
  const describe = { en: trigger.describe('en'), 'zh-CN': trigger.describe('zh-CN') };
  return { ...job, describe, ...facts };
}

export function statsView(job: Job, nextAt: Instant | null): StatsView {
  const { stats } = job;
  const judged = stats.successCount + stats.failureCount;
  const runCount = judged + stats.cancelledCount;
  return {
    runCount,
    successCount: stats.successCount,
    failureCount: stats.failureCount,
    cancelledCount: stats.cancelledCount,
    skippedCount: stats.skippedCount,
    successRate: judged === 0 ? null : stats.successCount / judged,
    // Cancelled runs add no time.
    durationMsMean: judged === 0 ? null : stats.durationMsTotal / judged,
    lastRunAt: stats.lastStartedAt,
    nextRunAt: nextAt,
    lastError: stats.lastError,
  };
}

/** Stretches of instants that are passed over, which are looked beyond. */
const RESTING_MAX = 100;

/**
 * The next instant of a job in force that is not passed over, whether it has its row already
 * (planned ahead) or not. Where a trigger cannot be asked again for what is planned, it is
 * the last planned.
 */
export function nextRunAt(job: Job, trigger: Trigger, now: Instant): Instant | null {
  let next = nextInstant(job, trigger, now);
  for (let steps = 0; next !== null && steps < RESTING_MAX; steps++) {
    const isExcluded = trigger.excludes?.(next, job.memory) === true;
    if (passedOver(job.skipWindows, isExcluded, next) === null) return next;
    next = trigger.next(
      Math.max(next, skipWindowAt(job.skipWindows, next)?.toAt ?? next),
      job.memory,
    );
  }
  return next;
}

function nextInstant(job: Job, trigger: Trigger, now: Instant): Instant | null {
  if (job.status !== 'active') return null;
  // The failure policy's own run comes next.
  if (job.holdUntilAt !== null && job.holdUntilAt > now) return job.holdUntilAt;
  if (job.cursorAt <= now) return job.nextFireAt;
  const again = trigger.next(now, job.memory);
  return again === null || again > job.cursorAt ? job.cursorAt : again;
}
