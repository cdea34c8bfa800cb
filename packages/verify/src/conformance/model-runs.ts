import {
  type Attempt,
  type NewRun,
  needsNoDecision,
  type Run,
  type RunReason,
} from '../../../tickwork/src/core/model/run.ts';
import type {
  CancelOutcome,
  ClaimRequest,
  Completion,
  CompletionOutcome,
  EnqueueOutcome,
  OutputChunk,
  ReportOutcome,
  RunFilter,
  RunReport,
  Settlement,
  StartOutcome,
  StartRequest,
  WriteOutcomeOfRun,
} from '../../../tickwork/src/core/ports/run-store.ts';
import type { Instant } from '../../../tickwork/src/core/time/instant.ts';
import { affectJob } from './model-jobs.ts';
import { byClaim, enterLimits, mayLeaveLine } from './model-limits.ts';
import {
  byFireAt,
  byTurn,
  endRun,
  jobById,
  liveRuns,
  type ModelRun,
  runById,
  type StoreModel,
  storeRun,
} from './store-model.ts';

export function enqueueRun(model: StoreModel, run: NewRun, at: Instant): EnqueueOutcome {
  const runId = storeRun(model, run, null, at);
  return { runId, outcome: runId === run.id ? 'stored' : 'duplicate' };
}

/** False: the store throws FENCED. */
export function holdsLease(model: StoreModel, nodeId: string, now: Instant): boolean {
  return model.nodes.some(
    ({ node }) => node.id === nodeId && node.state === 'up' && node.leaseUntil >= now,
  );
}

export function claimRuns(model: StoreModel, request: ClaimRequest): Run[] {
  const startable = liveRuns(model).filter(({ run }) => run.state !== 'RUNNING');
  const held = liveRuns(model)
    .filter(({ run }) => run.nodeId === request.nodeId)
    .sort(byClaim);
  const claimed = startable
    .filter(({ run }) => run.nodeId === null && run.dueAt <= request.until)
    .filter(({ run }) => request.handlers.includes(run.handler))
    .filter((each) => !each.run.waiting || mayLeaveQueue(model, each))
    .filter((each) => mayLeaveLine(model, each))
    .sort(byClaim)
    .slice(0, request.limit);
  const { startAt } = request;
  for (const found of claimed) {
    const { run } = found;
    run.nodeId = request.nodeId;
    if (startAt === undefined || run.dueAt > startAt || !needsNoDecision(run)) continue;
    // What a former attempt held, it has given back.
    found.holds = [];
    beginAttempt(run, startAt);
  }
  if (claimed.length > 0) model.changed = true;
  const recovered = request.recover ? held.filter(({ run }) => run.dueAt <= request.until) : [];
  return [...recovered, ...claimed].map(({ run }) => run);
}

function mayLeaveQueue(model: StoreModel, waiting: ModelRun): boolean {
  const others = othersOf(model, waiting);
  return !others.some(
    (other) => isActive(other) || (other.run.waiting && byTurn(other, waiting) < 0),
  );
}

function othersOf(model: StoreModel, of: ModelRun): ModelRun[] {
  if (of.run.jobId === null) return [];
  return liveRuns(model).filter((other) => other !== of && other.run.jobId === of.run.jobId);
}

function isActive({ run }: ModelRun): boolean {
  return run.state === 'RUNNING' || run.state === 'RETRY' || run.limitKey !== null;
}

export function startRun(
  model: StoreModel,
  nodeId: string,
  request: StartRequest & { readonly attemptBefore: number },
  at: Instant,
): StartOutcome {
  const found = runById(model, request.runId);
  if (found === undefined || !found.live || found.run.nodeId !== nodeId) return { outcome: 'gone' };
  const { run } = found;
  const repeated = run.state === 'RUNNING' && run.attempt === request.attemptBefore + 1;
  if (repeated) return { outcome: 'started', fence: run.fence, attempt: run.attempt };
  if (run.state === 'RUNNING' || run.attempt !== request.attemptBefore) return { outcome: 'gone' };
  const untilAt = request.holdable ? (jobById(model, run.jobId)?.job.holdUntilAt ?? 0) : 0;
  if (run.fireAt < untilAt) return { outcome: 'held', untilAt };
  const others = othersOf(model, found).sort(byFireAt);
  const active = others.filter(isActive);
  const waiting = others.filter((other) => other.run.waiting);
  const older = waiting.some((other) => byTurn(other, found) < 0);
  if (request.exclusive && (active.length > 0 || older)) {
    const activeRunIds = active.map((other) => other.run.id);
    const counted = waiting.filter((other) => other.run.origin !== 'backfill');
    return { outcome: 'blocked', activeRunIds, waitingCount: counted.length };
  }
  const limited = enterLimits(model, found, request, at);
  if (limited !== null) {
    model.changed = true;
    return limited;
  }
  beginAttempt(run, Math.max(at, run.dueAt));
  model.changed = true;
  return { outcome: 'started', fence: run.fence, attempt: run.attempt };
}

