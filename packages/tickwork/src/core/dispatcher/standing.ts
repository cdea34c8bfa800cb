import type { Run } from '../model/run.ts';
import type { Settlement } from '../ports/run-store.ts';

/** What skipped runs added to others, each with what had been added to it before. */
export function addedCounts(
  settled: readonly Run[],
  settlements: readonly Settlement[],
): ReadonlyMap<string, number> {
  const added = new Map<string, number>();
  for (const [i, settlement] of settlements.entries()) {
    const run = settled[i];
    if (settlement.to !== 'SKIPPED' || settlement.intoRunId === undefined || !run) continue;
    const stoodFor = 1 + run.coalescedCount + (added.get(run.id) ?? 0);
    added.set(settlement.intoRunId, (added.get(settlement.intoRunId) ?? 0) + stoodFor);
  }
  return added;
}

/** A run that is to start, as it stands in the store now that skipped ones were added to it. */
export function standingFor<Candidate extends { readonly run: Run }>(
  candidate: Candidate,
  added: ReadonlyMap<string, number>,
): Candidate {
  const more = added.get(candidate.run.id);
  if (more === undefined) return candidate;
  const coalescedCount = candidate.run.coalescedCount + more;
  return { ...candidate, run: { ...candidate.run, coalescedCount } };
}
