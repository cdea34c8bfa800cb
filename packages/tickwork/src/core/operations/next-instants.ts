import type { Job } from '../model/job.ts';
import { comingInstants, resumed } from '../planner/outlook.ts';
import type { PlanFacts } from '../planner/plan-job.ts';
import type { RunStore } from '../ports/run-store.ts';
import type { Instant } from '../time/instant.ts';

/** Looked at until so many are found; a window may hide more. */
const INSTANTS_MAX = 100_000;

/**
 * The job's next instants later than `now` that are not passed over once the job is active,
 * ascending, at most `count`: those that have their rows already, which have not begun, and
 * those that will.
 */
export async function nextInstants(
  store: Pick<RunStore, 'findOverdue'>,
  job: Job,
  facts: Pick<PlanFacts, 'trigger' | 'advance'>,
  { now, count }: { readonly now: Instant; readonly count: number },
): Promise<Instant[]> {
  const planned = await store.findOverdue([job.id], job.cursorAt);
  const found = planned.map((run) => run.fireAt).filter((fireAt) => fireAt > now);
  const from = { after: Math.max(job.cursorAt, now), memory: job.memory };
  let looked = 0;
  for (const { at, mark } of comingInstants(facts, resumed(job), from)) {
    if (found.length >= count || looked++ >= INSTANTS_MAX) break;
    if (mark === 'will-run') found.push(at);
  }
  return found.slice(0, count);
}
