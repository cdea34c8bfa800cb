import { changeOfPause } from '../../core/ledger/change-of.ts';
import type { JobEffect } from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import type { StoredJob } from './job-table.ts';
import type { MemoryState } from './memory-state.ts';

/** What the end of a run does to its job, see `JobEffect`. */
export function affectJob(
  state: MemoryState,
  jobId: number | null,
  effect: JobEffect,
  at: Instant,
): void {
  const stored = jobId === null ? undefined : state.jobs.byId.get(jobId);
  if (stored === undefined) return;
  if (effect.kind === 'succeeded') {
    state.jobs.change(stored, { failuresInRow: 0, holdUntilAt: null });
    return;
  }
  const failuresInRow = stored.job.failuresInRow + 1;
  state.jobs.change(stored, { failuresInRow });
  if (stored.job.status !== 'active') return;
  const { pauseAfter, again } = effect;
  if (pauseAfter !== null && failuresInRow >= pauseAfter) {
    pause(state, stored, effect.pauseReason, at);
  } else if (again !== null) {
    state.insertRun(again, null, at);
    const holdUntilAt = Math.max(stored.job.holdUntilAt ?? 0, again.fireAt);
    state.jobs.change(stored, { holdUntilAt });
  }
}

function pause(state: MemoryState, stored: StoredJob, reason: string, at: Instant): void {
  state.jobs.change(stored, { status: 'paused', statusReason: reason, pausedUntilAt: null });
  state.jobsVersion++;
  state.jobs.noteChange(changeOfPause(stored.job, reason, at));
  state.skipPending(stored.job.id, { reason: 'paused', note: reason }, at);
}
