import { leastKept } from '../../../tickwork/src/core/retention/retained-groups.ts';
import type { JobRecord, Ledger } from './ledger.ts';

const cache = new WeakMap<JobRecord, number>();

/**
 * What ended before this instant of the store's clock may have been removed by the
 * retention policies that the job has had; later ends must be there. Infinite if the job
 * keeps as many runs as it may: then any older one may have gone.
 */
export function retainedFrom(record: JobRecord, ledger: Ledger): number {
  const known = cache.get(record);
  if (known !== undefined) return known;
  const policies = [...record.definitions.values()].map((each) => each.policies.retention);
  const finished = record.rows.filter((row) => row.endedAt !== null).length;
  const kept = policies.map(leastKept);
  const full = kept.some((each) => finished >= each.runsMax);
  const age = Math.min(...kept.map((each) => each.ageMs));
  const from = full ? Number.POSITIVE_INFINITY : ledger.clock.at(ledger.endAt) - age;
  cache.set(record, from);
  return from;
}

/** True if a run that ended by then may have been removed. */
export function mayBeGone(runId: string, endedAt: number, ledger: Ledger): boolean {
  const job = ledger.jobOf.get(runId);
  return job !== undefined && !ledger.rows.has(runId) && endedAt < retainedFrom(job, ledger);
}
