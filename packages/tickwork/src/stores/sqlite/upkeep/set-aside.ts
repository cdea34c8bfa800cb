import { DISABLED_AS_UNREADABLE } from '../../../core/declaration/standing-pause.ts';
import { defaultPolicies } from '../../../core/model/policy.ts';
import { freshMemory } from '../../../core/model/trigger-memory.ts';
import type { StoreFault } from '../../../core/ports/upkeep-store.ts';
import type { Instant } from '../../../core/time/instant.ts';
import { pauseJob } from '../affect-job.ts';
import type { Database } from '../database.ts';
import { skipPending } from '../move-run.ts';
import type { Session } from '../session.ts';
import { cancelRun } from '../settle-runs.ts';
import {
  findUnreadable,
  findUnreadableHistory,
  type Unreadable,
  type UnreadableHistory,
  type UnreadablePlace,
} from './find-unreadable.ts';
import { damage, type Finding } from './finding.ts';

/** A handler that no node has: a run that is executed now is not begun again. */
const NO_HANDLER = 'unreadable';
const task = { kind: 'function', name: NO_HANDLER, options: {} } as const;

/**
 * Sets aside what cannot be read, inside a transaction: its text goes to `tickwork_set_aside`, and
 * the row gets one that can be read and runs nothing. So one row never stops the others. Answers
 * with what was found.
 */
export function setAside(session: Session, at: Instant): StoreFault[] {
  const found = findUnreadable(session.database);
  const faults = found.map((each) => {
    const what = treatments[each.place](session, each, at);
    return note(session.database, what, each.text, at);
  });
  if (found.length > 0) {
    pauseUncertain(session, faults, at);
    session.noteJobs();
    return faults;
  }
  return findUnreadableHistory(session.database).map((each) => setHistoryAside(session, each, at));
}

function setHistoryAside(
  { database }: Session,
  { runId, column, text }: UnreadableHistory,
  at: Instant,
): StoreFault {
  // Together with a shared definition, the column `definition` holds the input.
  const without = column === 'definition' ? "iif(work_id IS NULL, NULL, 'null')" : 'NULL';
  database.run(`UPDATE tickwork_history SET ${column} = ${without} WHERE id = ?`, runId);
  const message = `the ${column} of this finished run could not be read and is lost.`;
  return note(database, { jobName: null, runId, message }, text, at);
}

type What = Pick<StoreFault, 'jobName' | 'runId' | 'message'>;
type Treatment = (session: Session, found: Unreadable, at: Instant) => What;

const treatments: Readonly<Record<UnreadablePlace, Treatment>> = {
  revision: treatRevision,
  memory: ({ database }, { id }, at) => {
    const job = database.get<{ at: number }>(
      'SELECT cursor_at AS at FROM tickwork_jobs WHERE id = ?',
      id,
    );
    const memory = JSON.stringify(freshMemory(job?.at ?? at));
    database.run('UPDATE tickwork_jobs SET memory = ? WHERE id = ?', memory, id);
    return ofJob(database, id, 'what its trigger remembers could not be read; it is paused.');
  },
  skipWindows: ({ database }, { id }) => {
    database.run("UPDATE tickwork_jobs SET skip_windows = '[]' WHERE id = ?", id);
    return ofJob(database, id, 'its skip windows could not be read and are lost; it is paused.');
  },
  change: ({ database }, { id, part }, at) => {
    database.run(
      'UPDATE tickwork_job_changes SET memory = ? WHERE job_id = ? AND seq = ?',
      JSON.stringify(freshMemory(at)),
      id,
      part,
    );
    return ofJob(database, id, `its change ${part} could not be read; audits may miss instants.`);
  },
  calendar: ({ database }, { id }) => {
    database.run('DELETE FROM tickwork_calendars WHERE name = ?', id);
    const message = `The calendar ${id} could not be read and is removed; declare it again.`;
    return { jobName: null, runId: null, message };
  },
  shared: (session, { id }, at) => {
    const { database } = session;
    const text = JSON.stringify({ task, policies: defaultPolicies, unreadable: id });
    database.run('UPDATE tickwork_shared_definitions SET text = ? WHERE id = ?', text, id);
    const runs = database.all<{ id: string }>('SELECT id FROM tickwork_runs WHERE work_id = ?', id);
    for (const run of runs) endRun(session, run.id, at);
    const message = `Task and policies of ${runs.length} runs could not be read; they are ended.`;
    return { jobName: null, runId: null, message };
  },
  input: (session, { id }, at) => {
    session.database.run('UPDATE tickwork_runs SET input = NULL WHERE id = ?', id);
    return endRun(session, String(id), at);
  },
  ownDefinition: (session, { id }, at) => {
    session.database.run('UPDATE tickwork_runs SET definition = NULL WHERE id = ?', id);
    return endRun(session, String(id), at);
  },
  definition: (session, { id }, at) => {
    session.database.run("UPDATE tickwork_runs SET definition = 'null' WHERE id = ?", id);
    return endRun(session, String(id), at);
  },
  progress: ({ database }, { id }) => {
    database.run('UPDATE tickwork_runs SET progress = NULL WHERE id = ?', id);
    const message = 'its progress could not be read and is removed; it goes on.';
    return { jobName: null, runId: String(id), message };
  },
};

