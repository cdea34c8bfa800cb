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
    const jobIds = [...new Set(late.map((run) => run.jobId ?? -1))];
    const overdue = await store.findOverdue(jobIds, now);
    const current = await currentJobs(store, late, now);
    const facts = new Map<string, MisfireFacts>();
    for (const run of late) {
      const graceMs = graceOf.get(run.id) ?? 0;
      const until = now - graceMs;
      // The next one stands for it, and gives way to the one after it in its turn.
      const into = overdue.find((each) => isLater(each, run, until)) ?? null;
      const laterOverdue = into !== null || (await decidedLater(store, run, until));
      const planIsCurrent = current.has(run.jobName ?? '');
      // A run that was planned late has counted all that was overdue then.
      const counted = into === null || into.createdAt - into.startAt > graceMs;
      facts.set(run.id, { planIsCurrent, laterOverdue, intoRunId: counted ? null : into.id });
    }
    return facts;
  };
}

async function currentJobs(
  store: Pick<Store, 'findJobs'>,
  late: readonly Run[],
  now: Instant,
): Promise<Set<string>> {
  const names = [...new Set(late.map((run) => run.jobName ?? ''))];
  const jobs = await store.findJobs(names);
  const current = new Set<string>();
  for (const [i, name] of names.entries()) {
    const job = jobs[i];
    // A deleted job plans nothing more.
    if (!job || job.nextFireAt === null || job.nextFireAt > now) current.add(name);
  }
  return current;
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
