import type { Attempt, Run } from '../../core/model/run.ts';
import { parseRunPlace, printRunPlace } from '../../core/model/run-place.ts';
import type { OutputChunk, RunFilter, RunPage } from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import {
  type AttemptRow,
  attemptFromRow,
  finishedRunSelect,
  liveRunSelect,
  type RunRow,
} from '../sql/run-row.ts';
import type { SqlValue } from '../sql/sql-value.ts';
import type { Session } from './session.ts';

const OVERDUE_MAX = 10_000;

export function findRun(session: Session, runId: string): Run | null {
  const { database } = session;
  const row =
    database.get<RunRow>(`${liveRunSelect} WHERE id = ?`, runId) ??
    database.get<RunRow>(`${finishedRunSelect} WHERE id = ?`, runId);
  return row === undefined ? null : session.runOf(row);
}

const isOverdue = `fire_at <= ?2 AND state = 'PENDING' AND origin = 'schedule' AND waiting = 0
  AND limit_key IS NULL`;

/** Most jobs have none: to ask for whole rows of each costs many times as much. */
const overdueJobsText = `
SELECT value AS job_id FROM json_each(?1) AS job
WHERE EXISTS (SELECT 1 FROM tickwork_runs WHERE job_id = job.value AND ${isOverdue})`;

export function findOverdue(session: Session, jobIds: readonly number[], until: Instant): Run[] {
  const found: Run[] = [];
  const asked = JSON.stringify(jobIds);
  for (const [jobId] of session.database.rows<[number]>(overdueJobsText, asked, until)) {
    const rows = session.database.all<RunRow>(
      `${liveRunSelect} WHERE job_id = ?1 AND ${isOverdue} ORDER BY fire_at, id LIMIT ?3`,
      jobId,
      until,
      OVERDUE_MAX - found.length,
    );
    for (const row of rows) found.push(session.runOf(row));
  }
  return found;
}

/** Live runs by falling `seq`, then finished ones by falling `seq`. */
export function listRuns(
  session: Session,
  filter: RunFilter,
  page: { readonly after: string | null; readonly limit: number },
): RunPage {
  const after = page.after === null ? null : parseRunPlace(page.after);
  const rows: { part: 'live' | 'finished'; row: RunRow }[] = [];
  for (const part of ['live', 'finished'] as const) {
    if (part === 'live' && after?.part === 'finished') continue;
    const before = after?.part === part ? after.seq : null;
    const limit = page.limit + 1 - rows.length;
    if (limit <= 0) break;
    for (const row of readPart(session, part, filter, before, limit)) rows.push({ part, row });
  }
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  const more = rows.length > page.limit;
  const next =
    last === undefined ? page.after : printRunPlace({ part: last.part, seq: last.row.seq });
  return { runs: shown.map(({ row }) => session.runOf(row)), next: more ? next : null };
}

function readPart(
  session: Session,
  part: 'live' | 'finished',
  filter: RunFilter,
  before: number | null,
  limit: number,
): RunRow[] {
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const add = (condition: string, ...more: SqlValue[]): void => {
    conditions.push(condition);
    values.push(...more);
  };
  if (before !== null) add('seq < ?', before);
  if (filter.jobId !== undefined) add('job_id = ?', filter.jobId);
  if (filter.jobName !== undefined) {
    add(
      `job_id IN (SELECT id FROM tickwork_jobs WHERE name = ?
        UNION ALL SELECT id FROM tickwork_deleted_jobs WHERE name = ?)`,
      filter.jobName,
      filter.jobName,
    );
  }
  if (filter.states !== undefined) {
    add('state IN (SELECT value FROM json_each(?))', JSON.stringify(filter.states));
    // What the conditions of the partial indexes say, so that they can serve.
    if (part === 'finished' && !filter.states.includes('SUCCESS')) add("state <> 'SUCCESS'");
    const running = filter.states.every((state) => state === 'RUNNING');
    if (part === 'live' && running) add('node_id IS NOT NULL');
  }
  if (filter.origin !== undefined) add('origin = ?', filter.origin);
  if (filter.handler !== undefined) add('handler = ?', filter.handler);
  if (filter.fromAt !== undefined) add('fire_at >= ?', filter.fromAt);
  if (filter.toAt !== undefined) add('fire_at < ?', filter.toAt);
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const select = part === 'live' ? liveRunSelect : finishedRunSelect;
  return session.database.all<RunRow>(
    `${select}${where} ORDER BY seq DESC LIMIT ?`,
    ...values,
    limit,
  );
}

interface LastAttemptRow extends Omit<AttemptRow, 'node_id' | 'started_at'> {
  readonly node_id: string | null;
  readonly started_at: number | null;
}

export function readRun(
  session: Session,
  runId: string,
  output: {
    readonly after: { readonly attempt: number; readonly seq: number } | null;
    readonly limit: number;
  },
): { attempts: Attempt[]; output: OutputChunk[] } {
  const { database } = session;
  const ended = database.all<AttemptRow>(
    'SELECT * FROM tickwork_attempts WHERE run_id = ? ORDER BY attempt',
    runId,
  );
  const last = database.get<LastAttemptRow>(
    `SELECT id AS run_id, attempt, fence, node_id, started_at, NULL AS ended_at,
      'running' AS outcome, NULL AS error, NULL AS exit_code
    FROM tickwork_runs WHERE id = ?1 AND state = 'RUNNING'
    UNION ALL
    SELECT id, attempt, fence, node_id, started_at, ended_at, outcome, error, exit_code
    FROM tickwork_history WHERE id = ?1 AND outcome IS NOT NULL`,
    runId,
  );
  const attempts = ended.map(attemptFromRow);
  if (last !== undefined) {
    const { node_id, started_at } = last;
    attempts.push(attemptFromRow({ ...last, node_id: node_id ?? '', started_at: started_at ?? 0 }));
  }
  const chunks = database.all<OutputChunk>(
    `SELECT attempt, seq, at, stream, text FROM tickwork_output
    WHERE run_id = ? AND (attempt, seq) > (?, ?) ORDER BY attempt, seq LIMIT ?`,
    runId,
    output.after?.attempt ?? -1,
    output.after?.seq ?? -1,
    output.limit,
  );
  return { attempts, output: chunks.map((chunk) => ({ ...chunk })) };
}
