import { expectedOf, passedMemory, resumedMemory } from '../ledger/job-position.ts';
import type { JobState } from '../model/job.ts';
import { type NewRun, runId, type SkipRange } from '../model/run.ts';
import { handlerKey } from '../model/task-spec.ts';
import type { TriggerMemory } from '../model/trigger-memory.ts';
import type { JobPosition, PlanWrite } from '../ports/job-store.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import type { Trigger } from '../trigger/trigger.ts';
import { decideMisfire, type MissedStretch } from './decide-misfire.ts';
import { outlookOf, plannedFate } from './outlook.ts';
import { type SkipFate, skipRanges } from './skip-ranges.ts';
import { type Advance, type Walk, walk } from './walk.ts';

/** What planning one job needs to know besides the job. */
export interface PlanFacts {
  readonly trigger: Trigger;
  readonly advance: Advance;
  /** `fireAt` plus the job's stable jitter. */
  readonly startAtOf: (fireAt: Instant) => Instant;
  readonly zoneVersion: string;
  readonly horizonMs: DurationMs;
  /** Scheduled runs of the job that are PENDING, not begun and overdue. */
  readonly overdueCount: number;
}

export type PlannedWrite = Omit<PlanWrite, 'runs'> & { readonly runs: readonly NewRun[] };

/** Instants passed over in one step; a longer catch-up takes several. */
const INSTANTS_MAX = 100_000;
/** Rows written for one job in one step. */
const ROWS_MAX = 1000;

/**
 * Decides every instant of a job in (cursor, now + horizon]: a pending run, a run that
 * stands for missed ones, or a skipped stretch with its reason. The cursor ends at the
 * last decided instant, `nextFireAt` at the first undecided one. Pure.
 */
export function planJob(job: JobState, facts: PlanFacts, now: Instant): PlannedWrite {
  if (job.status === 'paused') return planPaused(job, facts, now);
  const from = { after: job.cursorAt, memory: job.memory };
  const missed = walkMissed(job, facts, now);
  const more = missed.nextAt !== null && missed.nextAt <= missedUntil(job, now);
  if (more) return planPartOfCatchUp(job, facts, missed, now);
  const caughtUp = missed.instants.at(-1) ?? from.after;
  const awake = awakeOf(job, missed, missed.instants);
  const decision = decideMisfire(awake, misfire(job), now);
  const carried = job.memory.carriedCount ?? 0;
  const stretches = decision.stretches;
  const coalesced = carried + countOf(stretches, 'coalesced') + facts.overdueCount;
  const late = decision.fire.map((fireAt) =>
    newRun(job, facts, fireAt, misfire(job).mode === 'fire-once' ? coalesced : 0),
  );
  const passed = missed.instants.length > 0 && decision.fire.length === 0;
  const memory = passed ? passedMemory(job, missed.memory, now) : missed.memory;
  const ahead = walkAhead(job, facts, { after: caughtUp, memory: withoutCarry(memory) }, now);
  const into = misfire(job).mode === 'fire-once' ? (late.at(-1)?.id ?? null) : null;
  return {
    ...frame(job, now),
    position: positionOf(facts, ahead, ahead.instants.at(-1) ?? caughtUp),
    runs: [...late, ...awakeRuns(job, facts, ahead)],
    skips: [
      ...skipsOf(job, missed, missed.instants, { stretches, into }, now),
      ...skipsOf(job, ahead, ahead.instants, { stretches: [], into: null }, now),
    ],
  };
}

/** What is due within the horizon; if all of that is passed over, none of it will end. */
function walkAhead(
  job: JobState,
  facts: PlanFacts,
  from: { readonly after: Instant; readonly memory: TriggerMemory },
  now: Instant,
): Walk {
  const { trigger, advance, horizonMs } = facts;
  const ahead = walk(trigger, advance, from, { until: now + horizonMs, limit: ROWS_MAX });
  const last = ahead.instants.at(-1);
  if (last === undefined || awakeOf(job, ahead, ahead.instants).length > 0) return ahead;
  const memory = passedMemory(job, ahead.memory, Math.max(last, now));
  return { ...ahead, memory, nextAt: trigger.next(last, memory) };
}

/** Every instant up to here is later than the grace, whatever its jitter. */
function missedUntil(job: JobState, now: Instant): Instant {
  return now - misfire(job).graceMs - 1 - (job.definition.trigger.jitterMs ?? 0);
}

function walkMissed(job: JobState, facts: PlanFacts, now: Instant): Walk {
  return walk(
    facts.trigger,
    facts.advance,
    { after: job.cursorAt, memory: job.memory },
    { until: missedUntil(job, now), limit: INSTANTS_MAX + keptBack(job) },
  );
}

/** As many of the newest may still be run: a step passes over none of them. */
function keptBack(job: JobState): number {
  return misfire(job).mode === 'fire-all' ? misfire(job).runsMax : 0;
}

/**
 * More is missed than one step looks at. All but the newest that could still be run
 * are passed over now; the rest is decided in the next step.
 */
