import { stretchesInForce } from '../audit/in-force.ts';
import type { JobHistory } from '../audit/read-history.ts';
import type { Job, JobDefinition } from '../model/job.ts';
import type { JobChange } from '../model/job-change.ts';
import type { RetentionPolicy } from '../model/policy.ts';
import type { Attempt, Run, SkipRange } from '../model/run.ts';
import { leastKept, retainedGroups } from '../retention/retained-groups.ts';
import type { Instant } from '../time/instant.ts';
import { instantText } from '../trigger/words/instant-words.ts';
import {
  type CompileSpec,
  explainNoInstant,
  type InstantFacts,
  neighboursOf,
  plannedIn,
} from './explain-instant.ts';
import { explainOutlook } from './explain-outlook.ts';
import { explainReason } from './explain-reason.ts';
import { explainRun } from './explain-run.ts';
import { type ExplainStep, type Explanation, step, type Verdict } from './explanation.ts';

export interface ExplainFacts extends JobHistory {
  readonly at: Instant;
  readonly now: Instant;
  readonly run: Run | null;
  readonly attempts: readonly Attempt[];
  /** The last run that made up for the instant. */
  readonly backfill: { readonly run: Run; readonly attempts: readonly Attempt[] } | null;
  /** The skipped stretch around the instant. */
  readonly range: SkipRange | null;
  /** Runs of the job that were active when the instant was decided. */
  readonly activeRunIds: readonly string[];
  readonly compile: CompileSpec;
  /** What the trigger says of the instant, see `Trigger.excludes`. */
  readonly isExcluded: boolean;
  /** What is remarkable about the instant: clock changes, moved days. */
  readonly notes: readonly string[];
}

/**
 * The job's instant that is meant by `at`: the one in the same second if a whole second was
 * asked for, since people do not write milliseconds; else `at` itself.
 */
export function meantInstant(history: JobHistory, compile: CompileSpec, at: Instant): Instant {
  if (at % 1000 !== 0) return at;
  return plannedIn(instantFacts(history, compile), at, at + 999) ?? at;
}

/** The chain of decisions that led to what became of an instant. Pure. */
export function explainJob(facts: ExplainFacts): Explanation {
  const own = explainOwn(facts);
  if (facts.backfill === null) return own;
  const { run, attempts } = facts.backfill;
  const { policies } = definitionAt(facts, null);
  const told = explainRun({ run, attempts, policies, activeRunIds: [], now: facts.now });
  const words = `It was made up for, as a backfill or a catch-up: run ${run.id}.`;
  const steps = [...own.steps, step('made-up', words, { runId: run.id }), ...told.steps];
  // What has run stays so, whatever became of running it again.
  return own.verdict === 'ran'
    ? { ...own, steps }
    : { ...own, verdict: told.verdict, runId: run.id, steps };
}

/** The same without what was made up for later. */
function explainOwn(facts: ExplainFacts): Explanation {
  const { job, at, run } = facts;
  const instants = instantFacts(facts, facts.compile);
  const frame = {
    ...{ jobName: job.name, askedAt: at, runId: run?.id ?? null },
    ...neighboursOf(instants, at),
  };
  const inForce = forceStep(facts);
  if (inForce.change === null || inForce.change.status === 'disabled') {
    // A row outweighs what is kept of the past.
    if (run === null) return { ...frame, verdict: 'not-in-force', steps: [inForce.step] };
  }
  const definition = definitionAt(facts, inForce.change);
  const chain = [inForce.step];
  const planned = plannedIn(instants, at, at) === at || triggersItself(definition);
  if (!planned && run === null) {
    const why = explainNoInstant(at, definition.trigger, facts.compile);
    return {
      ...frame,
      verdict: 'no-instant',
      steps: [...chain, triggerStep(facts, definition), why],
    };
  }
  chain.push(triggerStep(facts, definition));
  for (const note of facts.notes) {
    chain.push(step('note', `${note.charAt(0).toUpperCase()}${note.slice(1)}.`));
  }
  const fate = fateOf(facts, definition);
  return { ...frame, verdict: fate.verdict, steps: [...chain, ...fate.steps] };
}

function instantFacts(history: JobHistory, compile: CompileSpec): InstantFacts {
  return {
    stretches: stretchesInForce(history.changes),
    triggerOf: (revision) =>
      compile((history.definitions.get(revision) ?? history.job.definition).trigger),
  };
}

