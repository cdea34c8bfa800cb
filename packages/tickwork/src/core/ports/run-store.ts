import type { Json } from '../base/json.ts';
import type { RateLimit, SlotLimit } from '../model/limit.ts';
import type { RetentionPolicy } from '../model/policy.ts';
import type { Attempt, NewRun, Run, RunOrigin, RunReason } from '../model/run.ts';
import type { RunState, TerminalState } from '../model/run-state.ts';
import type { Instant } from '../time/instant.ts';

export interface EnqueueOutcome {
  /** The id of the stored run: the given one, or the live one with the same dedupe key. */
  readonly runId: string;
  readonly outcome: 'stored' | 'duplicate';
}

/** How many runs a node wants, for one pool of its slots. */
export interface ClaimRequest {
  readonly nodeId: string;
  /** Only runs of these handler keys. */
  readonly handlers: readonly string[];
  /** Only runs with `dueAt` ≤ this (inclusive): now plus the claim horizon. */
  readonly until: Instant;
  readonly limit: number;
  readonly now: Instant;
  /**
   * Start at this instant, at most `now`, what needs no decision any more: claimed runs that are
   * due by then, see `needsNoDecision`. They are answered RUNNING, with the fence and attempt of
   * this start. Absent: everything is only reserved.
   */
  readonly startAt?: Instant;
  /**
   * True: the caller has asked for due runs to be stored and not heard of them yet. A store
   * that groups writes then claims them in the same group.
   */
  readonly expected?: boolean;
  /**
   * Also answer, in front, what this node has reserved or started already of what is due by
   * `until` (beyond `limit`, whatever its handler), to learn of what was done but not answered.
   * Callers drop what they know; what is RUNNING, they ask `startRuns` about before they do it.
   */
  readonly recover: boolean;
}

/** Try to start one reserved run, at its instant or shortly before. */
export interface StartRequest {
  readonly runId: string;
  /**
   * True: only while no other run of the job is RUNNING, in RETRY or has a `limitKey`, and
   * none that waits comes before it (`backfill` last of all, then by `fireAt`, then id). Runs in
   * RETRY, or with a `limitKey`, are the job's active run already and pass false.
   */
  readonly exclusive: boolean;
  /** True: only unless the job's `holdUntilAt` lies later than the run's `fireAt`. */
  readonly holdable?: boolean;
  /** Only while there is room under each of these keys; the run takes it until its end. */
  readonly slots?: readonly SlotLimit[];
  /** Only while there is room in the present window, see `decideRate`. */
  readonly rate?: RateLimit;
}

export type StartOutcome =
  /** RUNNING now, `fence` and `attempt` each one more than before. */
  | { readonly outcome: 'started'; readonly fence: number; readonly attempt: number }
  /**
   * Nothing written: what stands in the way, by `fireAt`. `waitingCount` is how many runs of
   * the job wait, the run itself and those of origin `backfill` left out.
   */
  | {
      readonly outcome: 'blocked';
      readonly activeRunIds: readonly string[];
      readonly waitingCount: number;
    }
  /** Nothing written: its job waits after a failure, until then (exclusive). */
  | { readonly outcome: 'held'; readonly untilAt: Instant }
  /**
   * There is no room under the key. Released with the reason `concurrency`, it waits in the
   * line of its handler and key, and occupies its job as an active run does.
   */
  | { readonly outcome: 'limited'; readonly key: string }
  /** The window is full. Released with the reason `rate`, it is due at the next with room. */
  | { readonly outcome: 'delayed'; readonly key: string; readonly untilAt: Instant }
  /** The run is not PENDING or RETRY, with this count of attempts, and reserved by this node. */
  | { readonly outcome: 'gone' };

/** A decision about a run that has not started. */
export type Settlement =
  | {
      readonly runId: string;
      readonly to: 'SKIPPED';
      readonly reason: RunReason;
      /**
       * A run that stands for this one too from now on: while it is PENDING, its
       * `coalescedCount` grows by one and by what this run stood for.
       */
      readonly intoRunId?: string;
    }
  /**
   * It stays PENDING, marked as waiting for its predecessor, and is released. A run without
   * a job has none: it is only released.
   */
  | { readonly runId: string; readonly to: 'waiting' }
  /** The node gives it back: anybody may claim it. */
  | { readonly runId: string; readonly to: 'released' };

