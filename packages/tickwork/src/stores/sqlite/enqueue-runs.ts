import type { NewRun, RunDefinition } from '../../core/model/run.ts';
import type { EnqueueOutcome } from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { newRunColumns } from '../sql/run-row.ts';
import { insertRun } from './move-run.ts';
import type { Session } from './session.ts';

/** Longer inputs are stored one by one: the text of a statement shall not grow without bounds. */
const INPUT_CHARACTERS_MAX = 2_000;

/** Stands in JSON as it is. */
const PLAIN_ID = /^[\w.:-]+$/;

/** A run that carries its own definition and has nothing else that others have not. */
type Plain = NewRun & { readonly definition: RunDefinition };

/** Runs that follow one another and differ in nothing but id and input. */
interface Alike {
  readonly first: Plain;
  /** Of those behind the first: `"id":"input"`, both as JSON. */
  readonly entries: string[];
  readonly runs: NewRun[];
}

const values: Readonly<Record<string, string>> = {
  id: 'run.key',
  definition: 'run.value',
  work_id: '?2',
  origin: '?3',
  handler: '?4',
  priority: '?5',
  fire_at: '?6',
  start_at: '?7',
  due_at: '?7',
  created_at: '?8',
  coalesced_count: '0',
  open: '1',
};

const insertAlikeText = `
INSERT OR FAIL INTO tickwork_runs (${newRunColumns.join(', ')})
SELECT ${newRunColumns.map((name) => values[name] ?? 'NULL').join(', ')}
FROM json_each(?1) AS run
WHERE NOT EXISTS (SELECT 1 FROM tickwork_history WHERE id = run.key)
ON CONFLICT DO NOTHING`;

/**
 * Stores new runs one after another, inside a transaction. Many are the same task with other
 * inputs: one statement stores all that follow one another, which costs less than half.
 */
export function enqueueRuns(
  session: Session,
  runs: readonly NewRun[],
  at: Instant,
): EnqueueOutcome[] {
  const outcomes: EnqueueOutcome[] = [];
  let alike: Alike | null = null;
  for (const run of runs) {
    const input = alike === null ? null : inputOfAlike(alike.first, run);
    if (alike !== null && input !== null) {
      alike.entries.push(`"${run.id}":${JSON.stringify(input)}`);
      alike.runs.push(run);
      outcomes.push({ runId: run.id, outcome: 'stored' });
      continue;
    }
    if (alike !== null) insertAlike(session, alike, at);
    alike = isPlain(run) ? { first: run, entries: [], runs: [] } : null;
    const runId = insertRun(session, run, null, at);
    outcomes.push({ runId, outcome: runId === run.id ? 'stored' : 'duplicate' });
  }
  if (alike !== null) insertAlike(session, alike, at);
  return outcomes;
}

function isPlain(run: NewRun): run is Plain {
  return (
    run.definition !== null &&
    run.jobId === null &&
    run.dedupeKey === null &&
    run.coalescedCount === 0 &&
    run.input === undefined &&
    run.parentId === null &&
    PLAIN_ID.test(run.id)
  );
}

/** What is stored as the input of a run that is like the first one; `null` = it is not. */
function inputOfAlike(first: Plain, run: NewRun): string | null {
  const isAlike =
    isPlain(run) &&
    run.definition.task === first.definition.task &&
    run.definition.policies === first.definition.policies &&
    run.origin === first.origin &&
    run.handler === first.handler &&
    run.priority === first.priority &&
    run.fireAt === first.fireAt &&
    run.startAt === first.startAt;
  if (!isAlike) return null;
  const text = JSON.stringify(run.definition.input);
  return text.length > INPUT_CHARACTERS_MAX ? null : text;
}

/** Those behind the first, which was stored, and its work with it. */
function insertAlike(session: Session, { first, entries, runs }: Alike, at: Instant): void {
  if (entries.length === 0) return;
  const workId = session.sharedDefinitions.findId(first.definition);
  if (workId === null) {
    // It was there already, or there are too many definitions to share another one.
    for (const run of runs) insertRun(session, run, null, at);
    return;
  }
  const { origin, handler, priority, fireAt, startAt } = first;
  const text = `{${entries.join(',')}}`;
  const shared = [workId, origin, handler, priority, fireAt, startAt, at];
  session.database.run(insertAlikeText, text, ...shared);
}
