import type { Json } from '../base/json.ts';
import type { Instant } from '../time/instant.ts';
import type { Policies } from './policy.ts';
import type { SkipWindow } from './skip-window.ts';
import type { TaskSpec } from './task-spec.ts';
import type { TriggerMemory } from './trigger-memory.ts';
import type { TriggerSpec } from './trigger-spec.ts';

/** What a user declares, complete: every default is filled in. Stored as JSON by revision. */
export interface JobDefinition {
  readonly trigger: TriggerSpec;
  readonly task: TaskSpec;
  readonly input: Json;
  readonly policies: Policies;
  readonly tags: readonly string[];
  readonly description: string;
}

export type JobStatus = 'active' | 'paused' | 'disabled';

/** Who declared a job: only the same source may disable it by leaving it out. */
export interface JobSource {
  readonly kind: 'code' | 'file' | 'api';
  /** The path of a file relative to the directory of its store; `''` otherwise. */
  readonly id: string;
}

/** Counts over the life of a job; they outlive pruned history. */
export interface JobStats {
  readonly successCount: number;
  readonly failureCount: number;
  readonly cancelledCount: number;
  readonly skippedCount: number;
  readonly lastStartedAt: Instant | null;
  readonly lastEndedAt: Instant | null;
  readonly lastState: string | null;
  readonly lastError: string | null;
  /** Sum of the run times of finished runs, for the mean. */
  readonly durationMsTotal: number;
}

/** A stored job, without its counts: what deciding about its instants needs. */
export interface JobState {
  /** Given by the store, never used twice in one store. */
  readonly id: number;
  /** Unique; 1 to 200 characters. */
  readonly name: string;
  /** Starts at 1 and grows with each change of the definition. */
  readonly revision: number;
  readonly definition: JobDefinition;
  readonly source: JobSource;
  readonly status: JobStatus;
  /** Why it is paused or disabled; `null` while active. */
  readonly statusReason: string | null;
  /** When a pause ends by itself. */
  readonly pausedUntilAt: Instant | null;
  readonly createdAt: Instant;
  /** From when the revision counts: instants up to here belong to the former one. */
  readonly effectiveAt: Instant;
  /** The last planned instant; never decreases. Every instant up to here has its row. */
  readonly cursorAt: Instant;
  /** When the planner must look again; `null` = only events can wake the job. */
  readonly nextFireAt: Instant | null;
  readonly memory: TriggerMemory;
  /** The version of the zone rules with which `nextFireAt` was computed. */
  readonly zoneVersion: string;
  /** Failed runs since the last success or resumption, counted while a failure policy asks. */
  readonly failuresInRow: number;
  /** Until then (exclusive) what is due is SKIPPED(backoff), by the failure policy. */
  readonly holdUntilAt: Instant | null;
  /** Stretches of time in which its instants are passed over, in any order. */
  readonly skipWindows: readonly SkipWindow[];
}

/** A stored job. */
export interface Job extends JobState {
  readonly stats: JobStats;
}
