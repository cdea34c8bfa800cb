import type { Availability } from './availability.ts';
import { definitionOf } from './definition-of.ts';
import type { CheckedJob } from './expected.ts';
import { JobEnds } from './job-ends.ts';
import { firstStarts, isScheduled, type Skip, skipsOf } from './job-index.ts';
import type { AttemptRecord, Ledger, Operation } from './ledger.ts';
import { LimitGroups } from './limit-groups.ts';
import { showInstant, type Violation } from './violation.ts';

export interface LateFindings {
  readonly violations: readonly Violation[];
  /** Milliseconds from the instant to the first start, of runs that nothing held up. */
  readonly latenessMs: readonly number[];
}

/**
 * late: the first start comes after its deadline, which is the instant (with its jitter), or
 * the end of the predecessor in a queue or of whoever took its room, plus ε, plus the time in
 * which faults could hold it up, plus what nodes take to see what another process has written.
 * Skips for lateness are held to the same deadline: a system that was up had no reason.
 */
export function checkLate(
  ledger: Ledger,
  jobs: readonly CheckedJob[],
  availability: Availability,
): LateFindings {
  const violations: Violation[] = [];
  const latenessMs: number[] = [];
  const limits = new LimitGroups(ledger);
  const { epsilonMs, tickMs, horizonMs } = ledger.limits;
  for (const job of jobs) {
    const ends = new JobEnds([job.record], ledger);
    for (const start of firstStarts(job.record)) {
      const row = ledger.rows.get(start.runId);
      if (!isScheduled(start.runId, row) || start.attempt > 1) continue;
      // Without its row neither its jitter nor its policies are known.
      if (row === undefined && start.fireAt < job.retainedFrom) continue;
      const due = earliestStart(start, ends, ledger);
      const from = Math.max(due.at, limits.freeAt(start));
      // Who waits for room that another node gives back finds it when it looks again.
      const looks = from > due.at ? tickMs + horizonMs / 2 : due.looksMs;
      const late = start.startAt - from;
      const held = availability.heldMs(from, start.startAt);
      if (held === 0) latenessMs.push(late);
      if (late <= epsilonMs + looks + held || inWindow(job, start.fireAt)) continue;
      if (late <= epsilonMs + unseenMs(job, start.fireAt, from, ledger) + held) continue;
      violations.push(violationOf(job, start, late, held));
    }
    for (const skip of skipsOf(job.record)) {
      const violation = skippedLate(job, skip, ledger, availability);
      if (violation !== null) violations.push(violation);
    }
  }
  return { violations, latenessMs };
}

interface Due {
  /** True time from which nothing but the system itself held the run up. */
  readonly at: number;
  /** No node was told: one finds it when it next looks, which takes so long. */
  readonly looksMs: number;
}

function earliestStart(start: AttemptRecord, ends: JobEnds, ledger: Ledger): Due {
  const row = ledger.rows.get(start.runId);
  const dueAt = ledger.clock.truthOf(row?.startAt ?? start.fireAt);
  const mode = definitionOf(start.runId, ledger)?.policies.overlap.mode ?? 'skip';
  const queues = mode !== 'allow' && mode !== 'skip';
  const last = queues ? ends.lastOfOthers(start.startAt, start.runId, start.fireAt) : null;
  if (last === null || last.t <= dueAt) return { at: dueAt, looksMs: 0 };
  const { tickMs, horizonMs } = ledger.limits;
  return { at: last.t, looksMs: last.byClient ? Math.min(tickMs, horizonMs / 2) : 0 };
}

/**
 * How long after `fromAt` (true time) a node may not know yet that the instant comes: it
 * looks once a tick for what other processes have changed.
 */
function unseenMs(job: CheckedJob, instant: number, fromAt: number, ledger: Ledger): number {
  const instantT = ledger.clock.truthOf(instant);
  const changes = job.record.operations.filter((each) => bringsInstants.has(each.f));
  const changedAt = changes.map((each) => each.okAt).filter((okAt) => okAt <= instantT);
  const seenAt = Math.max(Number.NEGATIVE_INFINITY, ...changedAt) + ledger.limits.tickMs;
  return Math.max(0, seenAt - fromAt);
}

const bringsInstants: ReadonlySet<Operation['f']> = new Set(['create', 'update', 'resume']);

/** Changes of the job at that moment may have moved it. */
function inWindow(job: CheckedJob, fireAt: number): boolean {
  return job.timeline.windows.some((each) => fireAt >= each.fromAt && fireAt <= each.toAt);
}

function skippedLate(
  job: CheckedJob,
  skip: Skip,
  ledger: Ledger,
  availability: Availability,
): Violation | null {
  if (skip.reason !== 'misfire' && skip.reason !== 'coalesced') return null;
  // A one-off in the past and rows handed over by a pause or an update are late by request.
  if (inWindow(job, skip.toAt) || inWindow(job, skip.decidedAt)) return null;
  const revision = skip.revision;
  const definition = revision === null ? undefined : job.record.definitions.get(revision);
  const policies = definition ?? job.timeline.phases.at(-1)?.definition;
  const jitter = policies?.trigger.jitterMs ?? 0;
  const grace = policies?.policies.misfire.graceMs ?? 0;
  const dueAt = ledger.clock.truthOf(skip.toAt + jitter);
  const decidedAt = ledger.clock.truthOf(skip.decidedAt);
  const held = availability.heldMs(dueAt, decidedAt);
  const late = decidedAt - dueAt;
  const unseen = unseenMs(job, skip.toAt, dueAt, ledger);
  if (late <= ledger.limits.epsilonMs + unseen + held + grace) return null;
  return {
    verdict: 'late',
    text:
      `job ${job.record.sched} decided ${skip.reason} for ${showInstant(skip.toAt)} only at ` +
      `${showInstant(skip.decidedAt)}, ${Math.round(late)} ms late; ` +
      `faults explain ${Math.round(held)} ms`,
    sched: job.record.sched,
    runId: skip.runId,
    facts: { fireAt: skip.toAt, decidedAt: skip.decidedAt, heldMs: held },
  };
}

function violationOf(job: CheckedJob, start: AttemptRecord, late: number, held: number): Violation {
  return {
    verdict: 'late',
    text:
      `job ${job.record.sched} started run ${start.runId} for ${showInstant(start.fireAt)} ` +
      `${Math.round(late)} ms late on ${start.inc}; faults explain ${Math.round(held)} ms`,
    sched: job.record.sched,
    runId: start.runId,
    facts: { fireAt: start.fireAt, startAt: start.startAt, lateMs: late, heldMs: held },
  };
}
