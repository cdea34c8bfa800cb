import type { Json } from '../base/json.ts';
import type { Job, JobDefinition, JobSource, JobState, JobStatus } from '../model/job.ts';
import type { JobChange } from '../model/job-change.ts';
import type { NewRun, RunReason, SkipRange } from '../model/run.ts';
import type { SkipWindow } from '../model/skip-window.ts';
import type { TriggerMemory } from '../model/trigger-memory.ts';
import type { DurationMs, Instant } from '../time/instant.ts';

/**
 * Where a job stands in its own time; written only together with the rows it passes.
 * `memory.endedAt` is kept by the store alone (see `rearmAfterMs`) and ignored here.
 */
export interface JobPosition {
  /** Never below the stored one. */
  readonly cursorAt: Instant;
  readonly nextFireAt: Instant | null;
  readonly memory: TriggerMemory;
  readonly zoneVersion: string;
}

/** What a change of a job does to its rows that have not started. */
export interface Supersede {
  /**
   * PENDING runs of origin `schedule`, `after`, `startup` and `failure` become SKIPPED with
   * this reason; manual runs stay, as do runs that have begun (RUNNING, RETRY) and the
   * runs of the same write. What these ends re-arm (`rearmAfterMs`) counts on top of
   * the written position.
   */
  readonly reason: Extract<RunReason, 'paused' | 'superseded'>;
  /** Kept as the runs' `error`. */
  readonly note?: string;
  /** Only those of origin `schedule` whose `fireAt` lies in it, both ends inclusive. */
  readonly within?: { readonly fromAt: Instant; readonly toAt: Instant };
}

/** A new or changed definition. */
export interface JobWrite {
  readonly name: string;
  /** `null`: the job must not exist. Otherwise it must stand exactly so. */
  readonly expected: Expected | null;
  readonly definition: JobDefinition;
  readonly source: JobSource;
  readonly status: JobStatus;
  readonly statusReason: string | null;
  readonly pausedUntilAt: Instant | null;
  readonly effectiveAt: Instant;
  readonly position: JobPosition;
  /** True if starts of nodes or ends of other jobs can fire it, see `JobFilter`. */
  readonly eventDriven: boolean;
  /**
   * For triggers that count from the end of the last run. Whenever a run of the job with
   * origin `schedule` reaches a terminal state (SKIPPED included) at t, the store sets
   * `memory.endedAt` to t and `nextFireAt` to t + this, unless it is earlier already.
   */
  readonly rearmAfterMs: DurationMs | null;
  readonly supersede: Supersede | null;
  readonly at: Instant;
}

/** The compare part of a compare-and-set on a job. The new cursor is never below `cursorAt`. */
export interface Expected {
  readonly jobId: number;
  readonly revision: number;
  readonly cursorAt: Instant;
  /** A plan that was made while the job was active must not be written once it is not. */
  readonly status: JobStatus;
  /** `memory.endedAt`, `null` = none: a plan must not undo what an end has re-armed meanwhile. */
  readonly endedAt: Instant | null;
}

/** One job's step of planning, or a change of its status, with all the rows it causes. */
export interface PlanWrite {
  readonly expected: Expected;
  readonly position: JobPosition;
  /** Absent: the status stays. `active` ends the count of failures and the hold. */
  readonly status?: {
    readonly status: JobStatus;
    readonly reason: string | null;
    readonly pausedUntilAt: Instant | null;
  };
  /** Absent: they stay. */
  readonly skipWindows?: readonly SkipWindow[];
  readonly runs: readonly PlannedRun[];
  readonly skips: readonly SkipRange[];
  readonly supersede: Supersede | null;
  readonly at: Instant;
}

/**
 * `nodeId`: the planning node reserves the run for itself; `null`: anybody may claim it.
 * A reservation for a node that is not up is dropped. `dedupeKey` is `null`.
 */
export interface PlannedRun extends NewRun {
  readonly nodeId: string | null;
}

export type WriteOutcome = 'written' | 'conflict';

export interface JobFilter {
  readonly status?: JobStatus;
  readonly source?: JobSource;
  readonly tag?: string;
  readonly eventDriven?: boolean;
  /** A part of the name, any case. */
  readonly search?: string;
}

