import type { Job, JobDefinition, JobSource, JobState, JobStatus } from '../../core/model/job.ts';
import type { SkipRange } from '../../core/model/run.ts';
import type { TriggerMemory } from '../../core/model/trigger-memory.ts';
import type { JobPosition, JobWrite, StoredCalendar } from '../../core/ports/job-store.ts';
import type { SqlValue } from './sql-value.ts';
import { storedText } from './stored-text.ts';

/** A row of `jobStateSelect`, as an array. */
export type JobStateRow = readonly [
  id: number,
  name: string,
  revision: number,
  sourceKind: JobSource['kind'],
  sourceId: string,
  status: JobStatus,
  statusReason: string | null,
  pausedUntilAt: number | null,
  createdAt: number,
  effectiveAt: number,
  cursorAt: number,
  nextFireAt: number | null,
  memory: string,
  endedAt: number | null,
  zoneVersion: string,
  failuresInRow: number,
  holdUntilAt: number | null,
  skipWindows: string,
];

/** A row of `jobSelect`, as an array; all counts are null without a row of statistics. */
export type JobRow = readonly [
  ...row: JobStateRow,
  successCount: number | null,
  failureCount: number | null,
  cancelledCount: number | null,
  skippedCount: number | null,
  lastStartedAt: number | null,
  lastEndedAt: number | null,
  lastState: string | null,
  lastError: string | null,
  durationMsTotal: number | null,
];

const stateColumns = `
j.id, j.name, j.revision, j.source_kind, j.source_id, j.status, j.status_reason,
  j.paused_until_at, j.created_at, j.effective_at, j.cursor_at, j.next_fire_at, j.memory,
  j.ended_at, j.zone_version, j.failures_in_row, j.hold_until_at, j.skip_windows`;

const columns = `${stateColumns},
  s.success_count, s.failure_count, s.cancelled_count,
  s.skipped_count, s.last_started_at, s.last_ended_at, s.last_state, s.last_error,
  s.duration_ms_total`;

const joinStats = 'LEFT JOIN tickwork_job_stats s ON s.job_id = j.id';

export const jobStateSelect = `SELECT ${stateColumns} FROM tickwork_jobs j`;

export const jobSelect = `SELECT ${columns} FROM tickwork_jobs j ${joinStats}`;

/** A row with its definition: for many jobs this is cheaper than a look-up each. */
export type FullJobRow = readonly [...row: JobRow, definition: string];

/** A row of `namedJobSelect`. */
export type NamedJobRow = readonly [...row: FullJobRow, at: number];

const joinDefinition = `JOIN tickwork_job_revisions d ON d.job_id = j.id AND d.revision = j.revision
${joinStats}`;

export const fullJobSelect = `SELECT ${columns}, d.definition
FROM tickwork_jobs j ${joinDefinition}`;

/** The jobs of a list of names in JSON; `at` is the place in the list. */
export const namedJobSelect = `SELECT ${columns}, d.definition, asked.key AS at
FROM json_each(?) AS asked CROSS JOIN tickwork_jobs j ON j.name = asked.value ${joinDefinition}`;

const noSkipWindows: Job['skipWindows'] = [];

/** What of a row is text in itself, read. */
export interface JobTexts {
  readonly definition: JobDefinition;
  /** Of the column, where the end of the last run does not stand. */
  readonly memory: TriggerMemory;
}

export function jobFromRow(row: JobRow | FullJobRow | NamedJobRow, texts: JobTexts): Job {
  return {
    ...jobStateFromRow(row, texts),
    stats: {
      successCount: row[18] ?? 0,
      failureCount: row[19] ?? 0,
      cancelledCount: row[20] ?? 0,
      skippedCount: row[21] ?? 0,
      lastStartedAt: row[22],
      lastEndedAt: row[23],
      lastState: row[24],
      lastError: row[25],
      durationMsTotal: row[26] ?? 0,
    },
  };
}

export function jobStateFromRow(
  row: JobStateRow | JobRow | FullJobRow | NamedJobRow,
  { definition, memory }: JobTexts,
): JobState {
  return {
    id: row[0],
    name: row[1],
    revision: row[2],
    definition,
    source: { kind: row[3], id: row[4] },
    status: row[5],
    statusReason: row[6],
    pausedUntilAt: row[7],
    createdAt: row[8],
    effectiveAt: row[9],
    cursorAt: row[10],
    nextFireAt: row[11],
    memory: row[13] === null ? memory : { ...memory, endedAt: row[13] },
    zoneVersion: row[14],
    failuresInRow: row[15],
    holdUntilAt: row[16],
    skipWindows: row[17] === '[]' ? noSkipWindows : storedText.skipWindows(row[17]),
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
    definition: storedText.calendar(row.definition),
    version: row.version,
    source: { kind: row.source_kind, id: row.source_id },
  };
}
