import { LOST_ATTEMPTS_MAX, type Policies } from '../model/policy.ts';
import { type Run, runId } from '../model/run.ts';
import { isActive, runStates } from '../model/run-state.ts';
import { formatDuration } from '../time/duration.ts';
import { instantText } from '../trigger/words/instant-words.ts';
import { type Ailment, type AilmentKind, ailment } from './ailment.ts';
import type { HealthBounds } from './check-job.ts';

export interface LiveFacts extends HealthBounds {
  readonly runs: readonly Run[];
  /** Ids of the nodes that are up. */
  readonly upNodeIds: ReadonlySet<string>;
  /** Ids of the jobs that exist. */
  readonly jobIds: ReadonlySet<number>;
  /** The policies of a run; `null` if its definition is gone. */
  readonly policiesOf: (run: Run) => Policies | null;
}

/** What is wrong with runs that have not ended. Pure. */
export function checkLiveRuns(facts: LiveFacts): readonly Ailment[] {
  const activeByJob = new Map<number, Run[]>();
  for (const run of facts.runs) {
    if (run.jobId === null || !isActive(run.state)) continue;
    activeByJob.set(run.jobId, [...(activeByJob.get(run.jobId) ?? []), run]);
  }
  const found: Ailment[] = [];
  for (const run of facts.runs) {
    const note = (kind: AilmentKind, severity: Ailment['severity'], words: string): void => {
      const { id, jobName, nodeId } = run;
      found.push(ailment(kind, severity, { runId: id, jobName, nodeId }, words));
    };
    checkShape(run, facts, note);
    if (run.state === 'RUNNING') checkRunning(run, facts, note);
    else checkDue(run, facts, activeByJob, note);
  }
  for (const runs of activeByJob.values()) found.push(...overlaps(runs, facts));
  return found;
}

type Note = (kind: AilmentKind, severity: Ailment['severity'], words: string) => void;

function checkShape(run: Run, { jobIds, policiesOf }: LiveFacts, note: Note): void {
  if (!runStates.includes(run.state)) {
    note('unknown-state', 'error', `Its state ${run.state} is unknown.`);
  }
  const planned = run.origin === 'schedule' && run.jobId !== null;
  if (planned && run.id !== runId.scheduled(run.jobId ?? 0, run.fireAt)) {
    note('wrong-id', 'error', `Its id is not that of the instant ${instantText(run.fireAt)}.`);
  }
  if (run.jobId !== null && !jobIds.has(run.jobId) && run.state === 'PENDING') {
    note('orphan-run', 'warning', 'It has not begun, and its job does not exist any more.');
  }
  const policies = policiesOf(run);
  const attemptsMax = (policies?.retry.attemptsMax ?? Number.POSITIVE_INFINITY) + 1;
  if (run.failedCount >= attemptsMax || run.lostCount >= LOST_ATTEMPTS_MAX) {
    const counts = `${run.failedCount} attempts failed and ${run.lostCount} were lost in a row`;
    const words = `${counts}, but it goes on.`;
    note('too-many-attempts', 'error', words);
  }
}

function checkRunning(run: Run, facts: LiveFacts, note: Note): void {
  const { now, recoveryMs, upNodeIds } = facts;
  const startedAt = run.startedAt ?? now;
  if (run.attempt === 1 && startedAt < run.startAt) {
    const words = `It began at ${instantText(startedAt)}, before its instant.`;
    note('early-start', 'error', words);
  }
  if (run.nodeId === null || !upNodeIds.has(run.nodeId)) {
    note('lost-run', 'warning', `It counts as running on ${run.nodeId}, which is not up.`);
    return;
  }
  const policies = facts.policiesOf(run);
  if (policies === null || policies.timeoutMs === null) return;
  const overMs = now - startedAt - policies.timeoutMs - policies.cancelGraceMs;
  if (overMs <= recoveryMs) return;
  note('overrun', 'warning', `It goes on ${formatDuration(overMs)} after its timeout and grace.`);
}

/** PENDING and RETRY: why something that is due does not begin. */
function checkDue(
  run: Run,
  facts: LiveFacts,
  activeByJob: ReadonlyMap<number, readonly Run[]>,
  note: Note,
): void {
  const { now, recoveryMs, upNodeIds, runs } = facts;
  if (run.nodeId !== null && !upNodeIds.has(run.nodeId)) {
    note('stale-reservation', 'warning', `It is reserved by ${run.nodeId}, which is not up.`);
    return;
  }
  const lateMs = now - run.dueAt;
  if (lateMs <= recoveryMs) return;
  const late = `It has been due for ${formatDuration(lateMs)}`;
  if (run.waiting) {
    const isFirst = !runs.some((each) => each.waiting && isBefore(each, run));
    if ((activeByJob.get(run.jobId ?? -1)?.length ?? 0) > 0 || !isFirst) return;
    note('waiting-alone', 'warning', `${late} and waits, but no run of its job is active.`);
  } else if (run.nodeId === null) {
    note('unclaimed', 'warning', `${late}, and no node has taken it (${run.handler}).`);
  } else {
    note('overdue-run', 'warning', `${late} and is reserved by ${run.nodeId}.`);
  }
}

function isBefore(a: Run, b: Run): boolean {
  return a.jobId === b.jobId && (a.fireAt < b.fireAt || (a.fireAt === b.fireAt && a.id < b.id));
}

function overlaps(runs: readonly Run[], { policiesOf }: LiveFacts): readonly Ailment[] {
  // A run under `allow` may stand beside any other.
  const strict = runs.filter((run) => policiesOf(run)?.overlap.mode !== 'allow');
  const [first, second] = strict;
  if (first === undefined || second === undefined) return [];
  const ids = strict.map((run) => run.id).join(', ');
  const words = `${strict.length} runs are active at once: ${ids}.`;
  return [ailment('overlap', 'error', { jobName: first.jobName, runId: first.id }, words)];
}
