import type { Job, JobDefinition, JobSource, JobStatus } from '../../core/model/job.ts';
import type { SkipRange } from '../../core/model/run.ts';
import type { JobPosition, JobWrite, StoredCalendar } from '../../core/ports/job-store.ts';
import type { TriggerMemory } from '../../core/trigger/trigger.ts';
import type { SqlValue } from './sql-value.ts';

/** A row of `tickwork_jobs` joined with `tickwork_job_stats`; all counts are null without one. */
export interface JobRow {
  readonly id: number;
  readonly name: string;
  readonly revision: number;
  readonly source_kind: JobSource['kind'];
  readonly source_id: string;
  readonly status: JobStatus;
  readonly status_reason: string | null;
  readonly paused_until_at: number | null;
  readonly created_at: number;
  readonly effective_at: number;
  readonly cursor_at: number;
  readonly next_fire_at: number | null;
  readonly memory: string;
  readonly ended_at: number | null;
  readonly zone_version: string;
  readonly failures_in_row: number;
  readonly hold_until_at: number | null;
  readonly rests: string;
  readonly success_count: number | null;
  readonly failure_count: number | null;
  readonly cancelled_count: number | null;
  readonly skipped_count: number | null;
  readonly last_started_at: number | null;
  readonly last_ended_at: number | null;
  readonly last_state: string | null;
  readonly last_error: string | null;
  readonly duration_ms_total: number | null;
}

const columns = `
j.id, j.name, j.revision, j.source_kind, j.source_id, j.status, j.status_reason,
  j.paused_until_at, j.created_at, j.effective_at, j.cursor_at, j.next_fire_at, j.memory,
  j.ended_at, j.zone_version, j.failures_in_row, j.hold_until_at, j.rests,
  s.success_count, s.failure_count, s.cancelled_count,
  s.skipped_count, s.last_started_at, s.last_ended_at, s.last_state, s.last_error,
  s.duration_ms_total`;

const joinStats = 'LEFT JOIN tickwork_job_stats s ON s.job_id = j.id';

export const jobSelect = `SELECT ${columns} FROM tickwork_jobs j ${joinStats}`;

/** A row with its definition: for many jobs this is cheaper than a look-up each. */
export interface FullJobRow extends JobRow {
  readonly definition: string;
}

const joinDefinition = `JOIN tickwork_job_revisions d ON d.job_id = j.id AND d.revision = j.revision
${joinStats}`;

export const fullJobSelect = `SELECT ${columns}, d.definition
FROM tickwork_jobs j ${joinDefinition}`;

/** The jobs of a list of names in JSON; `at` is the place in the list. */
export const namedJobSelect = `SELECT asked.key AS at, ${columns}, d.definition
FROM json_each(?) AS asked CROSS JOIN tickwork_jobs j ON j.name = asked.value ${joinDefinition}`;

export function jobFromRow(row: JobRow, definition: JobDefinition): Job {
  const memory = JSON.parse(row.memory) as TriggerMemory;
  return {
    id: row.id,
    name: row.name,
    revision: row.revision,
    definition,
    source: { kind: row.source_kind, id: row.source_id },
    status: row.status,
    statusReason: row.status_reason,
    pausedUntilAt: row.paused_until_at,
    createdAt: row.created_at,
    effectiveAt: row.effective_at,
    cursorAt: row.cursor_at,
    nextFireAt: row.next_fire_at,
    memory: { ...memory, endedAt: row.ended_at },
    zoneVersion: row.zone_version,
    stats: {
      successCount: row.success_count ?? 0,
      failureCount: row.failure_count ?? 0,
      cancelledCount: row.cancelled_count ?? 0,
      skippedCount: row.skipped_count ?? 0,
      lastStartedAt: row.last_started_at,
      lastEndedAt: row.last_ended_at,
      lastState: row.last_state,
      lastError: row.last_error,
      durationMsTotal: row.duration_ms_total ?? 0,
    },
    failuresInRow: row.failures_in_row,
    holdUntilAt: row.hold_until_at,
    rests: JSON.parse(row.rests) as Job['rests'],
  };
}

/** The columns that a `JobWrite` sets and that many jobs of a list have alike. */
export const commonJobColumns = [
  'source_kind',
  'source_id',
  'status',
  'status_reason',
  'paused_until_at',
  'effective_at',
  'cursor_at',
  'memory',
  'zone_version',
  'event_driven',
  'rearm_after_ms',
  'retention_age_ms',
  'retention_runs_max',
  'retention_failed_age_ms',
  'retention_failed_runs_max',
] as const;

/** The columns of a job that a `JobWrite` sets, besides name, revision and creation. */
export const writtenJobColumns = [...commonJobColumns, 'next_fire_at', 'search_name'] as const;

/** The values of `commonJobColumns`, in their order. */
export function commonJobValues(write: JobWrite): SqlValue[] {
  const { retention } = write.definition.policies;
  return [
    write.source.kind,
    write.source.id,
    write.status,
    write.statusReason,
    write.pausedUntilAt,
    write.effectiveAt,
    write.position.cursorAt,
    memoryText(write.position),
    write.position.zoneVersion,
    write.eventDriven ? 1 : 0,
    write.rearmAfterMs,
    retention.ageMs,
    retention.runsMax,
    retention.failed?.ageMs ?? null,
    retention.failed?.runsMax ?? null,
  ];
}

/** The values of `writtenJobColumns`, in their order. */
export function writtenJobValues(write: JobWrite): SqlValue[] {
  const values = commonJobValues(write);
  values.push(write.position.nextFireAt, searchName(write.name));
  return values;
}

/** What `search` of a filter looks into where it is not the name itself. */
export function searchName(name: string): string | null {
  const lower = name.toLowerCase();
  return lower === name ? null : lower;
}

/** The end of the last run has a column of its own, which only the store writes. */
export function memoryText(position: JobPosition): string {
  return JSON.stringify({ ...position.memory, endedAt: null });
}

export interface SkipRow {
  readonly job_id: number;
  readonly from_at: number;
  readonly to_at: number;
  readonly count: number;
  readonly reason: SkipRange['reason'];
  readonly decided_at: number;
  readonly into_run_id: string | null;
  readonly note: string | null;
}

export function skipFromRow(row: SkipRow): SkipRange {
  return {
    jobId: row.job_id,
    fromAt: row.from_at,
    toAt: row.to_at,
    count: row.count,
    reason: row.reason,
    decidedAt: row.decided_at,
    intoRunId: row.into_run_id,
    ...(row.note === null ? {} : { note: row.note }),
  };
}

export interface CalendarRow {
  readonly name: string;
  readonly definition: string;
  readonly version: string;
  readonly source_kind: JobSource['kind'];
  readonly source_id: string;
}

export function calendarFromRow(row: CalendarRow): StoredCalendar {
  return {
    name: row.name,
    definition: JSON.parse(row.definition) as StoredCalendar['definition'],
    version: row.version,
    source: { kind: row.source_kind, id: row.source_id },
  };
}
