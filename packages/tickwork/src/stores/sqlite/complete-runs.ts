import type { Completion, CompletionOutcome } from '../../core/ports/run-store.ts';
import { sharedRunColumns } from '../sql/run-row.ts';
import { completeRun } from './complete-run.ts';
import { openWaiting, rearm } from './move-run.ts';
import type { Session } from './session.ts';
import type { Start } from './starts.ts';

/** Fewer alike are ended one by one. */
const ALIKE_MIN = 2;

/** Ends that follow one another and differ in nothing but the run. */
interface Alike {
  readonly completions: Completion[];
  readonly starts: Start[];
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
 * successes without a result, of runs without holds that this connection has started, in the
 * same milliseconds. One statement moves all that follow one another to history.
 */
export function completeRuns(
  session: Session,
  completions: readonly Completion[],
): CompletionOutcome[] {
  const outcomes: CompletionOutcome[] = [];
  let alike: Alike = { completions: [], starts: [] };
  const flush = (): void => {
    for (const outcome of endAlike(session, alike)) outcomes.push(outcome);
    alike = { completions: [], starts: [] };
  };
  for (const completion of completions) {
    const start = isPlain(completion) ? session.starts.take(completion.runId) : undefined;
    const first = alike.completions[0];
    if (start === undefined || (first !== undefined && !isAlike(first, completion))) flush();
    if (start === undefined) {
      outcomes.push(completeRun(session, completion));
    } else {
      alike.completions.push(completion);
      alike.starts.push(start);
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

function endAlike(session: Session, { completions, starts }: Alike): CompletionOutcome[] {
  const seqs = starts.map(({ seq }) => seq);
  const [first] = completions;
  const many = first !== undefined && completions.length >= ALIKE_MIN;
  if (many && (endRange(session, completions, seqs) || endPlaces(session, completions, seqs))) {
    const opened = noteEnds(session, first, starts);
    // The last run of a job is the one that lets another in.
    const last = new Map(starts.map(({ jobId }, i) => [jobId, i]));
    return starts.map(({ jobId }, i) =>
      jobId !== null && opened.has(jobId) && last.get(jobId) === i ? 'lets-in' : 'accepted',
    );
  }
  return completions.map((each) => completeRun(session, each));
}

/**
 * What the ends of runs bring about besides, as in `completeRun`; answers the jobs of which
 * a waiting run can be claimed now.
 */
function noteEnds(
  session: Session,
  end: Completion,
  starts: readonly Start[],
): ReadonlySet<number> {
  const { database, counts } = session;
  const { endedAt: at, startedAt } = end;
  const counted = { state: 'SUCCESS', at, startedAt, error: null } as const;
  const jobIds = new Set<number>();
  const scheduled = new Set<number>();
  let ofJobs = 0;
  for (const { jobId, origin } of starts) {
    if (jobId === null) continue;
    counts.addEnd(jobId, counted);
    ofJobs++;
    jobIds.add(jobId);
    if (origin === 'schedule') scheduled.add(jobId);
  }
  if (ofJobs < starts.length) counts.addFinished(starts.length - ofJobs);
  const opened = new Set<number>();
  if (ofJobs === 0) return opened;
  rearm(session, scheduled, at);
  const waiting = database.all<{ job_id: number }>(
    `SELECT value AS job_id FROM json_each(?) AS job
    WHERE EXISTS (SELECT 1 FROM tickwork_runs WHERE waiting = 1 AND job_id = job.value)
      OR EXISTS (SELECT 1 FROM tickwork_runs WHERE waiting = 2 AND job_id = job.value)`,
    `[${[...jobIds].join(',')}]`,
  );
  for (const { job_id } of waiting) if (openWaiting(session, job_id)) opened.add(job_id);
  return opened;
}

/** Ends runs that stand one behind the other; false = nothing written, they do not. */
function endRange(
  { database }: Session,
  completions: readonly Completion[],
  seqs: readonly number[],
): boolean {
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
function endPlaces(
  { database }: Session,
  completions: readonly Completion[],
  seqs: readonly number[],
): boolean {
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
