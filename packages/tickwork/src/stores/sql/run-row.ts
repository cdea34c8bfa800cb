import type { Attempt, NewRun, Run, RunDefinition } from '../../core/model/run.ts';
import type { Instant } from '../../core/time/instant.ts';
import { jsonValue } from './json-text.ts';
import type { SqlValue } from './sql-value.ts';
import { storedText } from './stored-text.ts';

/** The columns that live and finished runs have in common. */
export const sharedRunColumns = [
  'id',
  'job_id',
  'job_revision',
  'origin',
  'fire_at',
  'start_at',
  'handler',
  'priority',
  'dedupe_key',
  'coalesced_count',
  'work_id',
  'definition',
  'input',
  'parent_id',
  'state',
  'reason',
  'due_at',
  'node_id',
  'fence',
  'attempt',
  'failed_count',
  'lost_count',
  'cancel_requested',
  'progress',
  'created_at',
  'started_at',
  'error',
  'exit_code',
] as const;

/** `seq` numbers live runs as they were stored, finished ones as they ended. */
export const liveRunSelect = `
SELECT seq, ${sharedRunColumns.join(', ')}, waiting, limit_key, NULL AS ended_at, NULL AS result
FROM tickwork_runs`;

export const finishedRunSelect = `
SELECT seq, ${sharedRunColumns.join(', ')}, 0 AS waiting, NULL AS limit_key, ended_at, result
FROM tickwork_history`;

/** A row of `liveRunSelect` or `finishedRunSelect`. */
export interface RunRow {
  readonly seq: number;
  readonly id: string;
  readonly job_id: number | null;
  readonly job_revision: number | null;
  readonly origin: Run['origin'];
  readonly fire_at: number;
  readonly start_at: number;
  readonly handler: string;
  readonly priority: number;
  readonly dedupe_key: string | null;
  readonly coalesced_count: number;
  /** Where task and policies stand, if `definition` is the input alone. */
  readonly work_id: number | null;
  readonly definition: string | null;
  readonly input: string | null;
  readonly parent_id: string | null;
  readonly state: Run['state'];
  readonly reason: Run['reason'];
  readonly due_at: number;
  /** 0 = no, 1 = yes, 2 = behind all others of its job (`backfill`). */
  readonly waiting: number;
  readonly limit_key: string | null;
  readonly node_id: string | null;
  readonly fence: number;
  readonly attempt: number;
  readonly failed_count: number;
  readonly lost_count: number;
  readonly cancel_requested: number;
  readonly progress: string | null;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly error: string | null;
  readonly exit_code: number | null;
  readonly result: string | null;
}

/** What enqueued runs can share: their definition without the input. */
export type Work = Omit<RunDefinition, 'input'>;

/** `work` is what stands under `work_id`. */
export function runFromRow(row: RunRow, jobName: string | null, work: Work | null): Run {
  const run: Run = {
    id: row.id,
    jobId: row.job_id,
    jobRevision: row.job_revision,
    jobName,
    origin: row.origin,
    fireAt: row.fire_at,
    startAt: row.start_at,
    handler: row.handler,
    priority: row.priority,
    dedupeKey: row.dedupe_key,
    coalescedCount: row.coalesced_count,
    definition: definitionOf(row.definition, work),
    parentId: row.parent_id,
    state: row.state,
    reason: row.reason,
    dueAt: row.due_at,
    waiting: row.waiting !== 0,
    limitKey: row.limit_key,
    nodeId: row.node_id,
    fence: row.fence,
    attempt: row.attempt,
    failedCount: row.failed_count,
    lostCount: row.lost_count,
    cancelRequested: row.cancel_requested === 1,
    progress: jsonValue(row.progress),
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    error: row.error,
    exitCode: row.exit_code,
    result: jsonValue(row.result),
  };
  return row.input === null ? run : { ...run, input: jsonValue(row.input) };
}

/** What differs between live runs that were never tried, have no job and wait for no room. */
export const freshRunColumns = [
  'seq',
  'id',
  'job_id',
  'attempt',
  'work_id',
  'origin',
  'fire_at',
  'start_at',
  'due_at',
  'handler',
  'priority',
  'dedupe_key',
  'coalesced_count',
  'definition',
  'input',
  'parent_id',
  'created_at',
  'reason',
] as const;

/** The values of `freshRunColumns`, in their order. */
export type FreshRow = readonly [
  seq: number,
  id: string,
  jobId: number | null,
  attempt: number,
  workId: number | null,
  origin: Run['origin'],
  fireAt: number,
  startAt: number,
  dueAt: number,
  handler: string,
  priority: number,
  dedupeKey: string | null,
  coalescedCount: number,
  definition: string | null,
  input: string | null,
  parentId: string | null,
  createdAt: number,
  reason: Run['reason'],
];

