import type { Job } from '../model/job.ts';
import type { Run, RunDefinition } from '../model/run.ts';
import type { Store } from '../ports/store.ts';
import type { Instant } from '../time/instant.ts';

export interface MisfireFacts {
  readonly planIsCurrent: boolean;
  readonly laterOverdue: boolean;
  /** The next later overdue run of the job, unless it has counted this one already. */
  readonly intoRunId: string | null;
}

/** Facts about overdue runs, by run id; `works[i]` belongs to `batch[i]`. */
export type MisfireLookup = (
  late: readonly Run[],
  works: readonly (RunDefinition | null)[],
  batch: readonly Run[],
  now: Instant,
) => Promise<ReadonlyMap<string, MisfireFacts>>;

/**
 * Reads what the misfire policy `fire-once` needs: whether the job is planned up to now,
 * and whether a later instant of it is overdue too, pending or already decided. Only
 * after a downtime or a long wait are there such runs, so this path may cost a few reads.
 */
export function misfireLookup(
  store: Pick<Store, 'findOverdue' | 'findJobs' | 'listRuns'>,
): MisfireLookup {
  return async (late, works, batch, now) => {
    const graceOf = new Map(
      batch.map((run, i) => [run.id, works[i]?.policies.misfire.graceMs ?? 0]),
    );
    const jobs = await jobsOf(store, late);
    const open = late.filter((run) => !isLastPlanned(run, jobs));
    const jobIds = [...new Set(open.map((run) => run.jobId ?? -1))];
    const overdue = jobIds.length === 0 ? [] : await store.findOverdue(jobIds, now);
    const facts = new Map<string, MisfireFacts>();
    for (const run of late) {
      const planIsCurrent = isCurrent(jobs.get(run.jobName ?? ''), now);
      if (isLastPlanned(run, jobs)) {
        facts.set(run.id, { planIsCurrent, laterOverdue: false, intoRunId: null });
        continue;
      }
      const graceMs = graceOf.get(run.id) ?? 0;
      const until = now - graceMs;
      // The next one stands for it, and gives way to the one after it in its turn.
      const into = overdue.find((each) => isLater(each, run, until)) ?? null;
      const laterOverdue = into !== null || (await decidedLater(store, run, until));
      // A run that was planned late has counted all that was overdue then.
      const counted = into === null || into.createdAt - into.startAt > graceMs;
      facts.set(run.id, { planIsCurrent, laterOverdue, intoRunId: counted ? null : into.id });
    }
    return facts;
  };
}

type JobsByName = ReadonlyMap<string, Job | null>;

async function jobsOf(store: Pick<Store, 'findJobs'>, late: readonly Run[]): Promise<JobsByName> {
  const names = [...new Set(late.map((run) => run.jobName ?? ''))];
  const jobs = await store.findJobs(names);
  return new Map(names.map((name, i) => [name, jobs[i] ?? null]));
}

/** A deleted job plans nothing more. */
function isCurrent(job: Job | null | undefined, now: Instant): boolean {
  return !job || job.nextFireAt === null || job.nextFireAt > now;
}

/** No later instant of its job is decided: so it is for most, when many are due together. */
function isLastPlanned(run: Run, jobs: JobsByName): boolean {
  const job = jobs.get(run.jobName ?? '');
  return job?.id === run.jobId && job !== null && job !== undefined && job.cursorAt <= run.fireAt;
}

async function decidedLater(
  store: Pick<Store, 'listRuns'>,
  run: Run,
  until: Instant,
): Promise<boolean> {
  if (run.jobId === null) return false;
  const filter = {
    jobId: run.jobId,
    origin: 'schedule' as const,
    fromAt: run.fireAt + 1,
    toAt: until,
  };
  const page = await store.listRuns(filter, { after: null, limit: 1 });
  return page.runs.length > 0;
}

function isLater(each: Run, run: Run, until: Instant): boolean {
  return each.jobId === run.jobId && each.fireAt > run.fireAt && each.startAt < until;
}
