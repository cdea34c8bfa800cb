import { assert } from '../../core/base/errors.ts';
import type { Json } from '../../core/base/json.ts';
import { jsonEquals } from '../../core/base/json-equals.ts';
import { changeOfSave } from '../../core/ledger/change-of.ts';
import { checkCursor } from '../../core/ledger/check-plan.ts';
import type { Job } from '../../core/model/job.ts';
import type { SkipRange } from '../../core/model/run.ts';
import type {
  Expected,
  JobFilter,
  JobWrite,
  ListedJob,
  StoredCalendar,
  WriteOutcome,
} from '../../core/ports/job-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import {
  type CalendarRow,
  calendarFromRow,
  type FullJobRow,
  fullJobSelect,
  type JobRow,
  jobSelect,
  type NamedJobRow,
  namedJobSelect,
  type SkipRow,
  skipFromRow,
  writtenJobColumns,
  writtenJobValues,
} from '../sql/job-row.ts';
import type { SqlValue } from '../sql/sql-value.ts';
import { endOfAlike, insertTogether, keepDefinition } from './insert-jobs.ts';
import { noteChange, noteFirstChange } from './job-changes.ts';
import { skipPending } from './move-run.ts';
import type { Session } from './session.ts';

/** Fewer names are looked up one by one. */
const NAMES_TOGETHER_MIN = 8;

const insertText = `
INSERT INTO tickwork_jobs (name, revision, created_at, ${writtenJobColumns.join(', ')})
VALUES (?, 1, ?, ${writtenJobColumns.map(() => '?').join(', ')}) RETURNING id`;

const isKnownText = 'SELECT 1 FROM tickwork_jobs WHERE name = ?';

const reviseText = `
UPDATE tickwork_jobs SET revision = revision + 1, skip_open = 0,
  ${writtenJobColumns.map((column) => `${column} = ?`).join(', ')}
WHERE id = ?`;

/** Saves definitions in their order, inside a transaction: plain new jobs in bulk. */
export function saveJobs(session: Session, writes: readonly JobWrite[]): WriteOutcome[] {
  const outcomes: WriteOutcome[] = [];
  for (let from = 0; from < writes.length; ) {
    const until = endOfAlike(writes, from);
    const alike = writes.slice(from, until);
    if (alike.length > 0 && insertTogether(session, alike)) {
      for (const _ of alike) outcomes.push('written');
      from = until;
      continue;
    }
    const end = Math.max(until, from + 1);
    for (; from < end; from++) outcomes.push(saveJob(session, writes[from] as JobWrite));
  }
  return outcomes;
}

function saveJob(session: Session, write: JobWrite): WriteOutcome {
  const { database } = session;
  if (write.expected !== null) return reviseJob(session, write, write.expected);
  // Asked first: an insert that does nothing would count the ids up, which others notice.
  if (database.get(isKnownText, write.name) !== undefined) {
    const job = findJob(session, write.name);
    return job !== null && isSame(job, write) ? 'written' : 'conflict';
  }
  const values = writtenJobValues(write);
  const made = database.get<{ id: number }>(insertText, write.name, write.at, ...values);
  assert(made !== undefined, 'A new job has its id.');
  keepDefinition(session, { jobId: made.id, revision: 1 }, write.definition);
  noteFirstChange(session, changeOfSave(made.id, 1, write));
  session.noteJobs();
  return 'written';
}

function reviseJob(session: Session, write: JobWrite, expected: Expected): WriteOutcome {
  const { database } = session;
  const job = findJob(session, write.name);
  if (job === null || job.id !== expected.jobId) return 'conflict';
  const repeated =
    job.revision === expected.revision + 1 &&
    job.effectiveAt === write.effectiveAt &&
    isSame(job, write);
  if (repeated) return 'written';
  const standsSo =
    job.revision === expected.revision &&
    job.cursorAt === expected.cursorAt &&
    job.status === expected.status &&
    (job.memory.endedAt ?? null) === expected.endedAt;
  if (!standsSo) return 'conflict';
  database.run(reviseText, ...writtenJobValues(write), job.id);
  if (job.definition.tags.length > 0) {
    database.run('DELETE FROM tickwork_job_tags WHERE job_id = ?', job.id);
  }
  const key = { jobId: job.id, revision: job.revision + 1 };
  keepDefinition(session, key, write.definition);
  noteChange(session, changeOfSave(job.id, job.revision + 1, write));
  if (write.supersede !== null) {
    skipPending(session, job.id, write.supersede, write.at);
  }
  session.noteJobs();
  return 'written';
}

export function checkWrites(writes: readonly JobWrite[]): void {
  for (const { expected, position } of writes) {
    if (expected !== null) checkCursor(expected, position.cursorAt);
  }
}

function isSame(job: Job, write: JobWrite): boolean {
  return (
    job.source.kind === write.source.kind &&
    job.source.id === write.source.id &&
    jsonEquals(job.definition as unknown as Json, write.definition as unknown as Json)
  );
}

