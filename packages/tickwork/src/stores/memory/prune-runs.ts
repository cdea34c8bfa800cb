import type { RetentionPolicy } from '../../core/model/policy.ts';
import type { PruneRequest } from '../../core/ports/run-store.ts';
import type { MemoryState } from './memory-state.ts';

/** Removes what is beyond retention: finished runs, then skip ranges, then nodes. */
export function pruneRuns(state: MemoryState, request: PruneRequest): number {
  const removed =
    pruneFinished(state, request, request.limit) +
    pruneSkips(state, request, request.limit) +
    pruneNodes(state, request, request.limit);
  if (removed > 0) state.change++;
  return removed;
}

function pruneFinished(state: MemoryState, request: PruneRequest, limit: number): number {
  let removed = 0;
  for (const jobId of state.finished.jobIds()) {
    const retention = retentionOf(state, jobId, request);
    while (removed < limit) {
      const oldest = state.finished.oldest(jobId);
      if (oldest === null) break;
      const aged = (oldest.run.endedAt ?? 0) < request.now - retention.ageMs;
      if (!aged && state.finished.count(jobId) <= retention.runsMax) break;
      state.finished.removeOldest(jobId);
      state.attempts.delete(oldest.run.id);
      state.output.delete(oldest.run.id);
      removed++;
    }
  }
  return removed;
}

function pruneSkips(state: MemoryState, request: PruneRequest, limit: number): number {
  let removed = 0;
  for (const [jobId, ranges] of [...state.jobs.skips].sort(([a], [b]) => a - b)) {
    const { ageMs } = retentionOf(state, jobId, request);
    const kept = ranges.findIndex((skip) => skip.toAt >= request.now - ageMs);
    const aged = Math.min(kept < 0 ? ranges.length : kept, limit - removed);
    ranges.splice(0, aged);
    removed += aged;
    if (ranges.length === 0) state.jobs.skips.delete(jobId);
  }
  return removed;
}

function pruneNodes(state: MemoryState, request: PruneRequest, limit: number): number {
  let removed = 0;
  for (const [id, { node }] of state.nodes) {
    if (removed === limit) break;
    const ended = node.state !== 'up' && node.leaseUntil < request.now - request.defaults.ageMs;
    if (!ended) continue;
    state.nodes.delete(id);
    removed++;
  }
  return removed;
}

function retentionOf(
  state: MemoryState,
  jobId: number | null,
  request: PruneRequest,
): RetentionPolicy {
  const job = jobId === null ? undefined : state.jobs.byId.get(jobId);
  return job?.job.definition.policies.retention ?? request.defaults;
}
