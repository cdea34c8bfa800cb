import type { JobStats } from '../../core/model/job.ts';
import type { Node } from '../../core/model/node.ts';
import type { Attempt, NewRun, Run, RunReason } from '../../core/model/run.ts';
import type { TerminalState } from '../../core/model/run-state.ts';
import type { Supersede } from '../../core/ports/job-store.ts';
import type { OutputChunk } from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { checkTransition } from './check-transition.ts';
import { FinishedRuns } from './finished-runs.ts';
import { JobTable, type StoredJob } from './job-table.ts';
import { Limits } from './limits.ts';
import { type LiveRun, LiveRuns } from './live-runs.ts';

/** A node and what its first `joinNode` was answered. */
export interface StoredNode {
  node: Node;
  readonly first: boolean;
}

/** What a change of a job supersedes. */
const superseded: readonly Run['origin'][] = ['schedule', 'after', 'startup', 'failure'];

/** How a run ends. */
export interface RunEnd {
  readonly state: TerminalState;
  readonly reason: RunReason | null;
  readonly at: Instant;
  /** Why, in words; absent = what stands there stays. */
  readonly note?: string;
  /** The fields and the outcome of the attempt that ended it, if one did. */
  readonly attempt?: { readonly outcome: Attempt['outcome']; readonly fields: Partial<Run> };
}

/** Everything the memory store holds, and the steps that jobs, runs and nodes share. */
export class MemoryState {
  readonly jobs = new JobTable();
  readonly live = new LiveRuns();
  readonly limits = new Limits(this.live);
  readonly finished = new FinishedRuns();
  /** Attempts that did not end their run, by run. */
  readonly attempts = new Map<string, Attempt[]>();
  readonly output = new Map<string, OutputChunk[]>();
  readonly nodes = new Map<string, StoredNode>();
  change = 0;
  jobsVersion = 0;

  /** Stores a run unless its id or dedupe key is taken; answers the id that stands. */
  insertRun(run: NewRun, nodeId: string | null, at: Instant): string {
    if (this.live.byId.has(run.id) || this.finished.byId.has(run.id)) return run.id;
    const twin = this.live.twinOf(run);
    if (twin !== undefined) return twin.id;
    this.live.add(run, this.jobs.nameOf(run.jobId), nodeId, at);
    this.change++;
    return run.id;
  }

  /** Moves a live run to history, counts it, and re-arms its job where it counts from ends. */
  endRun(live: LiveRun, end: RunEnd): void {
    checkTransition(live.run, end.state);
    this.limits.leaveLine(live);
    this.live.remove(live);
    const run: Run = {
      ...live.run,
      ...end.attempt?.fields,
      ...(end.note === undefined ? {} : { error: end.note }),
      state: end.state,
      reason: end.reason,
      endedAt: end.at,
      waiting: false,
      limitKey: null,
    };
    this.finished.add(run, end.attempt?.outcome ?? null);
    this.change++;
    const job = run.jobId === null ? undefined : this.jobs.byId.get(run.jobId);
    if (job === undefined) return;
    this.jobs.change(job, { stats: countEnd(job.job.stats, run, end.at) });
    if (run.origin === 'schedule' && job.rearmAfterMs !== null) this.#rearm(job, end.at);
  }

  /** PENDING runs of a job become SKIPPED: all, or those that a change supersedes. */
  skipPending(jobId: number, which: 'all' | Supersede, at: Instant): void {
    const { reason, note, within } = which === 'all' ? { reason: 'superseded' as const } : which;
    const pending = [...(this.live.ofJob(jobId)?.all ?? [])].filter(({ run }) => {
      if (run.state !== 'PENDING' || which === 'all') return run.state === 'PENDING';
      if (within === undefined) return superseded.includes(run.origin);
      const inside = run.fireAt >= within.fromAt && run.fireAt <= within.toAt;
      return inside && run.origin === 'schedule';
    });
    for (const live of pending) {
      this.endRun(live, { state: 'SKIPPED', reason, at, ...(note === undefined ? {} : { note }) });
    }
  }

  #rearm(job: StoredJob, endedAt: Instant): void {
    const armedAt = endedAt + (job.rearmAfterMs ?? 0);
    const { nextFireAt, memory } = job.job;
    this.jobs.change(job, {
      memory: { ...memory, endedAt },
      nextFireAt: nextFireAt === null ? armedAt : Math.min(nextFireAt, armedAt),
    });
    this.jobsVersion++;
  }
}

const counters = {
  SUCCESS: 'successCount',
  FAILED: 'failureCount',
  CANCELLED: 'cancelledCount',
  SKIPPED: 'skippedCount',
} as const;

function countEnd(stats: JobStats, run: Run, at: Instant): JobStats {
  const state = run.state as TerminalState;
  const counter = counters[state];
  const counted = { ...stats, [counter]: stats[counter] + 1 };
  if (state === 'SKIPPED') return counted;
  const timed = (state === 'SUCCESS' || state === 'FAILED') && run.startedAt !== null;
  return {
    ...counted,
    lastStartedAt: run.startedAt ?? stats.lastStartedAt,
    lastEndedAt: at,
    lastState: state,
    lastError: run.error,
    durationMsTotal: stats.durationMsTotal + (timed ? Math.max(0, at - (run.startedAt ?? at)) : 0),
  };
}
