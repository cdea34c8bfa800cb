import type { JobAudit } from '../audit/audit-job.ts';
import type { JobInput } from '../declaration/job-input.ts';
import type { Diagnosis } from '../diagnosis/diagnose.ts';
import type { InstantDifference } from '../diff/diff-instants.ts';
import type { Explanation } from '../explain/explanation.ts';
import type { ClockNote } from '../forecast/clock-notes.ts';
import type { DurationFigures } from '../forecast/measure-durations.ts';
import type { SimulationOutcome } from '../forecast/simulate.ts';
import type { ForecastUnknown } from '../forecast/unknowns.ts';
import type { LintFinding } from '../lint/lint-jobs.ts';
import type { JobDefinition, JobSource } from '../model/job.ts';
import type { StoreFault } from '../ports/upkeep-store.ts';
import type { Instant } from '../time/instant.ts';
import type { JobView } from './job-view.ts';

export type { JobAudit } from '../audit/audit-job.ts';
export type { AuditFinding, AuditKind } from '../audit/finding.ts';
export type { Ailment, AilmentKind } from '../diagnosis/ailment.ts';
export type { Diagnosis } from '../diagnosis/diagnose.ts';
export type { ExplainStep, Explanation, Verdict } from '../explain/explanation.ts';
export type { ClockNote } from '../forecast/clock-notes.ts';
export type { ForecastSkip, JobForecast } from '../forecast/forecast-job.ts';
export type { LimitForecast } from '../forecast/limit-room.ts';
export type {
  HourForecast,
  Peak,
  QuietWindow,
  SlotForecast,
} from '../forecast/load-curve.ts';
export type { DurationFigures } from '../forecast/measure-durations.ts';
export type { Collision } from '../forecast/simulate.ts';
export type { ForecastUnknown } from '../forecast/unknowns.ts';
export type { LintFinding } from '../lint/lint-jobs.ts';
export type { LintSeverity } from '../lint/lint-rule.ts';
export type { StoreFault } from '../ports/upkeep-store.ts';

export interface AuditOptions {
  /** Only this job; default: all. */
  readonly job?: string;
  /**
   * From where on: an instant, or a length before now such as `7d` (the default). A job is
   * audited from its oldest kept instant at the earliest.
   */
  readonly since?: Instant | Date | string;
}

export interface AuditReport {
  readonly auditedAt: Instant;
  readonly sinceAt: Instant;
  readonly expectedCount: number;
  /** 0 = every instant has exactly one fate. */
  readonly findingCount: number;
  /** In the order of their names. */
  readonly jobs: readonly JobAudit[];
}

/** What kept runs took, by the names of the jobs. */
export type Durations = Readonly<Record<string, DurationFigures>>;

export interface LintOptions {
  /** Definitions that need not be stored; default: the stored jobs that are not disabled. */
  readonly jobs?: Readonly<Record<string, JobInput>>;
  /** What runs take; default: what the kept runs of the stored jobs took. */
  readonly durations?: Durations;
}

export interface LintReport {
  readonly lintedAt: Instant;
  readonly jobCount: number;
  readonly findings: readonly LintFinding[];
}

export interface ForecastOptions {
  /** Definitions that need not be stored; default: the stored jobs that are not disabled. */
  readonly jobs?: Readonly<Record<string, JobInput>>;
  /** The beginning, exclusive; default now. */
  readonly from?: Instant | Date | string;
  /** The end, inclusive: an instant or a length after `from`; default `7d`, at most 366 days. */
  readonly to?: Instant | Date | string;
  /** What runs take; default: what the kept runs of the stored jobs took. */
  readonly durations?: Durations;
  /** Which of these figures; default `mean`. */
  readonly use?: 'mean' | 'p95';
  /** What runs of other jobs are taken to need; ms or text, default `30s`. */
  readonly assume?: number | string;
  /** How many nodes share the work, 1 to 10,000; default 1. */
  readonly nodes?: number;
  /** Places of one node; default: those of this process. */
  readonly slots?: { readonly function?: number; readonly external?: number };
}

export interface Forecast extends SimulationOutcome {
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  readonly runCount: number;
  /** Jobs whose runs were not measured. */
  readonly assumedCount: number;
  /** Jobs that a clock change of the period touches, the first hundred. */
  readonly clockNotes: readonly ClockNote[];
  /** What a forecast cannot know, by kind, with what it takes for granted instead. */
  readonly unknowns: readonly ForecastUnknown[];
}

