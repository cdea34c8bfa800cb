import type { DstRule } from '../time/dst-rule.ts';
import type { DurationMs, Instant } from '../time/instant.ts';

/**
 * The stored form of a trigger: plain JSON, complete (every default filled in),
 * with absolute units. `parseTrigger` makes it from what users write,
 * `compileTrigger` makes the evaluator from it.
 */
export type TriggerSpec = (
  | CronSpec
  | IntervalSpec
  | FixedDelaySpec
  | DailySpec
  | WeeklySpec
  | MonthlySpec
  | OnceSpec
  | RandomSpec
  | StartupSpec
  | AfterSpec
  | ManualSpec
  | UnionSpec
) &
  TriggerBounds;

/** Limits and shifts that any trigger may carry. */
export interface TriggerBounds {
  /** No instant before this one. Inclusive. */
  readonly startAt?: Instant;
  /** No instant after this one. Inclusive. */
  readonly endAt?: Instant;
  /** Maximum number of instants in the life of the trigger. */
  readonly runsMax?: number;
  /** Each start is moved by a stable hash of (job name, instant) in 0..jitterMs. */
  readonly jitterMs?: DurationMs;
  /** The name of a calendar that says on which days the trigger may fire. */
  readonly calendar?: string;
  /** The zone whose clock the calendar reads, for kinds that have no time of day. */
  readonly calendarZone?: string;
  /** What happens on a day the calendar excludes; default `skip`. Wall-clock kinds alone roll. */
  readonly roll?: RollRule;
}

/** `skip` drops the instant; the others move it to a working day at the same local time. */
export type RollRule =
  | 'skip'
  | 'following'
  | 'preceding'
  | 'modified-following'
  | 'modified-preceding';

export interface CronSpec {
  readonly kind: 'cron';
  /** 5, 6 (seconds first) or 7 (year last) fields, or a nickname such as `@daily`. */
  readonly expression: string;
  readonly zone: string;
  readonly dialect: 'standard' | 'quartz';
  /** Absent: decided by the hour field (time-of-day after/first, interval-like skip/both). */
  readonly dst?: DstRule;
}

/** Anchored: `anchor + k·every`, whatever the runs take. */
export interface IntervalSpec {
  readonly kind: 'interval';
  readonly everyMs: DurationMs;
  /** One instant of the grid; absent: the instant from which the job is in force. */
  readonly anchorAt?: Instant;
}

/** The next instant is the end of the last run plus the delay. */
export interface FixedDelaySpec {
  readonly kind: 'fixed-delay';
  readonly delayMs: DurationMs;
}

/** Wall-clock times of a day, `HH:MM` or `HH:MM:SS`, ascending. */
export interface DailySpec {
  readonly kind: 'daily';
  readonly times: readonly string[];
  readonly zone: string;
  /** Every n-th day counted from `anchorDate` (`YYYY-MM-DD`); default 1. */
  readonly every: number;
  readonly anchorDate?: string;
  readonly dst: DstRule;
}

export interface WeeklySpec {
  readonly kind: 'weekly';
  /** 1 = Monday … 7 = Sunday, ascending. */
  readonly weekdays: readonly number[];
  readonly times: readonly string[];
  readonly zone: string;
  /** Every n-th week (Monday first) counted from the week of `anchorDate`; default 1. */
  readonly every: number;
  readonly anchorDate?: string;
  readonly dst: DstRule;
}

export interface MonthlySpec {
  readonly kind: 'monthly';
  readonly days: readonly MonthDay[];
  readonly times: readonly string[];
  readonly zone: string;
  /** Every n-th month counted from the month of `anchorDate`; default 1. */
  readonly every: number;
  readonly anchorDate?: string;
  readonly dst: DstRule;
}

/**
 * `day` 1..31 (absent in shorter months), or -1 = last day, -2 = the day before, …;
 * or the `nth` (1..5, -1 = last) `weekday` (1 = Monday … 7 = Sunday);
 * or the `nth` (1.., -1 = last) working day of the trigger's calendar (Monday to Friday
 * without one).
 */
export type MonthDay =
  | { readonly day: number }
  | { readonly nth: number; readonly weekday: number }
  | { readonly nth: number; readonly workday: true };

export interface OnceSpec {
  readonly kind: 'once';
  readonly at: Instant;
  /** Accept an instant older than the misfire grace at creation. */
  readonly allowPast?: boolean;
}

/** Each instant follows the former by a length drawn from minMs..maxMs, uniform. */
export interface RandomSpec {
  readonly kind: 'random';
  readonly minMs: DurationMs;
  readonly maxMs: DurationMs;
  /** Same seed, job name and former instant: same next instant. */
  readonly seed: string;
  /** Local hours in which instants may fall, `[from, to)` each, such as `08:00`–`22:00`. */
  readonly activeHours?: readonly { readonly from: string; readonly to: string }[];
  /** Seven weights ≥ 0, Monday first: a day of weight 0 gets none, 2 twice as many as 1. */
  readonly weekdayWeights?: readonly number[];
  readonly zone: string;
}

/** Fires when a scheduler starts: every node's start, or only the first node of a cold cluster. */
export interface StartupSpec {
  readonly kind: 'startup';
  readonly scope: 'cluster' | 'node';
}

/** Fires when a run of one of `jobs` ends in the wanted way. */
export interface AfterSpec {
  readonly kind: 'after';
  readonly jobs: readonly string[];
  readonly on: 'success' | 'failure' | 'completion';
}

/** Fires only by hand. */
export interface ManualSpec {
  readonly kind: 'manual';
}

/** The union of its members: equal instants count once. Unions do not nest. */
export interface UnionSpec {
  readonly kind: 'any';
  readonly of: readonly TriggerSpec[];
}

/** True for kinds by the wall clock: these meet clock changes, and their instants can roll. */
export function hasTimeOfDay(spec: TriggerSpec): spec is TriggerSpec & WallClockSpec {
  const { kind } = spec;
  return kind === 'cron' || kind === 'daily' || kind === 'weekly' || kind === 'monthly';
}

export type WallClockSpec = CronSpec | DailySpec | WeeklySpec | MonthlySpec;

/** The zone in which people read the instants of a trigger; `null` if it names none. */
export function readingZoneOf(spec: TriggerSpec): string | null {
  const parts = spec.kind === 'any' ? spec.of : [spec];
  for (const part of parts) if ('zone' in part) return part.zone;
  return parts.find((part) => part.calendarZone !== undefined)?.calendarZone ?? null;
}