export function findJob(session: Session, name: string): Job | null {
  const [row] = session.database.rows<JobRow>(`${jobSelect} WHERE j.name = ?`, name);
  return row === undefined ? null : session.jobOf(row);
}

export function findJobs(session: Session, names: readonly string[]): (Job | null)[] {
  // Half a character is another one in JSON than as a parameter.
  if (names.length < NAMES_TOGETHER_MIN || !names.every((name) => name.isWellFormed())) {
    return names.map((name) => findJob(session, name));
  }
  const found = new Array<Job | null>(names.length).fill(null);
  const rows = session.database.rows<NamedJobRow>(namedJobSelect, JSON.stringify(names));
  for (const row of rows) found[row[28]] = session.fullJobOf(row);
  return found;
}

export function listJobs(
  session: Session,
  filter: JobFilter,
  page: { readonly after: string | null; readonly limit: number },
): ListedJob[] {
  const conditions = ['j.name > ?'];
  const values: SqlValue[] = [page.after ?? ''];
  if (page.after === null) conditions[0] = 'j.name >= ?';
  const add = (condition: string, ...more: SqlValue[]): void => {
    conditions.push(condition);
    values.push(...more);
  };
  if (filter.status !== undefined) add('j.status = ?', filter.status);
  if (filter.source !== undefined) {
    add('j.source_kind = ? AND j.source_id = ?', filter.source.kind, filter.source.id);
  }
  if (filter.tag !== undefined) {
    add('j.id IN (SELECT job_id FROM tickwork_job_tags WHERE tag = ?)', filter.tag);
  }
  // Written out, not a parameter, so that the partial index can serve it.
  if (filter.eventDriven !== undefined) add(`j.event_driven = ${filter.eventDriven ? 1 : 0}`);
  if (filter.search !== undefined) {
    add('instr(ifnull(j.search_name, j.name), ?) > 0', filter.search.toLowerCase());
  }
  const rows = session.database.rows<FullJobRow>(
    `${fullJobSelect} WHERE ${conditions.join(' AND ')} ORDER BY j.name LIMIT ?`,
    ...values,
    page.limit,
  );
  const running = runningCounts(session, rows);
  return rows.map((row) => ({ ...session.fullJobOf(row), runningCount: running.get(row[0]) ?? 0 }));
}

function runningCounts({ database }: Session, rows: readonly FullJobRow[]): Map<number, number> {
  const counted = database.rows<[jobId: number, count: number]>(
    `SELECT job_id, count(*) FROM tickwork_runs
    WHERE job_id IN (SELECT value FROM json_each(?)) AND state = 'RUNNING' GROUP BY job_id`,
    JSON.stringify(rows.map(([jobId]) => jobId)),
  );
  return new Map(counted);
}

/** Removes one job, inside a transaction; false if there is none. */
export function deleteJob(session: Session, jobId: number, at: Instant): boolean {
  const { database } = session;
  const kept = database.run(
    `INSERT INTO tickwork_deleted_jobs (id, name, deleted_at)
    SELECT id, name, ?2 FROM tickwork_jobs WHERE id = ?1`,
    jobId,
    at,
  );
  if (kept === 0) return false;
  skipPending(session, jobId, 'all', at);
  database.run('DELETE FROM tickwork_jobs WHERE id = ?', jobId);
  database.run('DELETE FROM tickwork_job_tags WHERE job_id = ?', jobId);
  database.run('DELETE FROM tickwork_job_changes WHERE job_id = ?', jobId);
  session.noteJobs();
  return true;
}

export function listSkips(
  session: Session,
  jobId: number,
  fromAt: Instant,
  toAt: Instant,
  limit: number,
): SkipRange[] {
  // Ranges of a job do not overlap, so only the last one that begins before can reach in.
  const rows = session.database.all<SkipRow>(
    `SELECT * FROM tickwork_skips WHERE job_id = ?1 AND to_at >= ?2 AND from_at <= ?3
      AND from_at >= ifnull((SELECT max(from_at) FROM tickwork_skips
        WHERE job_id = ?1 AND from_at <= ?2), 0)
    ORDER BY from_at LIMIT ?4`,
    jobId,
    fromAt,
    toAt,
    limit,
  );
  return rows.map(skipFromRow);
}

export function saveCalendars(session: Session, calendars: readonly StoredCalendar[]): void {
  for (const { name, definition, version, source } of calendars) {
    session.database.run(
      `INSERT INTO tickwork_calendars (name, definition, version, source_kind, source_id)
      VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET definition = excluded.definition,
        version = excluded.version, source_kind = excluded.source_kind,
        source_id = excluded.source_id`,
      name,
      JSON.stringify(definition),
      version,
      source.kind,
      source.id,
    );
  }
  if (calendars.length > 0) session.noteJobs();
}

export function listCalendars(session: Session): StoredCalendar[] {
  const rows = session.database.all<CalendarRow>('SELECT * FROM tickwork_calendars ORDER BY name');
  return rows.map(calendarFromRow);
}
