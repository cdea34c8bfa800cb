import type { Completion, CompletionOutcome } from '../../core/ports/run-store.ts';
import { sharedRunColumns } from '../sql/run-row.ts';
import { completeRun } from './complete-run.ts';
import type { Session } from './session.ts';

/** Fewer alike are ended one by one. */
const ALIKE_MIN = 2;

/** Ends that follow one another and differ in nothing but the run. */
interface Alike {
  readonly completions: Completion[];
  readonly seqs: number[];
}

const ended: Readonly<Record<string, string>> = {
  state: "'SUCCESS'",
  reason: 'NULL',
  node_id: '?3',
  started_at: '?4',
  lost_count: '0',
  error: 'NULL',
  exit_code: 'NULL',
};

/** `OR FAIL` needs no copies of pages for its undoing: an error rolls all back, see below. */
const intoHistory = `
INSERT OR FAIL INTO tickwork_history (${sharedRunColumns.join(', ')}, ended_at, outcome)
SELECT ${sharedRunColumns.map((name) => ended[name] ?? `r.${name}`).join(', ')}, ?5, 'success'`;

const isStarted = "r.state = 'RUNNING' AND r.fence = ?2 AND r.holds = 0";

/** Checks each run's id, as a place in the table can be another run's later. */
const movePlacesText = `${intoHistory}
FROM json_each(?1) AS place CROSS JOIN tickwork_runs AS r ON r.seq = place.value
WHERE r.id = place.key AND ${isStarted}`;

const idsOfRangeText = `
SELECT group_concat(r.id, char(10)) AS ids FROM tickwork_runs AS r
WHERE r.seq BETWEEN ?1 AND ?3 AND ${isStarted}`;

/** Of places that were just checked. */
const moveRangeText = `${intoHistory}
FROM tickwork_runs AS r WHERE r.seq BETWEEN ?1 AND ?6 AND ${isStarted}`;

/**
 * Ends attempts one after another, inside a transaction. Most ends of a busy node are alike:
 * successes without a result, of runs without a job or holds that this connection has started,
 * in the same milliseconds. One statement moves all that follow one another to history.
 */
export function completeRuns(
  session: Session,
  completions: readonly Completion[],
): CompletionOutcome[] {
  const outcomes: CompletionOutcome[] = [];
  let alike: Alike = { completions: [], seqs: [] };
  const flush = (): void => {
    for (const outcome of endAlike(session, alike)) outcomes.push(outcome);
    alike = { completions: [], seqs: [] };
  };
  for (const completion of completions) {
    const seq = isPlain(completion) ? session.starts.take(completion.runId) : undefined;
    const first = alike.completions[0];
    if (seq === undefined || (first !== undefined && !isAlike(first, completion))) flush();
    if (seq === undefined) {
      outcomes.push(completeRun(session, completion));
    } else {
      alike.completions.push(completion);
      alike.seqs.push(seq);
    }
  }
  flush();
  return outcomes;
}

/** Nothing of it has to be kept for this run alone. */
function isPlain(completion: Completion): boolean {
  return (
    completion.state === 'SUCCESS' &&
    completion.outcome === 'success' &&
    completion.reason === null &&
    completion.error === null &&
    completion.exitCode === null &&
    completion.result === null &&
    completion.followUps.length === 0 &&
    !completion.onJob
  );
}

function isAlike(a: Completion, b: Completion): boolean {
  return (
    a.endedAt === b.endedAt &&
    a.startedAt === b.startedAt &&
    a.fence === b.fence &&
    a.nodeId === b.nodeId
  );
}

function endAlike(session: Session, alike: Alike): CompletionOutcome[] {
  const { completions } = alike;
  if (completions.length >= ALIKE_MIN && (endRange(session, alike) || endPlaces(session, alike))) {
    session.counts.addFinished(completions.length);
    return completions.map(() => 'accepted');
  }
  return completions.map((each) => completeRun(session, each));
}

/** Ends runs that stand one behind the other; false = nothing written, they do not. */
function endRange({ database }: Session, { completions, seqs }: Alike): boolean {
  const [first] = completions;
  const [from] = seqs;
  if (first === undefined || from === undefined) return false;
  const to = from + seqs.length - 1;
  if (seqs.some((seq, i) => seq !== from + i)) return false;
  const { fence, nodeId, startedAt, endedAt } = first;
  const standing = database.get<{ ids: string | null }>(idsOfRangeText, from, fence, to);
  if (standing?.ids !== completions.map(({ runId }) => runId).join('\n')) return false;
  database.run(moveRangeText, from, fence, nodeId, startedAt, endedAt, to);
  database.run('DELETE FROM tickwork_runs WHERE seq BETWEEN ? AND ?', from, to);
  return true;
}

/** Ends runs wherever they stand; false = nothing written, at least one is not as it was. */
function endPlaces({ database }: Session, { completions, seqs }: Alike): boolean {
  const [first] = completions;
  if (first === undefined) return false;
  const { fence, nodeId, startedAt, endedAt } = first;
  const places = completions.map(({ runId }, i) => `${JSON.stringify(runId)}:${seqs[i] ?? 0}`);
  const text = `{${places.join(',')}}`;
  const moved = database.run(movePlacesText, text, fence, nodeId, startedAt, endedAt);
  const seqText = `[${seqs.join(',')}]`;
  if (moved < completions.length) {
    // What stands in both tables has just been copied; each is looked at by itself then.
    database.run(
      `DELETE FROM tickwork_history WHERE id IN (SELECT id FROM tickwork_runs
        WHERE seq IN (SELECT value FROM json_each(?)))`,
      seqText,
    );
    return false;
  }
  database.run('DELETE FROM tickwork_runs WHERE seq IN (SELECT value FROM json_each(?))', seqText);
  return true;
}