function beginAttempt(run: ModelRun['run'], at: Instant): void {
  Object.assign(run, {
    state: 'RUNNING',
    reason: null,
    waiting: false,
    fence: run.fence + 1,
    attempt: run.attempt + 1,
    startedAt: at,
    progress: null,
  });
}

export function settleRun(
  model: StoreModel,
  nodeId: string,
  settlement: Settlement,
  at: Instant,
): WriteOutcomeOfRun {
  const found = runById(model, settlement.runId);
  if (found === undefined) return 'gone';
  const { run } = found;
  if (settlement.to === 'SKIPPED' && run.state === 'SKIPPED') {
    return run.reason === settlement.reason && run.endedAt === at ? 'written' : 'gone';
  }
  const fits = run.state === 'PENDING' || (run.state === 'RETRY' && settlement.to === 'released');
  if (!fits || run.nodeId !== nodeId) return 'gone';
  if (settlement.to === 'SKIPPED') {
    const into = runById(model, settlement.intoRunId ?? '');
    if (into !== undefined && into !== found && into.run.state === 'PENDING') {
      into.run.coalescedCount += 1 + run.coalescedCount;
    }
    endRun(model, found, 'SKIPPED', settlement.reason, at);
  } else {
    run.nodeId = null;
    const waits = settlement.to === 'waiting' && run.jobId !== null && run.limitKey === null;
    if (waits) run.waiting = true;
    model.changed = true;
  }
  return 'written';
}

export function completeRun(model: StoreModel, completion: Completion): CompletionOutcome {
  const found = runById(model, completion.runId);
  if (found === undefined) return 'refused';
  const { run } = found;
  if (run.state !== 'RUNNING' || run.fence !== completion.fence) {
    return wasCompleted(found, completion) ? 'accepted' : 'refused';
  }
  const { outcome, endedAt, nodeId, startedAt, error, exitCode } = completion;
  if (outcome === 'failed' || outcome === 'timeout') run.failedCount++;
  run.lostCount = outcome === 'lost' ? run.lostCount + 1 : 0;
  Object.assign(run, { nodeId, startedAt, error, exitCode });
  const { attempt, fence } = run;
  const ended: Attempt = {
    runId: run.id,
    attempt,
    fence,
    nodeId,
    startedAt,
    endedAt,
    outcome,
    error,
    exitCode,
  };
  model.changed = true;
  if (completion.state !== 'RETRY') {
    found.lastOutcome = outcome;
    run.result = completion.result;
    endRun(model, found, completion.state, completion.reason, endedAt);
  } else if (run.cancelRequested) {
    found.lastOutcome = outcome;
    endRun(model, found, 'CANCELLED', run.reason, endedAt);
  } else {
    found.attempts.push(ended);
    const dueAt = completion.dueAt ?? endedAt;
    Object.assign(run, { state: 'RETRY', reason: completion.reason, nodeId: null, dueAt });
  }
  for (const followUp of completion.followUps) storeRun(model, followUp, null, endedAt);
  if (completion.onJob) affectJob(model, run.jobId, completion.onJob, endedAt);
  const opened = model.runs.some(
    (each) => each.run.jobId === run.jobId && isOpenWaiting(model, each),
  );
  return run.jobId !== null && opened ? 'lets-in' : 'accepted';
}

function isOpenWaiting(model: StoreModel, each: ModelRun): boolean {
  const { waiting, nodeId } = each.run;
  return each.live && waiting && nodeId === null && mayLeaveQueue(model, each);
}

