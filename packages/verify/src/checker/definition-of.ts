import type { JobDefinition } from '../../../tickwork/src/core/model/job.ts';
import type { JobRecord, Ledger } from './ledger.ts';

/** The definition under which a run was planned, `null` if the history does not tell. */
export function definitionOf(runId: string, ledger: Ledger): JobDefinition | null {
  const job = ledger.jobOf.get(runId);
  if (job === undefined) return null;
  const revision = ledger.rows.get(runId)?.jobRevision ?? null;
  return (revision === null ? null : job.definitions.get(revision)) ?? onlyDefinition(job);
}

function onlyDefinition(job: JobRecord): JobDefinition | null {
  const [first] = job.definitions.values();
  return job.definitions.size === 1 && first !== undefined ? first : null;
}