/**
 * The end of one attempt; the attempt keeps `nodeId` and `startedAt` as given. RETRY of a
 * run that was asked to stop becomes CANCELLED with the reason of that request.
 */
export interface Completion {
  readonly runId: string;
  readonly fence: number;
  readonly nodeId: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly state: TerminalState | 'RETRY';
  readonly reason: RunReason | null;
  readonly outcome: Exclude<Attempt['outcome'], 'running'>;
  readonly error: string | null;
  readonly exitCode: number | null;
  readonly result: Json;
  /** RETRY only: when the next attempt may start. */
  readonly dueAt: Instant | null;
  /** Runs caused by this end (after-job triggers), stored in the same transaction. */
  readonly followUps: readonly NewRun[];
  /** What the end does to the job, by its failure policy; absent or `null` = nothing. */
  readonly onJob?: JobEffect | null;
}

/**
 * `succeeded`: the count of failures and the hold end. `failed`: one more failure in a row. If
 * that makes `pauseAfter` of them and the job is active, it is paused with `pauseReason`, and
 * its PENDING runs are SKIPPED(paused) as by `Supersede`. Otherwise, and if the job is active,
 * `again` is stored and the hold reaches to its `fireAt`, unless it reaches further.
 */
export type JobEffect =
  | { readonly kind: 'succeeded' }
  | {
      readonly kind: 'failed';
      readonly pauseAfter: number | null;
      readonly pauseReason: string;
      readonly again: NewRun | null;
    };

/**
 * `lets-in`: accepted, and the first waiting run of the job can be claimed from now on.
 * `refused`: the fence is not the run's any more (or it ended otherwise): nothing written.
 */
export type CompletionOutcome = 'accepted' | 'lets-in' | 'refused';

/** As for completions. */
export type ReportOutcome = Exclude<CompletionOutcome, 'lets-in'>;

export interface RunReport {
  readonly runId: string;
  readonly fence: number;
  /** Absent: unchanged. */
  readonly progress?: Json;
  readonly output: readonly OutputChunk[];
}

export const outputStreams = ['stdout', 'stderr', 'log', 'system'] as const;

export interface OutputChunk {
  readonly attempt: number;
  /** 0, 1, … within the attempt; a chunk stored twice counts once. */
  readonly seq: number;
  readonly at: Instant;
  readonly stream: (typeof outputStreams)[number];
  readonly text: string;
}

export interface RunFilter {
  readonly jobId?: number;
  readonly jobName?: string;
  readonly states?: readonly RunState[];
  readonly origin?: RunOrigin;
  readonly handler?: string;
  /** `fireAt` ≥ this. */
  readonly fromAt?: Instant;
  /** `fireAt` < this. */
  readonly toAt?: Instant;
}

/**
 * A page of runs: live ones, the last stored first, then finished ones, the last ended
 * first. A run that ends between two pages may stand in both. `next` is opaque, `null` at
 * the end.
 */
export interface RunPage {
  readonly runs: readonly Run[];
  readonly next: string | null;
}

export interface CancelOutcome {
  readonly runId: string;
  /** `cancelled`: it had not begun and is CANCELLED now. `requested`: its node will stop it. */
  readonly outcome: 'cancelled' | 'requested' | 'finished' | 'unknown';
}

/**
 * Runs, from due instant to history. The same promises as for `JobStore`.
 *
 * Live runs (PENDING, RUNNING, RETRY) are few; finished ones are history and are
 * never changed, only removed by `pruneRuns`. Ends of runs update the counts of their
 * job in the same transaction: SKIPPED only its own count (skip ranges add theirs), the
 * others also `last…`; SUCCESS and FAILED add the time of their last attempt.
 */
export interface RunStore {
  /** Stores runs as PENDING, per entry. An id that exists, live or finished, is `stored`. */
  enqueueRuns(runs: readonly NewRun[], at: Instant): Promise<readonly EnqueueOutcome[]>;