function planPartOfCatchUp(
  job: JobState,
  facts: PlanFacts,
  missed: Walk,
  now: Instant,
): PlannedWrite {
  const passed = missed.instants.slice(0, missed.instants.length - keptBack(job));
  const policy = misfire(job).mode === 'skip' ? misfire(job) : { ...misfire(job), runsMax: 0 };
  const awake = awakeOf(job, missed, passed);
  const stretches =
    policy.mode === 'fire-once'
      ? passAll(awake, job, now)
      : decideMisfire(awake, policy, now).stretches;
  const memory = passed.reduce((m, fireAt) => facts.advance(m, fireAt), job.memory);
  const last = passed.at(-1) ?? job.cursorAt;
  const carriedCount = (job.memory.carriedCount ?? 0) + countOf(stretches, 'coalesced');
  return {
    ...frame(job, now),
    position: {
      cursorAt: last,
      nextFireAt: facts.trigger.next(last, memory),
      memory: { ...memory, carriedCount },
      zoneVersion: facts.zoneVersion,
    },
    runs: [],
    skips: skipsOf(job, missed, passed, { stretches, into: null }, now),
  };
}

/** `fire-once` with later missed instants to come: all of these give way to them. */
function passAll(
  passed: readonly Instant[],
  job: JobState,
  now: Instant,
): readonly MissedStretch[] {
  const policy = { ...misfire(job), mode: 'fire-all' as const, runsMax: 0 };
  return decideMisfire(passed, policy, now).stretches.map((each) =>
    each.reason === 'limit' ? { ...each, reason: 'coalesced' as const } : each,
  );
}

/** Instants in a pause are passed over up to now; what comes later stays open. */
function planPaused(job: JobState, facts: PlanFacts, now: Instant): PlannedWrite {
  const endsAt = job.pausedUntilAt;
  const ended = endsAt !== null && endsAt <= now;
  const until = ended ? endsAt : now;
  const passed = walk(
    facts.trigger,
    facts.advance,
    { after: job.cursorAt, memory: job.memory },
    { until, limit: INSTANTS_MAX },
  );
  const complete = passed.nextAt === null || passed.nextAt > until;
  const last = passed.instants.at(-1);
  const fateOf = (at: Instant) => plannedFate(outlookOf(job, passed.excluded.has(at), at));
  const skips = skipRanges(job.id, passed.instants, fateOf, now);
  const resumed = ended && complete;
  const cursorAt = resumed ? Math.max(job.cursorAt, until) : (last ?? job.cursorAt);
  const memory = resumed ? resumedMemory(job, passed.memory, until) : passed.memory;
  const nextFireAt = resumed ? facts.trigger.next(cursorAt, memory) : passed.nextAt;
  return {
    ...frame(job, now),
    position: { cursorAt, nextFireAt, memory, zoneVersion: facts.zoneVersion },
    ...(resumed
      ? { status: { status: 'active', reason: null, pausedUntilAt: null } as const }
      : {}),
    runs: [],
    skips,
  };
}

function misfire(job: JobState) {
  return job.definition.policies.misfire;
}

function frame(job: JobState, now: Instant): Pick<PlanWrite, 'expected' | 'supersede' | 'at'> {
  return { expected: expectedOf(job), supersede: null, at: now };
}

function positionOf(facts: PlanFacts, ahead: Walk, cursorAt: Instant): JobPosition {
  return {
    cursorAt,
    nextFireAt: ahead.nextAt,
    memory: ahead.memory,
    zoneVersion: facts.zoneVersion,
  };
}

function newRun(job: JobState, facts: PlanFacts, fireAt: Instant, coalescedCount: number): NewRun {
  return {
    id: runId.scheduled(job.id, fireAt),
    jobId: job.id,
    jobRevision: job.revision,
    origin: 'schedule',
    fireAt,
    startAt: facts.startAtOf(fireAt),
    handler: handlerKey(job.definition.task),
    priority: job.definition.policies.priority,
    dedupeKey: null,
    coalescedCount,
    definition: null,
    parentId: null,
  };
}

/** Missed stretches, and the run that stands for the coalesced ones. */
interface Missed {
  readonly stretches: readonly MissedStretch[];
  readonly into: string | null;
}

/** The ranges of what is not run: missed stretches, and instants that are passed over. */
function skipsOf(
  job: JobState,
  walked: Walk,
  instants: readonly Instant[],
  { stretches, into }: Missed,
  now: Instant,
): SkipRange[] {
  if (job.skipWindows.length === 0 && walked.excluded.size === 0) {
    return stretches.map((each) => {
      const intoRunId = each.reason === 'coalesced' ? into : null;
      return { jobId: job.id, ...each, decidedAt: now, intoRunId };
    });
  }
  const fateOf = (at: Instant): SkipFate | null => {
    const over = plannedFate(outlookOf(job, walked.excluded.has(at), at));
    if (over !== null) return over;
    const stretch = stretches.find((each) => at >= each.fromAt && at <= each.toAt);
    if (stretch === undefined) return null;
    const intoRunId = stretch.reason === 'coalesced' ? into : null;
    return { reason: stretch.reason, intoRunId, note: null };
  };
  return skipRanges(job.id, instants, fateOf, now);
}

/** Those of the instants of a walk that nothing passes over. */
function awakeOf(job: JobState, { excluded }: Walk, instants: readonly Instant[]): Instant[] {
  return instants.filter((at) => plannedFate(outlookOf(job, excluded.has(at), at)) === null);
}

/** A run for each instant to come that is not passed over. */
function awakeRuns(job: JobState, facts: PlanFacts, ahead: Walk): NewRun[] {
  return awakeOf(job, ahead, ahead.instants).map((fireAt) => newRun(job, facts, fireAt, 0));
}

function countOf(stretches: readonly MissedStretch[], reason: MissedStretch['reason']): number {
  return stretches.reduce((sum, each) => (each.reason === reason ? sum + each.count : sum), 0);
}

function withoutCarry(memory: TriggerMemory): TriggerMemory {
  if (memory.carriedCount === undefined) return memory;
  const { carriedCount: _passed, ...rest } = memory;
  return rest;
}
