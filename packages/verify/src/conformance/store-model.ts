import type { Job, JobDefinition } from '../../../tickwork/src/core/model/job.ts';
import type { JobChange } from '../../../tickwork/src/core/model/job-change.ts';
import type { RateWindow, SlotLimit } from '../../../tickwork/src/core/model/limit.ts';
import type { Node } from '../../../tickwork/src/core/model/node.ts';
import type {
  Attempt,
  NewRun,
  Run,
  RunReason,
  SkipRange,
} from '../../../tickwork/src/core/model/run.ts';
import type {
  JobWrite,
  StoredCalendar,
  Supersede,
} from '../../../tickwork/src/core/ports/job-store.ts';
import type { OutputChunk } from '../../../tickwork/src/core/ports/run-store.ts';
import type { Instant } from '../../../tickwork/src/core/time/instant.ts';

/**
 * What a store is, as plain data, for comparing every store with. No index, no cache:
 * each question is answered by looking at everything, so that the rules of the port's
 * docstrings stand here as directly as they can.
 */
export interface StoreModel {
  jobs: ModelJob[];
  runs: ModelRun[];
  nodes: ModelNode[];
  skips: SkipRange[];
  calendars: StoredCalendar[];
  changes: JobChange[];
  rates: Map<string, RateWindow>;
  /** All definitions ever, also of deleted jobs. */
  revisions: { jobId: number; revision: number; definition: JobDefinition }[];
  /** All ids ever; `null` once nothing of a deleted job is left. */
  names: Map<number, string | null>;
  /** When jobs were deleted. */
  deletedAt: Map<number, Instant>;
  lastSeq: number;
  /** True once a call has changed something, and something that `jobsVersion` counts. */
  changed: boolean;
  jobsChanged: boolean;
}

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface ModelJob {
  job: Mutable<Job>;
  eventDriven: boolean;
  rearmAfterMs: number | null;
  /** The last thing planned under this revision is the job's last skip range. */
  endsInSkip: boolean;
}

export interface ModelRun {
  run: Mutable<Run>;
  /** Order of storing; once it has ended, order of ending. */
  seq: number;
  live: boolean;
  /** What it holds while RUNNING. */
  holds: readonly SlotLimit[];
  /** The line it waits in. */
  line: SlotLimit | null;
  attempts: Attempt[];
  /** The attempt that ended the run, as far as `attempts` does not hold it. */
  lastOutcome: Attempt['outcome'] | null;
  output: OutputChunk[];
}

export interface ModelNode {
  node: Mutable<Node>;
  first: boolean;
}

export function emptyModel(): StoreModel {
  return {
    jobs: [],
    runs: [],
    nodes: [],
    skips: [],
    calendars: [],
    changes: [],
    rates: new Map(),
    revisions: [],
    names: new Map(),
    deletedAt: new Map(),
    lastSeq: 0,
    changed: false,
    jobsChanged: false,
  };
}

export function jobById(model: StoreModel, jobId: number | null): ModelJob | undefined {
  return model.jobs.find(({ job }) => job.id === jobId);
}

export function runById(model: StoreModel, runId: string): ModelRun | undefined {
  return model.runs.find(({ run }) => run.id === runId);
}

export function liveRuns(model: StoreModel): ModelRun[] {
  return model.runs.filter(({ live }) => live);
}

export function nodeIsUp(model: StoreModel, nodeId: string): boolean {
  return model.nodes.some(({ node }) => node.id === nodeId && node.state === 'up');
}

/** Ids, names and texts in these tests are ASCII, for which `<` is the order of code points. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export function byFireAt(a: ModelRun, b: ModelRun): number {
  return a.run.fireAt - b.run.fireAt || compare(a.run.id, b.run.id);
}

/** The order in which waiting runs take their turns: those of a backfill last. */
export function byTurn(a: ModelRun, b: ModelRun): number {
  const last = (each: ModelRun): number => (each.run.origin === 'backfill' ? 1 : 0);
  return last(a) - last(b) || byFireAt(a, b);
}