  /**
   * Reserves due runs for a node: PENDING or RETRY, unreserved, larger priority first,
   * then earlier `dueAt`, then id. Waiting runs are left out while an active run of their
   * job exists or one waits that comes before it, see `StartRequest`; those with the reason
   * `concurrency` unless they and all before them in their line fit into what is free of
   * their key. With `startAt` some are RUNNING at once, in the same step. Throws FENCED
   * unless the node is up and its lease reaches `now`.
   */
  claimRuns(request: ClaimRequest): Promise<Run[]>;

  /**
   * Starts reserved runs, one after another in the given order, atomically with the
   * check each asks for. The attempt's `startedAt` is `at`, or the run's `dueAt` if that lies
   * later: its node begins it then. Throws FENCED like `claimRuns`. Repeated after an unknown
   * commit, a run already RUNNING under this node answers `started` with the same fence
   * as long as `attemptBefore` shows that this call's start made it so.
   */
  startRuns(
    nodeId: string,
    requests: readonly (StartRequest & { readonly attemptBefore: number })[],
    at: Instant,
  ): Promise<readonly StartOutcome[]>;

  /**
   * Applies decisions to PENDING (or, `released`, RETRY) runs reserved by this node, else
   * `gone`. A repeated SKIPPED with the same reason and `at` is `written` again.
   */
  settleRuns(
    nodeId: string,
    settlements: readonly Settlement[],
    at: Instant,
  ): Promise<readonly WriteOutcomeOfRun[]>;

  /**
   * Ends attempts, per entry. Accepted only while the run is RUNNING with this fence;
   * repeated with the same fence, state, outcome and end it is `accepted` again and changes
   * nothing, also where it was `lets-in`. Terminal runs move to history with their attempts;
   * RETRY runs are unreserved. `failedCount` counts failed and timed-out attempts, any
   * attempt that is not lost resets `lostCount`.
   */
  completeRuns(completions: readonly Completion[]): Promise<readonly CompletionOutcome[]>;

  /** Adds output and progress of running attempts; stale fences are refused. */
  reportRuns(reports: readonly RunReport[]): Promise<readonly ReportOutcome[]>;

  /**
   * PENDING and RETRY become CANCELLED(reason) at once; RUNNING is asked to stop and has the
   * reason of the first request as its own. A repeated cancellation with the same reason and
   * `at` is `cancelled` again.
   */
  cancelRuns(
    runIds: readonly string[],
    at: Instant,
    reason: Extract<RunReason, 'request' | 'overlap'>,
  ): Promise<readonly CancelOutcome[]>;

  /** Runs by id, live or finished; `null` where there is none. */
  findRuns(runIds: readonly string[]): Promise<readonly (Run | null)[]>;

  listRuns(
    filter: RunFilter,
    page: { readonly after: string | null; readonly limit: number },
  ): Promise<RunPage>;

  /**
   * For each job: its PENDING scheduled runs that never started, are not waiting, have no
   * `limitKey` and have `fireAt` ≤ `until`, reserved or not, ascending; at most 10,000 in all.
   */
  findOverdue(jobIds: readonly number[], until: Instant): Promise<Run[]>;

  /** Attempts of a run in order (the running one included), and its output from `seq` on. */
  readRun(
    runId: string,
    output: { readonly after: { attempt: number; seq: number } | null; readonly limit: number },
  ): Promise<{ attempts: Attempt[]; output: OutputChunk[] }>;

  /**
   * Removes what is beyond retention, at most `limit` of each kind, and answers how many
   * it removed, 0 only if nothing is left to remove. Finished runs (with attempts and
   * output): of each group of a job (`retainedGroups`) the longest in history first, as long
   * as that one ended more than `ageMs` before `now` or more than `runsMax` are left. Skip
   * ranges by their `toAt` and `ageMs`. Both by the retention of the job's latest revision; by
   * `defaults` for a deleted job and, counted together, for all runs without a job. Nodes
   * that ended longer ago than `defaults.ageMs`. Names and revisions of jobs that were deleted
   * longer ago than that and have neither runs nor skip ranges any more; another process
   * may still answer them for a while.
   */
  pruneRuns(request: PruneRequest): Promise<number>;
}

export type WriteOutcomeOfRun = 'written' | 'gone';

export interface PruneRequest {
  readonly now: Instant;
  readonly limit: number;
  readonly defaults: RetentionPolicy;
}
