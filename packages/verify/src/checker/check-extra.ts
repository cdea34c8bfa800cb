import type { Availability } from './availability.ts';
import { clockSetBack } from './clock-set-back.ts';
import { definitionOf } from './definition-of.ts';
import { isDisturbed } from './disturbed.ts';
import type { CheckedJob } from './expected.ts';
import { firstStarts, isScheduled } from './job-index.ts';
import type { AttemptRecord, Ledger } from './ledger.ts';
import { LimitGroups } from './limit-groups.ts';
import { changesJob } from './timeline.ts';
import { showInstant, type Violation } from './violation.ts';

interface Facts {
  readonly ledger: Ledger;
  readonly availability: Availability;
  readonly limits: LimitGroups;
}

/**
 * extra: a task starts that must not. For an instant that the trigger does not have or
 * that was not in force, before its instant by the store's clock, or so late that the
 * misfire policy forbids it.
 */
export function checkExtra(
  ledger: Ledger,
  jobs: readonly CheckedJob[],
  availability: Availability,
): Violation[] {
  const violations: Violation[] = [];
  const limits = new LimitGroups(ledger);
  for (const job of jobs) {
    for (const start of firstStarts(job.record)) {
      if (!isScheduled(start.runId, ledger.rows.get(start.runId))) continue;
      const facts = { ledger, availability, limits };
      const why = wrongBecause(job, start, facts);
      if (why !== null) violations.push(violationOf(job, start, why));
    }
    violations.push(...startsWhileOff(job, ledger));
    for (const attempt of job.record.attempts) {
      const shown = Math.floor(ledger.clock.at(attempt.startAt));
      const notBefore = ledger.rows.get(attempt.runId)?.startAt ?? attempt.fireAt;
      if (shown >= Math.max(attempt.fireAt, notBefore)) continue;
      if (clockSetBack(attempt, ledger)) continue;
      violations.push(
        violationOf(job, attempt, `the store's clock showed only ${showInstant(shown)}`),
      );
    }
  }
  return violations;
}

function wrongBecause(job: CheckedJob, start: AttemptRecord, facts: Facts): string | null {
  const { must, may, known } = job.expected;
  if (known && !job.mustSet.has(start.fireAt) && !may.has(start.fireAt)) {
    return must.length === 0 && may.size === 0
      ? 'the job had no instant'
      : 'that is no instant of the job in force';
  }
  return unchecked(start, facts.ledger) ?? notWithin(start, facts) ?? tooLate(start, facts);
}

/**
 * Pausing, disabling and deleting turn what is planned into skips in one step: after its
 * answer no planned run begins, however near its instant was.
 */
function startsWhileOff(job: CheckedJob, ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  const changes = job.record.operations.filter((each) => changesJob(each));
  for (const [i, { f, outcome, okAt }] of changes.entries()) {
    if (outcome !== 'ok' || (f !== 'pause' && f !== 'disable' && f !== 'delete')) continue;
    const until = changes[i + 1]?.invokeAt ?? Number.POSITIVE_INFINITY;
    for (const attempt of job.record.attempts) {
      if (attempt.attempt !== 1 || attempt.startAt <= okAt || attempt.startAt > until) continue;
      if (!isScheduled(attempt.runId, ledger.rows.get(attempt.runId))) continue;
      const grant = ledger.grants.get(attempt.runId)?.find((each) => each.attempt === 1);
      if (grant === undefined || grant.t <= okAt) continue;
      violations.push(violationOf(job, attempt, `the ${f} of the job was acknowledged before`));
    }
  }
  return violations;
}

/** Later than the time within which the run must begin, whatever held it up before. */
function notWithin(start: AttemptRecord, { ledger, availability }: Facts): string | null {
  const withinMs = definitionOf(start.runId, ledger)?.policies.startWithinMs;
  const row = ledger.rows.get(start.runId);
  if (withinMs === undefined || row === undefined || start.attempt !== 1) return null;
  const { renewMs, tickMs, epsilonMs } = ledger.limits;
  const lateMs = ledger.clock.at(start.startAt) - row.startAt;
  const setMs = ledger.clock.setMs(start.startAt - renewMs - tickMs, start.startAt);
  const allowed = withinMs + epsilonMs + setMs;
  if (lateMs <= allowed) return null;
  const fromAt = ledger.clock.truthOf(row.startAt);
  const held = decidedLongBefore(start, ledger) ? availability.heldMs(fromAt, start.startAt) : 0;
  if (lateMs <= allowed + held) return null;
  return `it is ${Math.round(lateMs)} ms late, and must begin within ${withinMs} ms`;
}

/** A task whose pre-check has not said yes. */
function unchecked(start: AttemptRecord, ledger: Ledger): string | null {
  if (definitionOf(start.runId, ledger)?.policies.onlyIf === undefined) return null;
  const answers = ledger.checks.get(start.runId) ?? [];
  const answer = answers.findLast((each) => each.token === start.token && each.i < start.i);
  return answer?.goesOn === true ? null : 'its pre-check has not said yes';
}

/** Only where nothing but the misfire policy can have held the start up. */
function tooLate(start: AttemptRecord, { ledger, availability, limits }: Facts): string | null {
  const policies = definitionOf(start.runId, ledger)?.policies;
  if (policies === undefined || start.attempt !== 1) return null;
  if (policies.overlap.mode !== 'allow' && policies.overlap.mode !== 'skip') return null;
  const { misfire } = policies;
  const allowed = misfire.mode === 'skip' ? misfire.graceMs : misfire.ageMsMax;
  const row = ledger.rows.get(start.runId);
  if (row === undefined) return null;
  const dueAt = ledger.clock.truthOf(row.startAt);
  // A run that has waited for room is in time, however long it waits and whoever lets it in.
  if (limits.freeAt(start) > dueAt) return null;
  const lateMs = start.startAt - dueAt;
  // The decision is made before the start is written and seen: faults may lie between.
  const undisturbed = allowed + ledger.limits.epsilonMs;
  if (lateMs <= undisturbed) return null;
  const held = decidedLongBefore(start, ledger) ? availability.heldMs(dueAt, start.startAt) : 0;
  if (lateMs <= undisturbed + held) return null;
  return `it is ${Math.round(lateMs)} ms late, and ${misfire.mode} allows ${allowed} ms`;
}

/**
 * A start whose answer is lost is tried again without a new decision, until an answer
 * comes. So only a fault of its own node, or of the store, can part decision and start.
 */
function decidedLongBefore(start: AttemptRecord, ledger: Ledger): boolean {
  const { callDeadlineMs, renewMs, tickMs, epsilonMs } = ledger.limits;
  return isDisturbed(start, callDeadlineMs + renewMs + tickMs + epsilonMs, ledger);
}

function violationOf(job: CheckedJob, start: AttemptRecord, why: string): Violation {
  return {
    verdict: 'extra',
    text:
      `job ${job.record.sched} started run ${start.runId} for ${showInstant(start.fireAt)} at ` +
      `${showInstant(start.startAt)} on ${start.inc}: ${why}`,
    sched: job.record.sched,
    runId: start.runId,
    facts: { fireAt: start.fireAt, startAt: start.startAt, inc: start.inc },
  };
}
