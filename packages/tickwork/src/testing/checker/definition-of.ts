import type { JobDefinition } from '../../core/model/job.ts';
import type { JobRecord, Ledger } from './ledger.ts';

/** The definition under which a run was planned, `null` if the history does not tell. */
export function definitionOf(runId: string, ledger: Ledger): JobDefinition | null {
  const row = ledger.rows.get(runId);
  const sched = row?.jobName ?? ledger.attemptsByRun.get(runId)?.[0]?.sched ?? null;
  const job = sched === null ? undefined : ledger.jobs.get(sched);
  if (job === undefined) return null;
  const revision = row?.jobRevision ?? null;
  return (revision === null ? null : job.definitions.get(revision)) ?? onlyDefinition(job);
}

function onlyDefinition(job: JobRecord): JobDefinition | null {
  const [first] = job.definitions.values();
  return job.definitions.size === 1 && first !== undefined ? first : null;
}
