import { assert, TickworkError } from '../../core/base/errors.ts';
import {
  type Attempt,
  type NewRun,
  needsNoDecision,
  type Run,
  type RunReason,
} from '../../core/model/run.ts';
import type {
  CancelOutcome,
  ClaimRequest,
  Completion,
  CompletionOutcome,
  EnqueueOutcome,
  OutputChunk,
  PruneRequest,
  ReportOutcome,
  RunFilter,
  RunPage,
  RunReport,
  RunStore,
  Settlement,
  StartOutcome,
  StartRequest,
  WriteOutcomeOfRun,
} from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { affectJob } from './affect-job.ts';
import { listRuns } from './list-runs.ts';
import { byClaim, byTurn, isBackfill, type LiveRun } from './live-runs.ts';
import type { MemoryState } from './memory-state.ts';
import { pruneRuns } from './prune-runs.ts';

const OVERDUE_MAX = 10_000;

/** The runs' side of the memory store. */
export class MemoryRuns implements RunStore {
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async enqueueRuns(runs: readonly NewRun[], at: Instant): Promise<readonly EnqueueOutcome[]> {
    return runs.map((run) => {
      const runId = this.#state.insertRun(run, null, at);
      return { runId, outcome: runId === run.id ? 'stored' : 'duplicate' };
    });
  }

  async claimRuns(request: ClaimRequest): Promise<Run[]> {
    this.#checkLease(request.nodeId, request.now);
    const { live } = this.#state;
    const held = request.recover ? live.heldBy(request).sort(byClaim) : [];
    const claimed = live.claimable(request.handlers, request.until, request.limit);
    const { nodeId, startAt } = request;
    for (const found of claimed) {
      live.change(found, { nodeId });
      const { run } = found;
      const isDue = startAt !== undefined && run.dueAt <= startAt;
      if (isDue && needsNoDecision(run)) this.#beginAttempt(found, startAt);
    }
    if (claimed.length > 0) this.#state.change++;
    return [...held, ...claimed].map(({ run }) => run);
  }

  async startRuns(
    nodeId: string,
    requests: readonly (StartRequest & { readonly attemptBefore: number })[],
    at: Instant,
  ): Promise<readonly StartOutcome[]> {
    this.#checkLease(nodeId, at);
    return requests.map((request) => this.#startRun(nodeId, request, at));
  }

  #startRun(
    nodeId: string,
    request: StartRequest & { readonly attemptBefore: number },
    at: Instant,
  ): StartOutcome {
    const found = this.#state.live.byId.get(request.runId);
    if (found === undefined || found.run.nodeId !== nodeId) return { outcome: 'gone' };
    const { run } = found;
    if (run.state === 'RUNNING') {
      if (run.attempt !== request.attemptBefore + 1) return { outcome: 'gone' };
      return { outcome: 'started', fence: run.fence, attempt: run.attempt };
    }
    if (run.attempt !== request.attemptBefore) return { outcome: 'gone' };
    const job = run.jobId === null ? undefined : this.#state.jobs.byId.get(run.jobId)?.job;
    const untilAt = request.holdable ? (job?.holdUntilAt ?? null) : null;
    if (untilAt !== null && run.fireAt < untilAt) return { outcome: 'held', untilAt };
    if (request.exclusive) {
      const blocked = this.#blockOf(found);
      if (blocked !== null) return blocked;
    }
    const limited = this.#state.limits.enter(found, request, at);
    if (limited !== null) {
      this.#state.change++;
      return limited;
    }
    const { fence, attempt } = this.#beginAttempt(found, Math.max(at, run.dueAt));
    this.#state.change++;
    return { outcome: 'started', fence, attempt };
  }