export interface DiffOptions {
  /** How far ahead instants are compared, 1 to 366 days; default 30. */
  readonly days?: number;
  /** Calendars that will be applied together with the jobs. */
  readonly calendars?: Readonly<Record<string, unknown>>;
}

/** What a declaration changes about one job, and which instants that adds and removes. */
export interface JobDifference extends InstantDifference {
  readonly jobName: string;
  readonly change: 'added' | 'changed' | 'disabled';
  /** What differs: `['trigger', 'policies.retry']`. */
  readonly fields: readonly string[];
}

export interface Difference {
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  readonly unchangedCount: number;
  readonly jobs: readonly JobDifference[];
}

export interface JobRevision {
  readonly revision: number;
  readonly definition: JobDefinition;
  readonly isCurrent: boolean;
  /** When it was saved; `null` if that is not kept any more. */
  readonly savedAt: Instant | null;
  /** What differs from the revision before. */
  readonly fields: readonly string[];
}

/**
 * Questions about plans, answered by the planner's own functions. Nothing is written but by
 * `rollback`.
 */
export interface Questions {
  /**
   * Computes the plan again, from the revisions that were in force, and compares it with the
   * ledger: every instant has one run or stands in one skipped stretch.
   *
   * Throws JOB_NOT_FOUND, INVALID_INSTANT, INVALID_DURATION; retrying cannot help.
   *
   * @example
   * const { findingCount } = await scheduler.audit({ since: '7d' });
   */
  audit(options?: AuditOptions): Promise<AuditReport>;

  /**
   * Why a job did or did not run at an instant: what was in force, what the trigger says, and
   * each decision with what it was decided by. `at` is epoch ms, a `Date` or ISO text; a whole
   * second stands for the job's instant in that second.
   *
   * Throws JOB_NOT_FOUND, INVALID_INSTANT; retrying cannot help.
   *
   * @example
   * const { verdict, steps } = await scheduler.explain('backup', { at: '2026-12-01T02:00' });
   */
  explain(job: string, question: { readonly at: Instant | Date | string }): Promise<Explanation>;

  /**
   * What is likely to be meant otherwise or to go wrong: traps of cron, clock changes of the
   * next two years, runs that are slower than their interval, secrets in clear text, … Secrets
   * are never shown, only their places. `lintRules` lists the rules.
   *
   * Throws what `job` throws for wrong definitions; retrying cannot help.
   */
  lint(options?: LintOptions): Promise<LintReport>;

  /**
   * What would run in a period, on a clock of its own: runs per hour, peaks, jobs that meet
   * themselves, late starts, what keys, pools and rates hold back, clock changes, quiet windows.
   * Nothing is run or written; the work is done at once and takes about a second for each
   * million instants.
   *
   * Throws what `job` throws for wrong definitions, INVALID_INSTANT, INVALID_DURATION, and
   * INVALID_INPUT for a wrong period; retrying cannot help.
   *
   * @example
   * const { hours, peak } = await scheduler.forecast({ to: '7d', assume: '30s' });
   */
  forecast(options?: ForecastOptions): Promise<Forecast>;

  /**
   * What `applyJobs` would change, and which instants of the next days that adds and removes.
   * Throws what `applyJobs` throws; retrying cannot help.
   */
  diffJobs(
    source: JobSource,
    jobs: Readonly<Record<string, JobInput>>,
    options?: DiffOptions,
  ): Promise<Difference>;

  /** Every definition that a job had, the oldest first. Throws JOB_NOT_FOUND. */
  revisions(job: string): Promise<readonly JobRevision[]>;

  /**
   * Saves the definition of a former revision as a new one; its source stays, so that a file
   * that says otherwise changes it back when it is applied. Status and history stay. Throws
   * JOB_NOT_FOUND, INVALID_INPUT for a revision that it never had.
   */
  rollback(job: string, revision: number): Promise<JobView>;

  /**
   * Looks for broken promises and for work that stands still: overdue jobs, runs on dead
   * nodes, runs that nobody takes, wrong counts, … each with what to do. Empty = all is well.
   */
  diagnose(): Promise<Diagnosis>;

  /**
   * Damage of the store itself and traces of a wrong clock, each with what `repairStore` does
   * about it. Changes nothing. Empty = all is well; at most 100.
   */
  examineStore(): Promise<readonly StoreFault[]>;

  /**
   * Does what `examineStore` names under `repair`, in one step, and answers with that. Repeating
   * it does nothing more. Throws CONFLICT while a node is up.
   */
  repairStore(): Promise<readonly StoreFault[]>;

  /** What the last 200 kept runs of each job took; jobs with fewer than 5 are left out. */
  durations(): Promise<Durations>;
}
