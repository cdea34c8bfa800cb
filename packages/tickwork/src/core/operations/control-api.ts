import type { SkipWindow } from '../model/skip-window.ts';
import type { Instant } from '../time/instant.ts';
import type { BackfillResult } from './backfill.ts';
import type { JobView } from './job-view.ts';

export type { SkipWindow } from '../model/skip-window.ts';
export type { BackfillResult } from './backfill.ts';

export interface PauseOptions {
  /** Why, for others to read; kept with the job and with what is skipped. */
  readonly reason?: string;
  /** When it ends by itself. */
  readonly until?: Instant | Date | string;
}

/**
 * What becomes of the instants of a pause when it ends: `drop`, the default, leaves them
 * skipped; `latest` makes up for the last, with one run that says how many it stands for;
 * `all` makes up for each.
 */
export type CatchUp = 'drop' | 'latest' | 'all';

export interface ResumeOptions {
  readonly catchUp?: CatchUp;
  /** Lift the windows that `skip` has set, too; default false. */
  readonly skips?: boolean;
}

/** What a resumption with `catchUp` would make up for. */
export interface PausedInstants {
  /** The first and the last instant that are not made up for yet; `null` = none. */
  readonly fromAt: Instant | null;
  readonly toAt: Instant | null;
  readonly count: number;
}

export interface BackfillOptions {
  /** First and last instant, both inclusive; what lies after now is left out. */
  readonly from: Instant | Date | string;
  readonly to: Instant | Date | string;
  /** Run again what has run already, as further runs with `parentId`; default false. */
  readonly force?: boolean;
}

/** What is to be passed over: the next instants, or all of one day; exactly one of both. */
export interface SkipOptions {
  /** 1 to 10,000. */
  readonly next?: number;
  /** `2026-12-24`, in the zone of the job's trigger. */
  readonly date?: string;
  /** Why, for others to read; kept with what is skipped. */
  readonly reason?: string;
}

/** Changes of what is in force, and making up for what was not run. */
export interface JobControl {
  /** Throws INVALID_INPUT for a disabled job. */
  pause(name: string, options?: PauseOptions): Promise<JobView>;
  /**
   * Makes a paused or disabled job active; the count of failures begins anew. Windows that
   * `skip` has set stay, unless `skips` lifts them, also of a job that is active already. What
   * `catchUp` asks for is stored in the same step: if the call fails, repeat it, and nothing is
   * lost or made up for twice. Throws INVALID_INPUT, the job still paused, if more than 10,000
   * instants would be made up for.
   */
  resume(name: string, options?: ResumeOptions): Promise<JobView>;
  /** What a job has passed over since its pause began; none unless it is paused. */
  pausedInstants(name: string): Promise<PausedInstants>;
  /**
   * Passes over instants to come, without pausing the job: they are SKIPPED(paused). Runs by
   * hand go on. `resume` with `skips: true` takes it back. `date` may be repeated; `next` counts
   * from what is not passed over yet, so a repeated call passes over more: after an error of
   * unknown outcome, look at the job's `skipWindows` first. Throws INVALID_INPUT if there are none.
   */
  skip(name: string, options: SkipOptions): Promise<SkipWindow>;
  disable(name: string, options?: { reason?: string }): Promise<JobView>;
  /** Pauses the active jobs with a tag; answers their names. */
  pauseTagged(tag: string, options?: PauseOptions): Promise<string[]>;
  /** Resumes the paused jobs with a tag; answers their names. */
  resumeTagged(tag: string, options?: ResumeOptions): Promise<string[]>;
  /**
   * Makes up for the instants of a range by the revision in force at each: those without a
   * run, or whose run was SKIPPED, get one of origin `backfill`, below normal priority and,
   * unless runs may overlap, one after another behind the job's own. Repeating the call
   * stores nothing new, except with `force`. Instants that are due but not planned yet are
   * left to the plan; those whose runs retention may have removed are left alone unless
   * forced. Throws INVALID_INPUT for more than 10,000 instants, and for triggers that only
   * events fire or that count from the end of runs.
   */
  backfill(name: string, options: BackfillOptions): Promise<BackfillResult>;
}
