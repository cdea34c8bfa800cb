import { runId } from '../../core/model/run.ts';
import type { PlannedRun, PlanWrite } from '../../core/ports/job-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { memoryText } from '../sql/job-row.ts';
import type { SqlValue } from '../sql/sql-value.ts';
import { insertRun } from './move-run.ts';
import type { Session } from './session.ts';

/** Rows of one INSERT, which share the fixed cost of a statement. */
const ROWS_AT_ONCE = 25;
/** What differs from row to row. */
const COLUMNS = 7;

/*
 * `OR FAIL`: pages are not copied for the undoing of one statement, which nobody needs, since an
 * error rolls the whole transaction back.
 */

const moveText = `
UPDATE OR FAIL tickwork_jobs SET cursor_at = ?5, next_fire_at = ?6, memory = ?7, zone_version = ?8,
  skip_open = skip_open * ?9
WHERE id = ?1 AND revision = ?2 AND cursor_at = ?3 AND status = ?4 AND ended_at IS ?10`;

const insertOneText = insertText(1);
const insertManyText = insertText(ROWS_AT_ONCE);

/** Scheduled runs that are stored with defaults only, all held by one node or by nobody. */
function insertText(rows: number): string {
  const values = Array.from({ length: rows }, (_, row) => {
    const [id, jobId, revision, fireAt, startAt, handler, priority] = Array.from(
      { length: COLUMNS },
      (_, column) => `?${4 + COLUMNS * row + column}`,
    );
    return `(${id}, ${jobId}, ${revision}, 'schedule', ${fireAt}, ${startAt}, ${handler},
      ${priority}, 0, ${startAt}, ?1, ?2, ?3)`;
  });
  return `
INSERT OR FAIL INTO tickwork_runs (id, job_id, job_revision, origin, fire_at, start_at, handler,
  priority, coalesced_count, due_at, node_id, open, created_at)
VALUES ${values.join(', ')} ON CONFLICT DO NOTHING`;
}

/** True if a step only moves its job's cursor and stores runs. */
export function isPlain(write: PlanWrite): boolean {
  return (
    write.status === undefined &&
    write.skipWindows === undefined &&
    write.supersede === null &&
    write.skips.length === 0
  );
}

/** Compares and sets the position of a job by one statement; false if it stands otherwise. */
export function movePlainly(session: Session, { expected, position, runs }: PlanWrite): boolean {
  const scheduled = runs.some((run) => run.origin === 'schedule');
  const moved = session.database.run(
    moveText,
    expected.jobId,
    expected.revision,
    expected.cursorAt,
    expected.status,
    position.cursorAt,
    position.nextFireAt,
    memoryText(position),
    position.zoneVersion,
    // What was planned last is a run then, so that no later range lengthens the last one.
    scheduled ? 0 : 1,
    expected.endedAt,
  );
  return moved === 1;
}

/**
 * Stores the runs of plain steps, many by one statement and in their order. Whoever writes
 * something else in between calls `flush` before.
 *
 * History is not asked about them: only this step may store the scheduled run of an instant, it
 * does so with the cursor that passes the instant, and no cursor ever goes back. Ids that are
 * not made of job and instant go the single way, which asks.
 */
export class PlainRuns {
  readonly #session: Session;
  #values: SqlValue[] = [];
  #nodeId: string | null = null;
  #at: Instant = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** `nodeId`: who holds it, already looked at. */
  add(run: PlannedRun, nodeId: string | null, write: PlanWrite): void {
    if (!isNewInstant(run, write.expected.jobId)) {
      this.flush();
      insertRun(this.#session, run, nodeId, write.at);
      return;
    }
    if (nodeId !== this.#nodeId || write.at !== this.#at) this.flush();
    this.#nodeId = nodeId;
    this.#at = write.at;
    const { id, jobId, jobRevision, fireAt, startAt, handler, priority } = run;
    this.#values.push(id, jobId, jobRevision, fireAt, startAt, handler, priority);
    if (this.#values.length === COLUMNS * ROWS_AT_ONCE) {
      this.#insert(insertManyText, this.#values);
      this.#values = [];
    }
  }

  flush(): void {
    for (let from = 0; from < this.#values.length; from += COLUMNS) {
      this.#insert(insertOneText, this.#values.slice(from, from + COLUMNS));
    }
    this.#values = [];
  }

  #insert(text: string, values: readonly SqlValue[]): void {
    const open = this.#nodeId === null ? 1 : 0;
    this.#session.database.run(text, this.#nodeId, open, this.#at, ...values);
  }
}

/** True for the run of an instant that this step passes, if it has nothing special about it. */
function isNewInstant(run: PlannedRun, jobId: number): boolean {
  return (
    run.origin === 'schedule' &&
    run.id === runId.scheduled(jobId, run.fireAt) &&
    run.coalescedCount === 0 &&
    run.dedupeKey === null &&
    run.definition === null &&
    run.input === undefined &&
    run.parentId === null
  );
}