/** Stores a run as PENDING, unless its id or, among live runs, its dedupe key exists. */
export function storeRun(
  model: StoreModel,
  fresh: NewRun & { nodeId?: string | null },
  nodeId: string | null,
  at: Instant,
): string {
  if (runById(model, fresh.id) !== undefined) return fresh.id;
  const same = liveRuns(model).find(
    ({ run }) =>
      fresh.dedupeKey !== null &&
      run.dedupeKey === fresh.dedupeKey &&
      run.handler === fresh.handler,
  );
  if (same !== undefined) return same.run.id;
  const run: Run = {
    ...fresh,
    jobName: fresh.jobId === null ? null : (model.names.get(fresh.jobId) ?? null),
    state: 'PENDING',
    reason: null,
    dueAt: fresh.startAt,
    waiting: false,
    limitKey: null,
    nodeId,
    fence: 0,
    attempt: 0,
    failedCount: 0,
    lostCount: 0,
    cancelRequested: false,
    progress: null,
    createdAt: at,
    startedAt: null,
    endedAt: null,
    error: null,
    exitCode: null,
    result: null,
  };
  model.runs.push({
    run,
    seq: ++model.lastSeq,
    live: true,
    holds: [],
    line: null,
    attempts: [],
    lastOutcome: null,
    output: [],
  });
  model.changed = true;
  return fresh.id;
}

/** A live run reaches a terminal state: history, counts of its job, re-arming. */
export function endRun(
  model: StoreModel,
  ended: ModelRun,
  state: 'SUCCESS' | 'FAILED' | 'CANCELLED' | 'SKIPPED',
  reason: RunReason | null,
  at: Instant,
): void {
  const { run } = ended;
  ended.live = false;
  ended.seq = ++model.lastSeq;
  run.state = state;
  run.reason = reason;
  run.endedAt = at;
  run.waiting = false;
  run.limitKey = null;
  ended.line = null;
  model.changed = true;
  const job = jobById(model, run.jobId);
  if (job === undefined) return;
  const stats: Mutable<Job['stats']> = { ...job.job.stats };
  if (state === 'SUCCESS') stats.successCount++;
  if (state === 'FAILED') stats.failureCount++;
  if (state === 'CANCELLED') stats.cancelledCount++;
  if (state === 'SKIPPED') stats.skippedCount++;
  else {
    if (run.startedAt !== null) stats.lastStartedAt = run.startedAt;
    stats.lastEndedAt = at;
    stats.lastState = state;
    stats.lastError = run.error;
  }
  if ((state === 'SUCCESS' || state === 'FAILED') && run.startedAt !== null) {
    stats.durationMsTotal += Math.max(0, at - run.startedAt);
  }
  job.job.stats = stats;
  if (job.rearmAfterMs !== null && run.origin === 'schedule') {
    job.job.memory = { ...job.job.memory, endedAt: at };
    const next = at + job.rearmAfterMs;
    if (job.job.nextFireAt === null || job.job.nextFireAt > next) job.job.nextFireAt = next;
    model.jobsChanged = true;
  }
}

/** PENDING runs of a job become SKIPPED, in the order of their instants. */
export function skipPending(
  model: StoreModel,
  jobId: number,
  which: 'all' | Supersede,
  at: Instant,
): void {
  const isMeant = ({ run }: ModelRun): boolean => {
    if (run.jobId !== jobId || run.state !== 'PENDING') return false;
    if (which === 'all') return true;
    const { within } = which;
    if (within === undefined) return supersededOrigins.includes(run.origin);
    return run.origin === 'schedule' && within.fromAt <= run.fireAt && run.fireAt <= within.toAt;
  };
  for (const pending of liveRuns(model).filter(isMeant).sort(byFireAt)) {
    if (which !== 'all' && which.note !== undefined) pending.run.error = which.note;
    endRun(model, pending, 'SKIPPED', which === 'all' ? 'superseded' : which.reason, at);
  }
}

const supersededOrigins = ['schedule', 'after', 'startup', 'failure'];

/** When the planner must look at a job in force; `null` = never. */
export function wakeAt({ job }: ModelJob): Instant | null {
  const instants: (Instant | null)[] = [];
  if (job.status !== 'disabled') instants.push(job.nextFireAt);
  if (job.status === 'paused') instants.push(job.pausedUntilAt);
  const known = instants.filter((at) => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}

export function sameDefinition(job: Job, write: JobWrite): boolean {
  return (
    JSON.stringify(job.definition) === JSON.stringify(write.definition) &&
    job.source.kind === write.source.kind &&
    job.source.id === write.source.id
  );
}