/** The end of its last run decides, so that the walk cannot tell its instants of the past. */
function triggersItself(definition: JobDefinition): boolean {
  return definition.trigger.kind === 'fixed-delay';
}

function definitionAt(facts: ExplainFacts, change: JobChange | null): JobDefinition {
  const revision = facts.run?.jobRevision ?? change?.revision ?? facts.job.revision;
  return facts.definitions.get(revision) ?? facts.job.definition;
}

/** What was in force at the instant. */
function forceStep(facts: ExplainFacts): { change: JobChange | null; step: ExplainStep } {
  const { job, changes, at } = facts;
  const change = changes.filter((each) => each.cursorAt < at && each.at <= at).at(-1) ?? null;
  if (change === null) {
    const kept = changes[0];
    const known = kept === undefined || job.createdAt >= at;
    const words = known
      ? `The job was created only at ${instantText(job.createdAt)}.`
      : `What was in force before ${instantText(kept.at)} is not kept.`;
    return { change, step: step('created', words, { createdAt: job.createdAt }) };
  }
  const { revision, status, reason, at: sinceAt } = change;
  const why = reason === null ? '' : ` (${reason})`;
  const since = instantText(sinceAt);
  const words =
    status === 'active'
      ? `Revision ${revision} was in force, and the job was active.`
      : `The job had been ${status} since ${since}${why}; its revision was ${revision}.`;
  return { change, step: step('in-force', words, { revision, status, reason, sinceAt }) };
}

function triggerStep(facts: ExplainFacts, definition: JobDefinition): ExplainStep {
  const words = facts.compile(definition.trigger).trigger.describe('en');
  return step('trigger', `Its trigger fires ${words}.`, { kind: definition.trigger.kind });
}

function fateOf(
  facts: ExplainFacts,
  definition: JobDefinition,
): { verdict: Verdict; steps: readonly ExplainStep[] } {
  const { job, run, range, at, now, attempts, activeRunIds } = facts;
  const { policies } = definition;
  if (run !== null) {
    const told = explainRun({ run, attempts, policies, activeRunIds, now });
    return at > now && told.verdict === 'waiting' ? { ...told, verdict: 'ahead' } : told;
  }
  if (range !== null) {
    const { decidedAt, intoRunId, count, fromAt, toAt } = range;
    const words =
      `It stands in a skipped stretch of ${count} instants, ` +
      `${instantText(fromAt)} to ${instantText(toAt)}.`;
    const reason = explainReason(range.reason, {
      ...{ fireAt: at, startAt: at, decidedAt, policies, activeRunIds, intoRunId },
    });
    const stretch = step('stretch', words, { fromAt, toAt, count });
    return { verdict: 'skipped', steps: [stretch, reason] };
  }
  if (at > job.cursorAt) return undecided(facts);
  const ageMs = now - at;
  // What it came to is not known, and so neither how long it was kept.
  const retention = leastKept(policies.retention);
  if (ageMs > retention.ageMs || isFull(job, policies.retention)) {
    const words = 'Its row is not kept any more: retention has removed it.';
    return {
      verdict: 'not-kept',
      steps: [step('retention', words, { rowAgeMs: ageMs, ...retention })],
    };
  }
  const words = 'It should have a run or a reason and has neither; ask audit and doctor.';
  return { verdict: 'missing', steps: [step('missing', words)] };
}

/** True if a group of its runs has had as many as are kept. */
function isFull({ stats }: Job, retention: RetentionPolicy): boolean {
  const counts = { failed: stats.failureCount, others: stats.successCount };
  return retainedGroups(retention).some(({ which, runsMax }) => {
    const count = which === 'all' ? counts.failed + counts.others : counts[which];
    return count > 0 && count >= runsMax;
  });
}

function undecided(facts: ExplainFacts): { verdict: Verdict; steps: readonly ExplainStep[] } {
  const { job, at, now } = facts;
  if (at <= now) {
    const words = 'It was due, but nobody has decided it yet: no scheduler runs, or it is behind.';
    const given = { cursorAt: job.cursorAt, nextFireAt: job.nextFireAt };
    return { verdict: 'undecided', steps: [step('undecided', words, given)] };
  }
  return explainOutlook(job, facts.isExcluded, at);
}
