import type { TriggerSpec } from '../../../tickwork/src/core/model/trigger-spec.ts';
import type { Availability } from './availability.ts';
import type { CheckedJob } from './expected.ts';
import { skipsOf } from './job-index.ts';
import type { Ledger } from './ledger.ts';
import { showInstant, type VerdictName, type Violation } from './violation.ts';

/**
 * An instant that has a row, or a stretch of them; `endedAt` by the store's clock. What is
 * passed over has no run that could end: a delay counts from when it is over and decided.
 */
interface Step {
  readonly fromAt: number;
  readonly toAt: number;
  readonly endedAt: number | null;
  readonly runId: string | null;
}

/**
 * Triggers whose instants follow from one another have no list that could be known
 * beforehand, but bounds from one instant to the next: a random interval lies between its
 * least and its most, whatever its seed; a delay counts from the end of the run before.
 */
export function checkSequences(
  ledger: Ledger,
  jobs: readonly CheckedJob[],
  availability: Availability,
): Violation[] {
  if (!ledger.dumped) return [];
  return jobs.flatMap((job) => {
    const trigger = onlyTrigger(job);
    if (trigger?.kind !== 'random' && trigger?.kind !== 'fixed-delay') return [];
    const steps = stepsOf(job).filter((each) => each.fromAt > job.retainedFrom);
    return job.timeline.phases
      .filter((phase) => phase.state === 'active')
      .flatMap((phase) => {
        // A stretch may be lengthened in a later phase: the phase of its begin judges it.
        const inside = steps.filter(({ fromAt }) => fromAt > phase.fromAt && fromAt < phase.toAt);
        const until = Math.min(phase.toAt, job.judgedUntil);
        if (trigger.kind === 'random') return checkRandom(job, inside, trigger);
        return checkDelays(job, inside, { trigger, until, ledger, availability });
      });
  });
}

/** Jobs that had one trigger throughout, and no bounds that would end it. */
function onlyTrigger(job: CheckedJob): TriggerSpec | null {
  const triggers = [...job.record.definitions.values()].map((each) => each.trigger);
  const [first] = triggers;
  if (first === undefined || first.runsMax !== undefined || first.calendar !== undefined) {
    return null;
  }
  if (first.endAt !== undefined || first.startAt !== undefined) return null;
  const text = JSON.stringify(first);
  return triggers.every((each) => JSON.stringify(each) === text) ? first : null;
}

function stepsOf(job: CheckedJob): Step[] {
  const rows = job.record.rows
    .filter((row) => row.origin === 'schedule')
    .map(({ fireAt, endedAt, id }) => ({ fromAt: fireAt, toAt: fireAt, endedAt, runId: id }));
  const ranges = skipsOf(job.record)
    .filter((skip) => skip.runId === null)
    .map(({ fromAt, toAt, decidedAt }) => {
      return { fromAt, toAt, endedAt: Math.max(toAt, decidedAt), runId: null };
    });
  return [...rows, ...ranges].sort((a, b) => a.fromAt - b.fromAt);
}

function checkRandom(
  job: CheckedJob,
  steps: readonly Step[],
  trigger: Extract<TriggerSpec, { kind: 'random' }>,
): Violation[] {
  if (trigger.activeHours !== undefined || trigger.weekdayWeights !== undefined) return [];
  const violations: Violation[] = [];
  for (const [i, step] of steps.entries()) {
    const before = steps[i - 1];
    if (before === undefined) continue;
    const gapMs = step.fromAt - before.toAt;
    if (gapMs >= trigger.minMs && gapMs <= trigger.maxMs) continue;
    const bounds = `${trigger.minMs} to ${trigger.maxMs} ms`;
    const why = `came ${gapMs} ms after the one before, and not ${bounds}`;
    violations.push(violationOf(gapMs < trigger.minMs ? 'extra' : 'missed', job, step, why));
  }
  return violations;
}

function checkDelays(
  job: CheckedJob,
  steps: readonly Step[],
  facts: {
    readonly trigger: Extract<TriggerSpec, { kind: 'fixed-delay' }>;
    readonly until: number;
    readonly ledger: Ledger;
    readonly availability: Availability;
  },
): Violation[] {
  const { trigger, until, ledger, availability } = facts;
  const violations: Violation[] = [];
  for (const [i, before] of steps.entries()) {
    if (before.endedAt === null) continue;
    const next = steps[i + 1];
    const dueAt = before.endedAt + trigger.delayMs;
    if (dueAt > until) continue;
    const seenAt = ledger.clock.truthOf(Math.min(next?.fromAt ?? until, until));
    const held = availability.heldMs(ledger.clock.truthOf(dueAt), seenAt);
    const latestAt = dueAt + ledger.limits.epsilonMs + ledger.limits.tickMs + held;
    if (next === undefined && latestAt < until) {
      const end = showInstant(before.endedAt);
      const why = `ended ${end}, and nothing came ${trigger.delayMs} ms later`;
      violations.push(violationOf('missed', job, before, why));
    }
    if (next === undefined || next.runId === null) continue;
    // A row is decided once: an end that came after the next instant counted for the one after.
    if (next.fromAt < dueAt && next.fromAt > before.endedAt) {
      const gapMs = next.fromAt - before.endedAt;
      const why = `came ${gapMs} ms after an end, and not ${trigger.delayMs}`;
      violations.push(violationOf('extra', job, next, why));
    }
    if (next.fromAt > latestAt) {
      const why = `was due ${showInstant(dueAt)}, ${trigger.delayMs} ms after an end`;
      violations.push(violationOf('missed', job, next, why));
    }
  }
  return violations;
}

function violationOf(verdict: VerdictName, job: CheckedJob, step: Step, why: string): Violation {
  const { sched } = job.record;
  return {
    verdict,
    text: `job ${sched}: ${showInstant(step.fromAt)} ${why}`,
    sched,
    runId: step.runId,
    facts: { fireAt: step.fromAt, endedAt: step.endedAt },
  };
}
