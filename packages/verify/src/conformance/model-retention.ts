import type { RetentionPolicy } from '../../../tickwork/src/core/model/policy.ts';
import type { PruneRequest } from '../../../tickwork/src/core/ports/run-store.ts';
import { jobById, type ModelRun, type StoreModel } from './store-model.ts';

/** Removes everything that is beyond retention; stores do it in steps. */
export function pruneAll(model: StoreModel, request: PruneRequest): void {
  const { now, defaults } = request;
  const retentionOf = (jobId: number | null): RetentionPolicy =>
    jobById(model, jobId)?.job.definition.policies.retention ?? defaults;
  const before = sizeOf(model);
  for (const jobId of new Set(model.runs.map(({ run }) => run.jobId))) {
    const { failed, ...others } = retentionOf(jobId);
    const finished = model.runs.filter(({ live, run }) => !live && run.jobId === jobId);
    if (failed === undefined) {
      pruneGroup(model, finished, others, now);
      continue;
    }
    const hasFailed = ({ run }: ModelRun): boolean => run.state === 'FAILED';
    pruneGroup(model, finished.filter(hasFailed), failed, now);
    pruneGroup(
      model,
      finished.filter((each) => !hasFailed(each)),
      others,
      now,
    );
  }
  model.skips = model.skips.filter((skip) => skip.toAt >= now - retentionOf(skip.jobId).ageMs);
  model.nodes = model.nodes.filter(
    ({ node }) => node.state === 'up' || node.leaseUntil >= now - defaults.ageMs,
  );
  for (const [jobId, at] of model.deletedAt) {
    const left = [...model.runs.map(({ run }) => run.jobId), ...model.skips.map((s) => s.jobId)];
    if (left.includes(jobId) || at >= now - defaults.ageMs) continue;
    model.deletedAt.delete(jobId);
    model.names.set(jobId, null);
    model.revisions = model.revisions.filter((each) => each.jobId !== jobId);
  }
  if (sizeOf(model) !== before) model.changed = true;
}

function pruneGroup(
  model: StoreModel,
  group: ModelRun[],
  { ageMs, runsMax }: { readonly ageMs: number; readonly runsMax: number },
  now: number,
): void {
  const finished = [...group].sort((a, b) => a.seq - b.seq);
  const isBeyond = ({ run }: ModelRun): boolean =>
    finished.length > runsMax || (run.endedAt ?? 0) < now - ageMs;
  while (finished[0] !== undefined && isBeyond(finished[0])) {
    const removed = finished.shift();
    model.runs = model.runs.filter((each) => each !== removed);
  }
}

function sizeOf({ runs, skips, nodes, deletedAt }: StoreModel): number {
  return runs.length + skips.length + nodes.length + deletedAt.size;
}
