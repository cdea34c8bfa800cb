import type { Policies } from '../model/policy.ts';
import type { Attempt, Run } from '../model/run.ts';
import { formatDuration } from '../time/duration.ts';
import type { Instant } from '../time/instant.ts';
import { instantText } from '../trigger/words/instant-words.ts';
import { explainReason } from './explain-reason.ts';
import { type ExplainStep, step, type Verdict } from './explanation.ts';

export interface RunFacts {
  readonly run: Run;
  readonly attempts: readonly Attempt[];
  readonly policies: Policies;
  /** Runs of the job that were active when the run was decided, itself left out. */
  readonly activeRunIds: readonly string[];
  readonly now: Instant;
}

/** The chain from a run's row: attempts, and what ended it or what it waits for. */
export function explainRun(facts: RunFacts): { verdict: Verdict; steps: readonly ExplainStep[] } {
  const { run, attempts } = facts;
  const steps: ExplainStep[] = [];
  // A run that makes up for an instant starts later for other reasons.
  if (run.startAt > run.fireAt && run.origin === 'schedule') {
    const by = formatDuration(run.startAt - run.fireAt);
    steps.push(step('jitter', `Its start was moved by the trigger's jitter of ${by}.`));
  }
  if (run.coalescedCount > 0) {
    const count = run.coalescedCount;
    const words = `It stands for ${count} missed ${count === 1 ? 'instant' : 'instants'} besides.`;
    steps.push(step('stands-for', words, { coalescedCount: count }));
  }
  for (const attempt of attempts) steps.push(attemptStep(attempt, run, facts.now));
  return { verdict: verdictOf(run), steps: [...steps, ...endSteps(facts)] };
}

function attemptStep(attempt: Attempt, run: Run, now: Instant): ExplainStep {
  const { startedAt, endedAt, outcome, error, exitCode, nodeId, fence } = attempt;
  const lateMs = attempt.attempt === 1 ? Math.max(0, startedAt - run.startAt) : null;
  const late = lateMs === null ? '' : ` (${formatDuration(lateMs)} after its instant)`;
  const length = formatDuration(Math.max(0, (endedAt ?? now) - startedAt));
  const begun = `Attempt ${attempt.attempt} began at ${instantText(startedAt)}${late} on ${nodeId}`;
  const end = {
    success: `and succeeded after ${length}.`,
    failed: `and failed after ${length}: ${error ?? 'without a message'}.`,
    timeout: `and was stopped by its timeout after ${length}.`,
    cancelled: `and was cancelled after ${length}.`,
    lost: `and was lost: that node stopped renewing its lease.`,
    skipped: `and was not begun: its pre-check said no after ${length}.`,
    running: `and has been running for ${length}.`,
  }[outcome];
  return step('attempt', `${begun} ${end}`.replace('..', '.'), {
    ...{ attempt: attempt.attempt, startedAt, endedAt, lateMs, nodeId, fence },
    ...{ outcome, error, exitCode },
  });
}

const verdicts: Readonly<Record<Run['state'], Verdict>> = {
  PENDING: 'waiting',
  RETRY: 'waiting',
  RUNNING: 'running',
  SUCCESS: 'ran',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  SKIPPED: 'skipped',
};

function verdictOf(run: Run): Verdict {
  return verdicts[run.state];
}

function endSteps(facts: RunFacts): readonly ExplainStep[] {
  const { run, now } = facts;
  switch (run.state) {
    case 'SKIPPED':
      return [
        explainReason(run.reason, {
          ...{ fireAt: run.fireAt, startAt: run.startAt, decidedAt: run.endedAt ?? now },
          ...{ policies: facts.policies, activeRunIds: facts.activeRunIds, intoRunId: null },
        }),
      ];
    case 'PENDING':
      return [pendingStep(facts)];
    case 'RETRY':
      return [
        step('retry', `The next attempt is due at ${instantText(run.dueAt)}.`, {
          ...{ dueAt: run.dueAt, failedCount: run.failedCount, lostCount: run.lostCount },
        }),
      ];
    case 'FAILED':
      return [failedStep(facts)];
    case 'CANCELLED': {
      const why = { overlap: 'a later run took its place', shutdown: 'its node was shut down' };
      const reason = why[run.reason as keyof typeof why] ?? 'somebody asked for it';
      const when = instantText(run.endedAt ?? now);
      return [step('cancelled', `It was cancelled at ${when}: ${reason}.`, { reason: run.reason })];
    }
    default:
      return [];
  }
}

function pendingStep({ run, activeRunIds, now }: RunFacts): ExplainStep {
  if (run.waiting) {
    const words = `It waits for its predecessor ${activeRunIds[0] ?? ''}`.trimEnd();
    return step('queued', `${words}, as the overlap policy says.`, { activeRunIds });
  }
  if (run.limitKey !== null && run.nodeId === null) {
    const key = run.limitKey;
    const words =
      run.reason === 'rate'
        ? `The rate of ${key} is used up: it starts at ${instantText(run.dueAt)} or later.`
        : `It waits for room under ${key}, which other runs have taken.`;
    return step(run.reason ?? 'limit', words, { limitKey: key, dueAt: run.dueAt });
  }
  if (run.dueAt > now) return step('planned', `It is planned and starts at its instant.`);
  const lateMs = now - run.dueAt;
  const late = `It has been due for ${formatDuration(lateMs)}`;
  if (run.nodeId !== null) {
    const words = `${late} and is reserved by node ${run.nodeId}, which has not begun it.`;
    return step('reserved', words, { nodeId: run.nodeId, lateMs });
  }
  const why = `no node that is up has a free slot and a handler for ${run.handler}`;
  return step('unclaimed', `${late}: ${why}.`, { handler: run.handler, lateMs });
}

function failedStep({ run, policies }: RunFacts): ExplainStep {
  const { attemptsMax } = policies.retry;
  const given = { reason: run.reason, attemptsMax, failedCount: run.failedCount };
  if (run.reason === 'poison') {
    const words = `${run.lostCount} attempts in a row took their node with them: no more are made.`;
    return step('poison', words, { ...given, lostCount: run.lostCount });
  }
  if (run.reason === 'node-lost') {
    return step(
      'node-lost',
      'Its node was lost, and onNodeLoss is fail: it is not repeated.',
      given,
    );
  }
  const words =
    attemptsMax === 0
      ? 'The retry policy allows no further attempt.'
      : `All ${attemptsMax + 1} attempts of the retry policy were made.`;
  return step('exhausted', words, given);
}
