import type { Job } from '../model/job.ts';
import { passedOver } from '../planner/passed-over.ts';
import type { PlanFacts } from '../planner/plan-job.ts';
import { walk } from '../planner/walk.ts';
import type { RunStore } from '../ports/run-store.ts';
import type { Instant } from '../time/instant.ts';

/** Looked at until so many are found; a skip window may hide more. */
const INSTANTS_MAX = 100_000;

/**
 * The job's next instants later than `now` that are not passed over, ascending, at most `count`:
 * those that have their rows already, which have not begun, and those that will.
 */
export async function nextInstants(
  store: Pick<RunStore, 'findOverdue'>,
  job: Job,
  { trigger, advance }: Pick<PlanFacts, 'trigger' | 'advance'>,
  { now, count }: { readonly now: Instant; readonly count: number },
): Promise<Instant[]> {
  const planned = await store.findOverdue([job.id], job.cursorAt);
  const found = planned.map((run) => run.fireAt).filter((fireAt) => fireAt > now);
  const from = { after: Math.max(job.cursorAt, now), memory: job.memory };
  for (let looked = 0, at = from; found.length < count && looked < INSTANTS_MAX; looked += count) {
    const ahead = walk(trigger, advance, at, { until: Number.MAX_SAFE_INTEGER, limit: count });
    const { instants, excluded } = ahead;
    found.push(
      ...instants.filter((at) => passedOver(job.skipWindows, excluded.has(at), at) === null),
    );
    const last = ahead.instants.at(-1);
    if (last === undefined || ahead.nextAt === null) break;
    at = { after: last, memory: ahead.memory };
  }
  return found.slice(0, count);
}