/** A job of a list, with what lists show beside it and only the store can count. */
export interface ListedJob extends Job {
  /** How many of its runs are RUNNING. */
  readonly runningCount: number;
}

export interface StoredCalendar {
  readonly name: string;
  readonly definition: Json;
  readonly version: string;
  readonly source: JobSource;
}

/**
 * Jobs, their revisions and calendars, and the ledger of skipped stretches.
 *
 * Every method is one atomic step and safe to repeat after an unknown commit; where a
 * method says "per entry", each entry is atomic and a batch of more than 500 may be written
 * in several transactions. Lists are in the order of the argument unless said otherwise;
 * texts are ordered by code points. Errors: `STORE_*` of the catalogue; after STORE_UNAVAILABLE,
 * STORE_LOCKED and STORE_FULL a retry can help; BROKEN_INVARIANT for an argument that breaks a
 * rule stated here (nothing is written).
 */
export interface JobStore {
  /**
   * Writes definitions. Per entry: `expected` null and the name free → inserted with
   * revision 1; `expected` met → revision + 1, definition kept in the revisions too;
   * otherwise `conflict` and nothing of that entry is written. A repeated insert with the
   * same definition and source is answered `written`, and so is a repeated update while its
   * revision is the latest. `createdAt` is `at`.
   */
  saveJobs(writes: readonly JobWrite[]): Promise<readonly WriteOutcome[]>;

  /** The jobs of these names; `null` where there is none. */
  findJobs(names: readonly string[]): Promise<readonly (Job | null)[]>;

  /** Jobs in the order of their names, after the name `after` (exclusive), at most `limit`. */
  listJobs(filter: JobFilter, page: { after: string | null; limit: number }): Promise<ListedJob[]>;

  /**
   * Removes jobs; their PENDING runs become SKIPPED(superseded). Begun runs stay, history,
   * name and revisions until `pruneRuns`. Answers how many there were. Per entry.
   */
  deleteJobs(jobIds: readonly number[], at: Instant): Promise<number>;

  /** The definitions of these revisions; `null` where there is none. */
  findRevisions(
    keys: readonly { readonly jobId: number; readonly revision: number }[],
  ): Promise<readonly (JobDefinition | null)[]>;

  /**
   * Jobs in force: those that are `active` or `paused` with `nextFireAt` ≤ `until` (inclusive), or
   * `paused` with `pausedUntilAt` ≤ `until`; the earliest first, then by id, at most `limit`.
   */
  findDueJobs(until: Instant, limit: number): Promise<JobState[]>;

  /** The smallest `nextFireAt` (or end of a pause) of all jobs in force; `null` = none. */
  nextDueAt(): Promise<Instant | null>;

  /**
   * Moves cursors and inserts the rows of the instants passed, in the same transaction.
   * Per entry: only if (id, revision, cursorAt, status, endedAt) stand as expected, else `conflict`
   * and nothing of that entry is written; a repeated step that moved the cursor is a `conflict`
   * too. Scheduled runs and skip ranges lie in (expected.cursorAt, position.cursorAt],
   * ranges ascend; runs of other origins may have any instant. A first range lengthens the
   * job's last one, if that has the same reason, run and note and nothing was planned between
   * them in this revision. Run ids that exist, live or finished, change nothing.
   */
  planDue(writes: readonly PlanWrite[]): Promise<readonly WriteOutcome[]>;

  /**
   * The changes of a job in the order in which they were made: `saveJobs` and `planDue` with
   * a status keep one each, in the same transaction. The latest `CHANGES_MAX` are kept, as
   * long as the job is. A change that equals the last one (`isSameChange`) is not kept again.
   */
  listChanges(jobId: number): Promise<JobChange[]>;

  /** Skipped stretches of a job that touch [fromAt, toAt], ascending. */
  listSkips(jobId: number, fromAt: Instant, toAt: Instant, limit: number): Promise<SkipRange[]>;

  /** Inserts or replaces calendars by name. */
  saveCalendars(calendars: readonly StoredCalendar[]): Promise<void>;
  /** All calendars in the order of their names. */
  listCalendars(): Promise<StoredCalendar[]>;
}
