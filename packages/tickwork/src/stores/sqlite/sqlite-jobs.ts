import { changeOfSave } from '../../core/model/change-of.ts';
import { checkCursor } from '../../core/model/check-plan.ts';
import { assert } from '../../core/model/errors.ts';
import type { Job, JobDefinition } from '../../core/model/job.ts';
import type { Json } from '../../core/model/json.ts';
import { jsonEquals } from '../../core/model/json-equals.ts';
import type { SkipRange } from '../../core/model/run.ts';
import type {
  Expected,
  JobFilter,
  JobWrite,
  StoredCalendar,
  WriteOutcome,
} from '../../core/ports/job-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import {
  type CalendarRow,
  calendarFromRow,
  type JobRow,
  jobSelect,
  type SkipRow,
  skipFromRow,
  writtenJobColumns,
  writtenJobValues,
} from '../sql/job-row.ts';
import type { SqlValue } from '../sql/sql-value.ts';
import { noteChange, noteFirstChange } from './job-changes.ts';
import { skipPending } from './move-run.ts';
import type { Session } from './session.ts';

const insertText = `
INSERT INTO tickwork_jobs (name, revision, created_at, ${writtenJobColumns.join(', ')})
VALUES (?, 1, ?, ${writtenJobColumns.map(() => '?').join(', ')}) RETURNING id`;

const isKnownText = 'SELECT 1 FROM tickwork_jobs WHERE name = ?';

const reviseText = `
UPDATE tickwork_jobs SET revision = revision + 1, skip_open = 0,
  ${writtenJobColumns.map((column) => `${column} = ?`).join(', ')}
WHERE id = ?`;

/** Saves one definition, inside a transaction. */
export function saveJob(session: Session, write: JobWrite): WriteOutcome {
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
  keepDefinition(session, made.id, 1, write.definition);
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
    job.status === expected.status;
  if (!standsSo) return 'conflict';
  database.run(reviseText, ...writtenJobValues(write), job.id);
  if (job.definition.tags.length > 0) {
    database.run('DELETE FROM tickwork_job_tags WHERE job_id = ?', job.id);
  }
  keepDefinition(session, job.id, job.revision + 1, write.definition);
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

function keepDefinition(
  session: Session,
  jobId: number,
  revision: number,
  definition: JobDefinition,
): void {
  session.database.run(
    'INSERT INTO tickwork_job_revisions (job_id, revision, definition) VALUES (?, ?, ?)',
    jobId,
    revision,
    JSON.stringify(definition),
  );
  for (const tag of new Set(definition.tags)) {
    session.database.run('INSERT INTO tickwork_job_tags (tag, job_id) VALUES (?, ?)', tag, jobId);
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

export function listJobs(
  session: Session,
  filter: JobFilter,
  page: { readonly after: string | null; readonly limit: number },
): Job[] {
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
  const rows = session.database.rows<JobRow>(
    `${jobSelect} WHERE ${conditions.join(' AND ')} ORDER BY j.name LIMIT ?`,
    ...values,
    page.limit,
  );
  return rows.map((row) => session.jobOf(row));
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
