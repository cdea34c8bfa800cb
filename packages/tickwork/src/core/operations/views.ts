import type { Job } from '../model/job.ts';
import { readingZoneOf } from '../model/trigger-spec.ts';
import { outlookOf } from '../planner/outlook.ts';
import type { Instant } from '../time/instant.ts';
import type { Trigger } from '../trigger/trigger.ts';
import type { JobView } from './job-view.ts';
import type { StatsView } from './operations.ts';

/** A job with what people want to see beside it. */
export function jobView(
  job: Job,
  trigger: Trigger,
  facts: {
    readonly hasHandler: boolean | null;
    readonly runningCount: number;
    readonly now: Instant;
  },
): JobView {
  const { now, ...known } = facts;
  return {
    ...job,
    ...known,
    describe: { en: trigger.describe('en'), 'zh-CN': trigger.describe('zh-CN') },
    zone: readingZoneOf(job.definition.trigger),
    nextRunAt: nextRunAt(job, trigger, now),
  };
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
const STRETCHES_MAX = 1000;

/**
 * The next instant of a job that will run as things stand, whether it has its row already
 * (planned ahead) or not; `null` while nothing is to come, as in a pause without an end. Where
 * a trigger cannot be asked again for what is planned, it is the last planned.
 */
export function nextRunAt(job: Job, trigger: Trigger, now: Instant): Instant | null {
  let next = nextInstant(job, trigger, now);
  for (let i = 0; next !== null && i < STRETCHES_MAX; i++) {
    const isExcluded = trigger.excludes?.(next, job.memory) === true;
    const { mark, untilAt } = outlookOf(job, isExcluded, next);
    if (mark === 'will-run') return next;
    if (untilAt === null) return null;
    next = trigger.next(Math.max(next, untilAt), job.memory);
  }
  return null;
}

function nextInstant(job: Job, trigger: Trigger, now: Instant): Instant | null {
  if (job.status === 'disabled') return null;
  // The failure policy's own run comes next.
  const { holdUntilAt, status } = job;
  if (status === 'active' && holdUntilAt !== null && holdUntilAt > now) return holdUntilAt;
  if (job.cursorAt <= now) return job.nextFireAt;
  const again = trigger.next(now, job.memory);
  return again === null || again > job.cursorAt ? job.cursorAt : again;
}