function treatRevision(session: Session, found: Unreadable, at: Instant): What {
  const { database } = session;
  const { id, part } = found;
  const description = 'Its definition could not be read.';
  const definition = { trigger: { kind: 'manual' }, task, input: null, tags: [], description };
  database.run(
    'UPDATE tickwork_job_revisions SET definition = ? WHERE job_id = ? AND revision = ?',
    JSON.stringify({ ...definition, policies: defaultPolicies }),
    id,
    part,
  );
  const isCurrent = database.run(
    `UPDATE tickwork_jobs SET status = 'disabled', status_reason = ?3, paused_until_at = NULL,
      next_fire_at = NULL WHERE id = ?1 AND revision = ?2`,
    id,
    part,
    DISABLED_AS_UNREADABLE,
  );
  if (isCurrent === 0) return ofJob(database, id, `its former revision ${part} could not be read.`);
  skipPending(session, Number(id), 'all', at);
  return ofJob(database, id, 'its definition could not be read; it is disabled.');
}

/** A run that has not begun is cancelled; one that is executed now is not begun again. */
function endRun(session: Session, runId: string, at: Instant): What {
  const message = 'its input could not be read; it is not executed.';
  session.database.run(
    'UPDATE tickwork_runs SET error = ?2, handler = ?3 WHERE id = ?1',
    runId,
    `STORE_CORRUPT: ${message}`,
    NO_HANDLER,
  );
  const isRunning = session.database.get(
    "SELECT 1 FROM tickwork_runs WHERE id = ? AND state = 'RUNNING'",
    runId,
  );
  if (isRunning === undefined) cancelRun(session, runId, at, 'request');
  return { jobName: null, runId, message };
}

function ofJob(database: Database, id: number | string, message: string): What {
  const row = database.get<{ name: string }>('SELECT name FROM tickwork_jobs WHERE id = ?', id);
  return { jobName: row?.name ?? null, runId: null, message };
}

/** Jobs whose position is not known for certain stand still until a person lets them go on. */
function pauseUncertain(session: Session, faults: readonly StoreFault[], at: Instant): void {
  for (const { jobName, message } of faults) {
    if (jobName === null || !message.endsWith('it is paused.')) continue;
    const job = session.database.get<{ id: number }>(
      "SELECT id FROM tickwork_jobs WHERE name = ? AND status = 'active'",
      jobName,
    );
    if (job !== undefined) pauseJob(session, job.id, `STORE_CORRUPT: ${message}`, at);
  }
}

function note(database: Database, what: What, text: string, at: Instant): StoreFault {
  database.run(
    'INSERT INTO tickwork_set_aside (at, job_name, run_id, message, text) VALUES (?, ?, ?, ?, ?)',
    at,
    what.jobName,
    what.runId,
    what.message,
    text,
  );
  return { code: 'STORE_CORRUPT', ...what, repair: REPAIR };
}

const REPAIR = 'Forgets the text that was set aside; then resume or declare the job again.';

interface NoteRow {
  readonly id: number;
  readonly job_name: string | null;
  readonly run_id: string | null;
  readonly message: string;
}

/** What was set aside and not forgotten. */
export function findSetAside(database: Database): Finding[] {
  const rows = database.all<NoteRow>(
    'SELECT id, job_name, run_id, message FROM tickwork_set_aside ORDER BY id LIMIT 100',
  );
  return rows.map(({ id, job_name: jobName, run_id: runId, message }) => {
    const mend = (): void => {
      database.run('DELETE FROM tickwork_set_aside WHERE id = ?', id);
    };
    return damage(message, { jobName, runId }, { repair: REPAIR, mend });
  });
}
