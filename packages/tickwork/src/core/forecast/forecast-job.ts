import type { Limits } from '../dispatcher/limits-of.ts';
import type { Policies } from '../model/policy.ts';
import type { TriggerMemory } from '../model/trigger-memory.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { Standing } from '../planner/outlook.ts';
import type { SlotKind } from '../ports/task-kind.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import type { Trigger } from '../trigger/trigger.ts';

/** One job as a forecast needs it. */
export interface ForecastJob {
  readonly name: string;
  readonly spec: TriggerSpec;
  readonly trigger: Trigger;
  readonly memory: TriggerMemory;
  /** The last planned instant; walking goes on from here. */
  readonly cursorAt: Instant;
  readonly policies: Policies;
  readonly slotKind: SlotKind;
  /** Who takes its runs: runs of one handler wait in one line for a key. */
  readonly handler: string;
  /** What each of its starts must find room in. */
  readonly limits: Limits;
  /** What each of its runs is taken to need. */
  readonly durationMs: DurationMs;
  /** True if nothing was measured. */
  readonly isAssumed: boolean;
  /** What was set about it: a pause, windows to pass over, the wait after a failure. */
  readonly standing: Standing;
}

/**
 * Why instants of a forecast are not run, in the words of the ledger: `paused` (also by `skip`),
 * `backoff` (after a failure), `overlap`, `limit` (a queue is full), `misfire` and `coalesced`
 * (too late for want of a place), `too-late` (later than `startWithin`), `calendar` (moved into
 * excluded hours by a clock change).
 */
export type ForecastSkip =
  | 'paused'
  | 'backoff'
  | 'overlap'
  | 'limit'
  | 'misfire'
  | 'coalesced'
  | 'too-late'
  | 'calendar';

/** What becomes of one job in a forecast. */
export interface JobForecast {
  readonly jobName: string;
  readonly durationMs: DurationMs;
  readonly isAssumed: boolean;
  /** Instants of its trigger in the period. */
  readonly instantCount: number;
  readonly runCount: number;
  /** Instants that are not run, by reason. */
  readonly skipped: Readonly<Record<ForecastSkip, number>>;
  /** Runs that wait for their predecessor. */
  readonly queuedCount: number;
  /** Runs that are cancelled for a later one. */
  readonly replacedCount: number;
  /** Runs that reach their timeout. */
  readonly timeoutCount: number;
  /** Runs that start later than the grace because no slot is free. */
  readonly lateCount: number;
  readonly latenessMsMax: DurationMs;
  /** Runs that a limit lets begin later: concurrency by key, a pool, a rate. */
  readonly limitedCount: number;
  /** The longest of these waits. */
  readonly limitedMsMax: DurationMs;
}

export type JobTally = { -readonly [Key in keyof JobForecast]: JobForecast[Key] } & {
  skipped: Record<ForecastSkip, number>;
};

export function emptyTally(job: ForecastJob): JobTally {
  return {
    ...{ jobName: job.name, durationMs: job.durationMs, isAssumed: job.isAssumed },
    ...{ instantCount: 0, runCount: 0, queuedCount: 0, replacedCount: 0, timeoutCount: 0 },
    ...{ lateCount: 0, latenessMsMax: 0, limitedCount: 0, limitedMsMax: 0 },
    skipped: {
      ...{ paused: 0, backoff: 0, overlap: 0, limit: 0 },
      ...{ misfire: 0, coalesced: 0, 'too-late': 0, calendar: 0 },
    },
  };
}
