import type { RetentionPolicy } from '../../core/model/policy.ts';
import type { PruneRequest } from '../../core/ports/run-store.ts';
import { type RetainedGroup, retainedGroups } from '../../core/retention/retained-groups.ts';
import type { Instant } from '../../core/time/instant.ts';
import type { MemoryState } from './memory-state.ts';

/** Removes what is beyond retention: runs, skip ranges, nodes, and what deleted jobs left. */
export function pruneRuns(state: MemoryState, request: PruneRequest): number {
  const removed =
    pruneFinished(state, request, request.limit) +
    pruneSkips(state, request, request.limit) +
    pruneNodes(state, request, request.limit) +
    pruneDeletedJobs(state, request, request.limit);
  if (removed > 0) state.change++;
  return removed;
}

function pruneFinished(state: MemoryState, request: PruneRequest, limit: number): number {
  let removed = 0;
  for (const jobId of state.finished.jobIds()) {
    for (const group of retainedGroups(retentionOf(state, jobId, request))) {
      while (removed < limit && removeOldest(state, jobId, group, request.now)) removed++;
    }
  }
  return removed;
}

/** Removes the run of a group that is the longest in history; false if it may stay. */
function removeOldest(
  state: MemoryState,
  jobId: number | null,
  { which, ageMs, runsMax }: RetainedGroup,
  now: Instant,
): boolean {
  const oldest = state.finished.oldest(jobId, which);
  if (oldest === null) return false;
  const aged = (oldest.run.endedAt ?? 0) < now - ageMs;
  if (!aged && state.finished.count(jobId, which) <= runsMax) return false;
  state.finished.removeOldest(jobId, which);
  state.attempts.delete(oldest.run.id);
  state.output.delete(oldest.run.id);
  return true;
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

function pruneDeletedJobs(state: MemoryState, request: PruneRequest, limit: number): number {
  const { jobs, live, finished } = state;
  const gone = [...jobs.deletedAt]
    .filter(([, at]) => at < request.now - request.defaults.ageMs)
    .map(([jobId]) => jobId)
    .filter((jobId) => (live.ofJob(jobId)?.all.size ?? 0) === 0)
    .filter((jobId) => finished.count(jobId, 'all') === 0 && !jobs.skips.has(jobId))
    .slice(0, limit);
  for (const jobId of gone) jobs.forget(jobId);
  return gone.length;
}

function retentionOf(
  state: MemoryState,
  jobId: number | null,
  request: PruneRequest,
): RetentionPolicy {
  const job = jobId === null ? undefined : state.jobs.byId.get(jobId);
  return job?.job.definition.policies.retention ?? request.defaults;
}
