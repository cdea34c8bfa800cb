import { assert } from '../../core/base/errors.ts';
import type { Json } from '../../core/base/json.ts';
import { jsonEquals } from '../../core/base/json-equals.ts';
import type { JobDefinition } from '../../core/model/job.ts';
import type { RetentionPolicy } from '../../core/model/policy.ts';
import type { JobPosition, JobWrite } from '../../core/ports/job-store.ts';
import { commonJobColumns, commonJobValues, searchName } from '../sql/job-row.ts';
import { noteFirstChanges } from './job-changes.ts';
import type { Session } from './session.ts';
import { isTaken } from './translate-error.ts';

/** Fewer in a row are cheaper one by one. */
const TOGETHER_MIN = 4;

/** A name stands as the key of its next instant, or of that and the name to be searched for. */
const insertText = `
INSERT INTO tickwork_jobs (name, next_fire_at, search_name, revision, created_at,
  ${commonJobColumns.join(', ')})
SELECT key, iif(type = 'array', value ->> 0, value), iif(type = 'array', value ->> 1, NULL),
  1, ?, ${commonJobColumns.map(() => '?').join(', ')}
FROM json_each(?)`;

/**
 * Up to where, from `from` on (exclusive), new jobs stand in a row that differ in nothing but
 * their names, next instants and definitions, so that one statement can insert them; `from`
 * itself if they are too few.
 */
export function endOfAlike(writes: readonly JobWrite[], from: number): number {
  const first = writes[from];
  if (first === undefined || !isPlain(first)) return from;
  let until = from + 1;
  for (let next = writes[until]; next !== undefined; next = writes[until]) {
    if (!isPlain(next) || !isAlike(first, next)) break;
    until++;
  }
  return until - from < TOGETHER_MIN ? from : until;
}

/**
 * Inserts new jobs that are alike, in their order, inside a transaction. False, and nothing is
 * written, if one of the names is taken: then each has an answer of its own. Nothing is asked
 * before, as names of new jobs are hardly ever taken; a refused statement counts no ids up.
 */
export function insertTogether(session: Session, writes: readonly JobWrite[]): boolean {
  const [first] = writes;
  assert(first !== undefined, 'There are jobs to insert.');
  const { database } = session;
  const values = commonJobValues(first);
  let lastId: number;
  try {
    lastId = database.insert(insertText, first.at, ...values, namesText(writes));
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
  const firstId = lastId - writes.length + 1;
  keepDefinitions(session, firstId, writes);
  noteFirstChanges(session, firstId, lastId);
  session.noteJobs();
  return true;
}

/** Keeps a revision of a job with its tags. */
export function keepDefinition(
  session: Session,
  key: { readonly jobId: number; readonly revision: number },
  definition: JobDefinition,
  text = JSON.stringify(definition),
): void {
  const { jobId, revision } = key;
  session.database.run(
    'INSERT INTO tickwork_job_revisions (job_id, revision, definition) VALUES (?, ?, ?)',
    jobId,
    revision,
    text,
  );
  if (definition.tags.length === 0) return;
  for (const tag of new Set(definition.tags)) {
    session.database.run('INSERT INTO tickwork_job_tags (tag, job_id) VALUES (?, ?)', tag, jobId);
  }
}

/** Many jobs of a list share a definition: making its text costs as much as writing it. */
function keepDefinitions(session: Session, firstId: number, writes: readonly JobWrite[]): void {
  const texts = new Map<JobDefinition, string>();
  for (let i = 0; i < writes.length; i++) {
    const { definition } = writes[i] as JobWrite;
    let text = texts.get(definition);
    if (text === undefined) {
      text = JSON.stringify(definition);
      texts.set(definition, text);
    }
    keepDefinition(session, { jobId: firstId + i, revision: 1 }, definition, text);
  }
}

/** JSON written by hand: an object would put names that look like numbers first. */
function namesText(writes: readonly JobWrite[]): string {
  let text = '';
  for (const { name, position } of writes) {
    const search = searchName(name);
    const next = position.nextFireAt;
    const value = search === null ? `${next}` : `[${next},${JSON.stringify(search)}]`;
    text += `${text === '' ? '{' : ','}${JSON.stringify(name)}:${value}`;
  }
  return `${text}}`;
}

/** Half a character would be kept in another way than by a parameter. */
function isPlain({ name, expected }: JobWrite): boolean {
  return expected === null && name.isWellFormed();
}

/** True if `commonJobValues` of both are equal, and their creation. */
function isAlike(a: JobWrite, b: JobWrite): boolean {
  return (
    a.at === b.at &&
    a.effectiveAt === b.effectiveAt &&
    a.status === b.status &&
    a.statusReason === b.statusReason &&
    a.pausedUntilAt === b.pausedUntilAt &&
    a.eventDriven === b.eventDriven &&
    a.rearmAfterMs === b.rearmAfterMs &&
    a.source.kind === b.source.kind &&
    a.source.id === b.source.id &&
    isAlikePosition(a.position, b.position) &&
    isAlikeRetention(a.definition.policies.retention, b.definition.policies.retention)
  );
}

function isAlikePosition(a: JobPosition, b: JobPosition): boolean {
  if (a.cursorAt !== b.cursorAt || a.zoneVersion !== b.zoneVersion) return false;
  return (
    a.memory === b.memory || jsonEquals(a.memory as unknown as Json, b.memory as unknown as Json)
  );
}

function isAlikeRetention(a: RetentionPolicy, b: RetentionPolicy): boolean {
  if (a === b) return true;
  const { failed } = a;
  if (a.ageMs !== b.ageMs || a.runsMax !== b.runsMax) return false;
  return failed?.ageMs === b.failed?.ageMs && failed?.runsMax === b.failed?.runsMax;
}