function wasCompleted(found: ModelRun, { fence, outcome, endedAt, state }: Completion): boolean {
  const retried = found.attempts.some(
    (each) => each.fence === fence && each.outcome === outcome && each.endedAt === endedAt,
  );
  if (state === 'RETRY' && retried) return true;
  const { run, lastOutcome } = found;
  const ended = run.fence === fence && lastOutcome === outcome && run.endedAt === endedAt;
  return ended && (run.state === state || (state === 'RETRY' && run.state === 'CANCELLED'));
}

export function reportRun(model: StoreModel, report: RunReport): ReportOutcome {
  const found = runById(model, report.runId);
  if (found?.run.state !== 'RUNNING' || found.run.fence !== report.fence) return 'refused';
  if (report.progress !== undefined) {
    found.run.progress = report.progress;
    model.changed = true;
  }
  for (const chunk of report.output) {
    const known = found.output.some(
      ({ attempt, seq }) => attempt === chunk.attempt && seq === chunk.seq,
    );
    if (known) continue;
    found.output.push(chunk);
    model.changed = true;
  }
  return 'accepted';
}

export function cancelRun(
  model: StoreModel,
  runId: string,
  at: Instant,
  reason: Extract<RunReason, 'request' | 'overlap'>,
): CancelOutcome['outcome'] {
  const found = runById(model, runId);
  if (found === undefined) return 'unknown';
  const { run } = found;
  if (!found.live) {
    const repeated = run.state === 'CANCELLED' && run.reason === reason && run.endedAt === at;
    return repeated ? 'cancelled' : 'finished';
  }
  if (run.state !== 'RUNNING') {
    endRun(model, found, 'CANCELLED', reason, at);
    return 'cancelled';
  }
  if (!run.cancelRequested) {
    run.cancelRequested = true;
    run.reason = reason;
    model.changed = true;
  }
  return 'requested';
}

/** All runs that a walk through the pages finds. */
export function listRuns(model: StoreModel, filter: RunFilter): Run[] {
  const order = (a: ModelRun, b: ModelRun): number =>
    Number(b.live) - Number(a.live) || b.seq - a.seq;
  return [...model.runs]
    .sort(order)
    .map(({ run }) => run)
    .filter((run) => (filter.jobId ?? run.jobId) === run.jobId)
    .filter((run) => (filter.jobName ?? run.jobName) === run.jobName)
    .filter((run) => (filter.states ?? [run.state]).includes(run.state))
    .filter((run) => (filter.origin ?? run.origin) === run.origin)
    .filter((run) => (filter.handler ?? run.handler) === run.handler)
    .filter((run) => run.fireAt >= (filter.fromAt ?? run.fireAt))
    .filter((run) => run.fireAt < (filter.toAt ?? run.fireAt + 1));
}

export function findOverdue(model: StoreModel, jobIds: readonly number[], until: Instant): Run[] {
  return jobIds.flatMap((jobId) =>
    liveRuns(model)
      .sort(byFireAt)
      .map(({ run }) => run)
      .filter((run) => run.jobId === jobId && run.origin === 'schedule')
      .filter(
        (run) =>
          run.state === 'PENDING' && !run.waiting && run.limitKey === null && run.fireAt <= until,
      ),
  );
}

export function readRun(
  model: StoreModel,
  runId: string,
): { attempts: Attempt[]; output: OutputChunk[] } {
  const found = runById(model, runId);
  if (found === undefined) return { attempts: [], output: [] };
  const { run, lastOutcome } = found;
  const attempts = [...found.attempts];
  const running = run.state === 'RUNNING';
  if (running || lastOutcome !== null) {
    attempts.push({
      runId,
      attempt: run.attempt,
      fence: run.fence,
      nodeId: run.nodeId ?? '',
      startedAt: run.startedAt ?? 0,
      endedAt: run.endedAt,
      outcome: running ? 'running' : (lastOutcome ?? 'running'),
      error: running ? null : run.error,
      exitCode: running ? null : run.exitCode,
    });
  }
  const output = [...found.output].sort((a, b) => a.attempt - b.attempt || a.seq - b.seq);
  return { attempts, output };
}
