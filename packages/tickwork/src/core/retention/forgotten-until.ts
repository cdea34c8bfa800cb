import type { Job, JobDefinition, JobStats } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { Store } from '../ports/store.ts';
import type { Instant } from '../time/instant.ts';
import { isInGroup, leastKept, type RetainedWhich } from './retained-groups.ts';

const PAGE = 1000;
const FINISHED = ['SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED'] as const;

export interface ForgottenFacts {
  /** Of every revision that the job has had. */
  readonly definitions: readonly JobDefinition[];
  /** Earlier instants are of no interest. */
  readonly fromAt: Instant;
  readonly now: Instant;
}

/** Finished runs that retention removes in the order of their ends, the oldest first. */
interface Part {
  readonly which: RetainedWhich;
  /** Ids of those kept that were executed or cancelled. */
  readonly ids: Set<string>;
  oldest: Run | null;
}

/**
 * Runs of a job that have ended later than the answer are all kept, so that an instant later
 * than it has been run if and only if its run is there. The answer is `-Infinity` if
 * nothing was removed that could matter. What is known to be absent must be looked up before.
 *
 * History is removed from its oldest end. So what was removed ended before the oldest run
 * that is kept, and whether anything was removed, the counts of the job tell. Runs are read
 * newest first, until one ended before `fromAt`.
 */
export async function forgottenUntil(
  store: Pick<Store, 'findJobs' | 'listRuns'>,
  job: Job,
  facts: ForgottenFacts,
): Promise<Instant> {
  const apart = facts.definitions.some(({ policies }) => policies.retention.failed !== undefined);
  const parts = (apart ? (['failed', 'others'] as const) : (['all'] as const)).map(
    (which): Part => ({ which, ids: new Set(), oldest: null }),
  );
  if (!(await mayMatter(store, job, facts.fromAt))) return Number.NEGATIVE_INFINITY;
  for (let after: string | null = null; ; ) {
    const filter = { jobId: job.id, states: FINISHED };
    const page = await store.listRuns(filter, { after, limit: PAGE });
    for (const run of page.runs) note(parts, run);
    const reached = parts.every(({ oldest }) => oldest !== null && endOf(oldest) < facts.fromAt);
    if (reached) return Number.NEGATIVE_INFINITY;
    after = page.next;
    if (after === null) break;
  }
  // Read after the runs: an end in between makes removals seem more, never fewer.
  const stats = await statsOf(store, job);
  return Math.max(...parts.map((part) => removedUntil(part, parts, stats, facts)));
}

/** A removed run of an instant from `fromAt` on has ended after that. */
async function mayMatter(
  store: Pick<Store, 'findJobs'>,
  job: Job,
  fromAt: Instant,
): Promise<boolean> {
  const { lastEndedAt } = await statsOf(store, job);
  return lastEndedAt !== null && lastEndedAt >= fromAt;
}

async function statsOf(store: Pick<Store, 'findJobs'>, job: Job): Promise<JobStats> {
  const [found] = await store.findJobs([job.name]);
  return found?.id === job.id ? found.stats : job.stats;
}

function note(parts: readonly Part[], run: Run): void {
  for (const part of parts) {
    if (!isInGroup(run.state, part.which)) continue;
    part.oldest = run;
    if (run.state !== 'SKIPPED') part.ids.add(run.id);
  }
}

function endOf(run: Run): Instant {
  return run.endedAt ?? run.createdAt;
}

/** The latest end that a removed run of this part can have had. */
function removedUntil(
  part: Part,
  parts: readonly Part[],
  stats: JobStats,
  { definitions, now }: ForgottenFacts,
): Instant {
  if (endedCount(stats, part.which) <= part.ids.size) return Number.NEGATIVE_INFINITY;
  if (part.oldest !== null) return endOf(part.oldest);
  const lastEndedAt = stats.lastEndedAt ?? now;
  const kept = definitions.map(({ policies }) => leastKept(policies.retention));
  if (kept.some(({ runsMax }) => runsMax === 0)) return lastEndedAt;
  // A number above 0 leaves one: the last went by its age, or others took its place.
  const byAge = now - Math.min(...kept.map(({ ageMs }) => ageMs));
  const others = parts.flatMap(({ oldest }) => (oldest === null ? [] : [endOf(oldest)]));
  return Math.min(lastEndedAt, Math.max(byAge, ...others));
}

function endedCount(stats: JobStats, which: RetainedWhich): number {
  const others = stats.successCount + stats.cancelledCount;
  if (which === 'all') return others + stats.failureCount;
  return which === 'failed' ? stats.failureCount : others;
}
