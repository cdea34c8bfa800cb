import { isTickworkError } from '../base/errors.ts';
import type { Job } from '../model/job.ts';
import { formatDuration } from '../time/duration.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import type { Trigger } from '../trigger/trigger.ts';
import { triggerNeeds } from '../trigger/trigger-needs.ts';
import { instantText } from '../trigger/words/instant-words.ts';
import { type Ailment, ailment } from './ailment.ts';

export interface HealthBounds {
  readonly now: Instant;
  /** The longest time that recovery takes: lease, reaping and a tick. */
  readonly recoveryMs: DurationMs;
  /** How far ahead nodes plan at most. */
  readonly aheadMs: DurationMs;
}

/** What is wrong with where a job stands in its own time. Pure. */
export function checkJob(
  job: Job,
  triggerOf: (job: Job) => Trigger,
  bounds: HealthBounds,
): readonly Ailment[] {
  const { now, recoveryMs, aheadMs } = bounds;
  const subject = { jobName: job.name };
  const found: Ailment[] = [];
  if (job.cursorAt > now + aheadMs) {
    const words = `Its cursor stands at ${instantText(job.cursorAt)}, in the future.`;
    found.push(ailment('cursor-ahead', 'error', subject, words));
  }
  if (job.status === 'disabled') return found;
  const { nextFireAt } = job;
  if (nextFireAt !== null && nextFireAt < now - recoveryMs) {
    const late = formatDuration(now - nextFireAt);
    const words = `Its instant ${instantText(nextFireAt)} is not planned yet, ${late} late.`;
    found.push(ailment('overdue-job', 'warning', subject, words));
  }
  try {
    const due = dueInstant(job, triggerOf(job));
    if (due !== null && (nextFireAt === null || nextFireAt > due)) {
      const words =
        `Its trigger fires at ${instantText(due)}, but the planner looks ` +
        `${nextFireAt === null ? 'never again' : `only at ${instantText(nextFireAt)}`}.`;
      found.push(ailment('missed-instant', 'error', subject, words));
    }
  } catch (error) {
    if (!isTickworkError(error)) throw error;
    const words = `Its trigger cannot be computed: ${error.message}`;
    found.push(ailment('broken-trigger', 'error', subject, words));
  }
  return found;
}

/** The instant after the cursor; `null` if there is none or only an end of a run tells. */
function dueInstant(job: Job, trigger: Trigger): Instant | null {
  const { countsFromEnd } = triggerNeeds(job.definition.trigger);
  return countsFromEnd ? null : trigger.next(job.cursorAt, job.memory);
}