  #beginAttempt(found: LiveRun, at: Instant): { fence: number; attempt: number } {
    const fence = found.run.fence + 1;
    const attempt = found.run.attempt + 1;
    this.#state.live.change(found, {
      state: 'RUNNING',
      reason: null,
      waiting: false,
      limitKey: null,
      fence,
      attempt,
      startedAt: at,
      progress: null,
    });
    return { fence, attempt };
  }

  #blockOf(found: LiveRun): StartOutcome | null {
    const job = found.run.jobId === null ? null : this.#state.live.ofJob(found.run.jobId);
    if (job === null) return null;
    const activeRunIds = [...job.active].filter((other) => other !== found).map(({ id }) => id);
    const oldest = job.waiting.first;
    const older = oldest !== undefined && oldest !== found && byTurn(oldest, found) < 0;
    if (activeRunIds.length === 0 && !older) return null;
    const itself = found.run.waiting && !isBackfill(found) ? 1 : 0;
    const waitingCount = job.waiting.size - job.backfillCount - itself;
    return { outcome: 'blocked', activeRunIds, waitingCount };
  }

  async settleRuns(
    nodeId: string,
    settlements: readonly Settlement[],
    at: Instant,
  ): Promise<readonly WriteOutcomeOfRun[]> {
    return settlements.map((settlement) => this.#settleRun(nodeId, settlement, at));
  }

  #settleRun(nodeId: string, settlement: Settlement, at: Instant): WriteOutcomeOfRun {
    const found = this.#state.live.byId.get(settlement.runId);
    if (found === undefined) {
      return settlement.to === 'SKIPPED' &&
        this.#endedSo(settlement.runId, 'SKIPPED', settlement.reason, at)
        ? 'written'
        : 'gone';
    }
    const { state } = found.run;
    const allowed = state === 'PENDING' || (state === 'RETRY' && settlement.to === 'released');
    if (!allowed || found.run.nodeId !== nodeId) return 'gone';
    if (settlement.to === 'SKIPPED') {
      if (settlement.intoRunId !== undefined) this.#absorb(found, settlement.intoRunId);
      this.#state.endRun(found, { state: 'SKIPPED', reason: settlement.reason, at });
    } else {
      const { jobId, limitKey } = found.run;
      const waits = settlement.to === 'waiting' && jobId !== null && limitKey === null;
      const waiting = waits || found.run.waiting;
      this.#state.live.change(found, { nodeId: null, waiting });
      this.#state.change++;
    }
    return 'written';
  }

  /** The other run stands for this one and for those that this one stood for. */
  #absorb(found: LiveRun, intoRunId: string): void {
    const into = this.#state.live.byId.get(intoRunId);
    if (into === undefined || into === found || into.run.state !== 'PENDING') return;
    const coalescedCount = into.run.coalescedCount + 1 + found.run.coalescedCount;
    this.#state.live.change(into, { coalescedCount });
  }

  async completeRuns(completions: readonly Completion[]): Promise<readonly CompletionOutcome[]> {
    for (const { state, dueAt } of completions) {
      assert((state === 'RETRY') === (dueAt !== null), 'RETRY, and only RETRY, has a dueAt.');
    }
    return completions.map((completion) => this.#completeRun(completion));
  }

  #completeRun(completion: Completion): CompletionOutcome {
    const found = this.#state.live.byId.get(completion.runId);
    const open = found?.run.state === 'RUNNING' && found.run.fence === completion.fence;
    if (found === undefined || !open) {
      return this.#wasCompleted(completion) ? 'accepted' : 'refused';
    }
    const { run } = found;
    const { outcome, endedAt, dueAt } = completion;
    this.#state.limits.release(run.id);
    const fields: Partial<Run> = {
      nodeId: completion.nodeId,
      startedAt: completion.startedAt,
      error: completion.error,
      exitCode: completion.exitCode,
      result: completion.state === 'RETRY' ? null : completion.result,
      failedCount: run.failedCount + (outcome === 'failed' || outcome === 'timeout' ? 1 : 0),
      lostCount: outcome === 'lost' ? run.lostCount + 1 : 0,
    };
    if (completion.state === 'RETRY' && !run.cancelRequested) {
      this.#keepAttempt(completion, run.attempt);
      this.#state.live.change(found, {
        ...fields,
        state: 'RETRY',
        reason: completion.reason,
        nodeId: null,
        dueAt: dueAt ?? endedAt,
      });
      this.#state.change++;
    } else {
      const cancelled = completion.state === 'RETRY';
      this.#state.endRun(found, {
        state: cancelled ? 'CANCELLED' : completion.state,
        reason: cancelled ? run.reason : completion.reason,
        at: endedAt,
        attempt: { outcome, fields },
      });
    }
    for (const followUp of completion.followUps) {
      this.#state.insertRun(followUp, null, endedAt);
    }
    if (completion.onJob) affectJob(this.#state, run.jobId, completion.onJob, endedAt);
    return this.#state.live.hasOpenWaiting(run.jobId) ? 'lets-in' : 'accepted';
  }

  #keepAttempt(completion: Completion, attempt: number): void {
    const { runId, fence, nodeId, startedAt, endedAt, outcome, error, exitCode } = completion;
    const kept: Attempt = {
      runId,
      attempt,
      fence,
      nodeId,
      startedAt,
      endedAt,
      outcome,
      error,
      exitCode,
    };
    const attempts = this.#state.attempts.get(runId);
    if (attempts === undefined) this.#state.attempts.set(runId, [kept]);
    else attempts.push(kept);
  }

  /** True if this very completion has been applied before. */
  #wasCompleted({ runId, fence, outcome, endedAt, state }: Completion): boolean {
    const attempts = this.#state.attempts.get(runId) ?? [];
    if (state === 'RETRY' && attempts.some((kept) => isSame(kept, fence, outcome, endedAt))) {
      return true;
    }
    const finished = this.#state.finished.byId.get(runId);
    if (finished === undefined || finished.run.fence !== fence) return false;
    const { run } = finished;
    return (
      finished.outcome === outcome &&
      run.endedAt === endedAt &&
      (run.state === state || (state === 'RETRY' && run.state === 'CANCELLED'))
    );
  }

  async reportRuns(reports: readonly RunReport[]): Promise<readonly ReportOutcome[]> {
    return reports.map((report) => {
      const found = this.#state.live.byId.get(report.runId);
      if (found?.run.state !== 'RUNNING' || found.run.fence !== report.fence) return 'refused';
      if (report.progress !== undefined) {
        this.#state.live.change(found, { progress: report.progress });
      }
      const kept = this.#keepOutput(report.runId, report.output);
      if (kept > 0 || report.progress !== undefined) this.#state.change++;
      return 'accepted';
    });
  }

  /** Keeps the chunks that are new; answers how many. */
  #keepOutput(runId: string, chunks: readonly OutputChunk[]): number {
    const kept = this.#state.output.get(runId) ?? [];
    const before = kept.length;
    for (const chunk of chunks) {
      const known = kept.some(({ attempt, seq }) => attempt === chunk.attempt && seq === chunk.seq);
      if (!known) kept.push(chunk);
    }
    if (kept.length === before) return 0;
    kept.sort((a, b) => a.attempt - b.attempt || a.seq - b.seq);
    this.#state.output.set(runId, kept);
    return kept.length - before;
  }

  async cancelRuns(
    runIds: readonly string[],
    at: Instant,
    reason: Extract<RunReason, 'request' | 'overlap'>,
  ): Promise<readonly CancelOutcome[]> {
    return runIds.map((runId) => ({ runId, outcome: this.#cancelRun(runId, at, reason) }));
  }

  #cancelRun(
    runId: string,
    at: Instant,
    reason: Extract<RunReason, 'request' | 'overlap'>,
  ): CancelOutcome['outcome'] {
    const found = this.#state.live.byId.get(runId);
    if (found === undefined) {
      if (this.#endedSo(runId, 'CANCELLED', reason, at)) return 'cancelled';
      return this.#state.finished.byId.has(runId) ? 'finished' : 'unknown';
    }
    if (found.run.state !== 'RUNNING') {
      this.#state.endRun(found, { state: 'CANCELLED', reason, at });
      return 'cancelled';
    }
    if (!found.run.cancelRequested) {
      this.#state.live.change(found, { cancelRequested: true, reason });
      this.#state.change++;
    }
    return 'requested';
  }

  async findRuns(runIds: readonly string[]): Promise<readonly (Run | null)[]> {
    const { live, finished } = this.#state;
    return runIds.map(
      (runId) => live.byId.get(runId)?.run ?? finished.byId.get(runId)?.run ?? null,
    );
  }

  async listRuns(
    filter: RunFilter,
    page: { readonly after: string | null; readonly limit: number },
  ): Promise<RunPage> {
    return listRuns(this.#state, filter, page);
  }

  async findOverdue(jobIds: readonly number[], until: Instant): Promise<Run[]> {
    const found: Run[] = [];
    for (const jobId of jobIds) {
      for (const { run } of this.#state.live.ofJob(jobId)?.all ?? []) {
        if (run.fireAt > until || found.length === OVERDUE_MAX) break;
        if (run.state === 'PENDING' && run.origin === 'schedule' && !run.waiting) {
          if (run.limitKey === null) found.push(run);
        }
      }
    }
    return found;
  }

  async readRun(
    runId: string,
    output: { readonly after: { attempt: number; seq: number } | null; readonly limit: number },
  ): Promise<{ attempts: Attempt[]; output: OutputChunk[] }> {
    const { after, limit } = output;
    const attempts = [...(this.#state.attempts.get(runId) ?? [])];
    const finished = this.#state.finished.byId.get(runId);
    const run = this.#state.live.byId.get(runId)?.run ?? finished?.run;
    if (run?.state === 'RUNNING') attempts.push(attemptOf(run, 'running'));
    if (finished?.outcome) attempts.push(attemptOf(finished.run, finished.outcome));
    const chunks = (this.#state.output.get(runId) ?? []).filter(
      ({ attempt, seq }) =>
        after === null || attempt > after.attempt || (attempt === after.attempt && seq > after.seq),
    );
    return { attempts, output: chunks.slice(0, limit) };
  }

  async pruneRuns(request: PruneRequest): Promise<number> {
    return pruneRuns(this.#state, request);
  }

  #checkLease(nodeId: string, now: Instant): void {
    const node = this.#state.nodes.get(nodeId)?.node;
    if (node?.state === 'up' && node.leaseUntil >= now) return;
    throw new TickworkError('FENCED', {
      field: 'nodeId',
      value: nodeId,
      reason: 'this node does not hold a lease any more.',
      remedy: 'Stop its runs and join under a new id.',
    });
  }

  #endedSo(runId: string, state: Run['state'], reason: RunReason, at: Instant): boolean {
    const run = this.#state.finished.byId.get(runId)?.run;
    return run?.state === state && run.reason === reason && run.endedAt === at;
  }
}

function isSame(kept: Attempt, fence: number, outcome: string, endedAt: Instant): boolean {
  return kept.fence === fence && kept.outcome === outcome && kept.endedAt === endedAt;
}

function attemptOf(run: Run, outcome: Attempt['outcome']): Attempt {
  const running = outcome === 'running';
  return {
    runId: run.id,
    attempt: run.attempt,
    fence: run.fence,
    nodeId: run.nodeId ?? '',
    startedAt: run.startedAt ?? run.createdAt,
    endedAt: running ? null : run.endedAt,
    outcome,
    error: running ? null : run.error,
    exitCode: running ? null : run.exitCode,
  };
}
