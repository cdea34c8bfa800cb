import type { Policies } from '../model/policy.ts';
import type { Pool } from '../ports/task-kind.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import type { TriggerSpec } from '../trigger/spec.ts';
import type { Trigger, TriggerMemory } from '../trigger/trigger.ts';

/** One job as a forecast needs it. */
export interface ForecastJob {
  readonly name: string;
  readonly spec: TriggerSpec;
  readonly trigger: Trigger;
  readonly memory: TriggerMemory;
  /** The last planned instant; walking goes on from here. */
  readonly cursorAt: Instant;
  readonly policies: Policies;
  readonly pool: Pool;
  /** What each of its runs is taken to need. */
  readonly durationMs: DurationMs;
  /** True if nothing was measured. */
  readonly isAssumed: boolean;
  /** Until when it is paused; `null` = it is not. */
  readonly pausedUntilAt: Instant | null;
}

/** What becomes of one job in a forecast. */
export interface JobForecast {
  readonly jobName: string;
  readonly durationMs: DurationMs;
  readonly isAssumed: boolean;
  /** Instants of its trigger in the period. */
  readonly instantCount: number;
  readonly runCount: number;
  /** Instants that are not run, by reason. */
  readonly skipped: Readonly<Record<'overlap' | 'limit' | 'misfire' | 'coalesced', number>>;
  /** Runs that wait for their predecessor. */
  readonly queuedCount: number;
  /** Runs that are cancelled for a later one. */
  readonly replacedCount: number;
  /** Runs that reach their timeout. */
  readonly timeoutCount: number;
  /** Runs that begin later than the grace, for want of a free place. */
  readonly lateCount: number;
  readonly latenessMsMax: DurationMs;
}

export type JobTally = { -readonly [Key in keyof JobForecast]: JobForecast[Key] } & {
  skipped: Record<keyof JobForecast['skipped'], number>;
};

export function emptyTally(job: ForecastJob): JobTally {
  return {
    ...{ jobName: job.name, durationMs: job.durationMs, isAssumed: job.isAssumed },
    ...{ instantCount: 0, runCount: 0, queuedCount: 0, replacedCount: 0, timeoutCount: 0 },
    ...{ lateCount: 0, latenessMsMax: 0 },
    skipped: { overlap: 0, limit: 0, misfire: 0, coalesced: 0 },
  };
}