/** A run without a job that was never tried or put off, and that nobody holds. */
export function freshRunFromRow(row: FreshRow, work: Work | null): Run {
  const run: Run = {
    id: row[1],
    jobId: null,
    jobRevision: null,
    jobName: null,
    origin: row[5],
    fireAt: row[6],
    startAt: row[7],
    handler: row[9],
    priority: row[10],
    dedupeKey: row[11],
    coalescedCount: row[12],
    definition: definitionOf(row[13], work),
    parentId: row[15],
    state: 'PENDING',
    reason: null,
    dueAt: row[8],
    waiting: false,
    limitKey: null,
    nodeId: null,
    fence: 0,
    attempt: 0,
    failedCount: 0,
    lostCount: 0,
    cancelRequested: false,
    progress: null,
    createdAt: row[16],
    startedAt: null,
    endedAt: null,
    error: null,
    exitCode: null,
    result: null,
  };
  return row[14] === null ? run : { ...run, input: jsonValue(row[14]) };
}

/** Which fresh runs are plain: enqueued to be done at once, with nothing special. */
export const isPlainRun = `job_id IS NULL AND attempt = 0 AND fence = 0 AND reason IS NULL
  AND origin = 'enqueue' AND fire_at = due_at AND start_at = due_at AND dedupe_key IS NULL
  AND coalesced_count = 0 AND input IS NULL AND parent_id IS NULL`;

/** What differs between plain runs of one handler and priority. */
export const plainRunColumns = ['id', 'work_id', 'due_at', 'definition', 'created_at'] as const;

/** The values of `plainRunColumns`, in their order. */
export type PlainRow = readonly [
  id: string,
  workId: number | null,
  dueAt: number,
  definition: string | null,
  createdAt: number,
];

/** What open runs are found by besides their instant. */
export interface Lane {
  readonly handler: string;
  readonly priority: number;
}

export function plainRunFromRow(row: PlainRow, lane: Lane, work: Work | null): Run {
  return {
    id: row[0],
    jobId: null,
    jobRevision: null,
    jobName: null,
    origin: 'enqueue',
    fireAt: row[2],
    startAt: row[2],
    handler: lane.handler,
    priority: lane.priority,
    dedupeKey: null,
    coalescedCount: 0,
    definition: definitionOf(row[3], work),
    parentId: null,
    state: 'PENDING',
    reason: null,
    dueAt: row[2],
    waiting: false,
    limitKey: null,
    nodeId: null,
    fence: 0,
    attempt: 0,
    failedCount: 0,
    lostCount: 0,
    cancelRequested: false,
    progress: null,
    createdAt: row[4],
    startedAt: null,
    endedAt: null,
    error: null,
    exitCode: null,
    result: null,
  };
}

function definitionOf(text: string | null, work: Work | null): RunDefinition | null {
  if (text === null) return null;
  if (work === null) return storedText.runDefinition(text);
  const { task, policies } = work;
  return { task, policies, input: storedText.json(text) };
}

/** The columns that are set when a run is stored; the others have defaults. */
export const newRunColumns = [
  'id',
  'job_id',
  'job_revision',
  'origin',
  'fire_at',
  'start_at',
  'handler',
  'priority',
  'dedupe_key',
  'coalesced_count',
  'work_id',
  'definition',
  'input',
  'parent_id',
  'due_at',
  'node_id',
  'open',
  'created_at',
] as const;

/** The values of `newRunColumns`, in their order. An input of `null` is stored as the text. */
export function newRunValues(
  run: NewRun,
  nodeId: string | null,
  workId: number | null,
  at: Instant,
): SqlValue[] {
  const definition = workId === null ? run.definition : (run.definition?.input ?? null);
  const text = run.definition === null ? null : JSON.stringify(definition);
  return [
    run.id,
    run.jobId,
    run.jobRevision,
    run.origin,
    run.fireAt,
    run.startAt,
    run.handler,
    run.priority,
    run.dedupeKey,
    run.coalescedCount,
    workId,
    text,
    run.input === undefined ? null : JSON.stringify(run.input),
    run.parentId,
    run.startAt,
    nodeId,
    nodeId === null ? 1 : 0,
    at,
  ];
}

export interface AttemptRow {
  readonly run_id: string;
  readonly attempt: number;
  readonly fence: number;
  readonly node_id: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly outcome: Attempt['outcome'];
  readonly error: string | null;
  readonly exit_code: number | null;
}

export function attemptFromRow(row: AttemptRow): Attempt {
  return {
    runId: row.run_id,
    attempt: row.attempt,
    fence: row.fence,
    nodeId: row.node_id,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: row.outcome,
    error: row.error,
    exitCode: row.exit_code,
  };
}
