import { expectedOf } from '../ledger/job-position.ts';
import type { JobState } from '../model/job.ts';
import type { NewRun, Run } from '../model/run.ts';
import type { PlannedRun, PlanWrite, WriteOutcome } from '../ports/job-store.ts';
import type { Store } from '../ports/store.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import { isMissed } from './decide-misfire.ts';
import { type PlanFacts, planJob } from './plan-job.ts';

/** Jobs read and written in one step. */
const BATCH_JOBS = 500;
/** Maximum number of steps in one pass, so that a stop need not wait for a long backlog. */
const PASS_BATCHES_MAX = 10;
/** A job that cannot be planned (its calendar is gone, say) is tried again after this. */
const BROKEN_JOB_PAUSE_MS = 60_000;
/** Plan a little more than the horizon apart, so that passes come in useful batches. */
const PASS_EVERY_MS_MIN = 250;
/**
 * So much of the horizon is planned earlier. Most instants are whole seconds, and so is the
 * horizon: planning would always come just when runs are to start, and delay them. By this part
 * of the usual horizon it begins a fifth of a second after them, with most of a second to go.
 */
const EARLY_PART = 0.4;

/** How far ahead of its clock a pass plans. */
export function planReachMs(horizonMs: DurationMs): DurationMs {
  return horizonMs + Math.round(horizonMs * EARLY_PART);
}

export interface PlannerParts {
  readonly store: Pick<Store, 'findDueJobs' | 'nextDueAt' | 'planDue' | 'findOverdue'>;
  readonly now: () => Instant;
  readonly horizonMs: DurationMs;
  readonly factsOf: (job: JobState) => Omit<PlanFacts, 'horizonMs' | 'overdueCount'>;
  /** Decides which of the new runs this node keeps for itself. */
  readonly reserve: (runs: readonly NewRun[]) => readonly PlannedRun[];
  /** Told after the commit: jobs that moved, with their rows. */
  readonly onPlanned: (job: JobState, write: PlanWrite) => void;
  /** Rows may be stored and reserved for this node, but the answer was lost. */
  readonly onUnknown: () => void;
  readonly onConflict: (writes: readonly PlanWrite[]) => void;
  readonly onBroken: (job: JobState, error: unknown) => void;
}

/**
 * The planning loop's pass: every job whose next instant is within the horizon is decided
 * (`planJob`), a batch at a time, each batch in one transaction. Losing a compare-and-set
 * means that another node planned the job: nothing is to be done.
 *
 * Answers when the next pass is due: as soon as an instant comes within the horizon, at once
 * if this one ended before all was planned.
 */
export class Planner {
  readonly #parts: PlannerParts;
  readonly #reachMs: DurationMs;

  constructor(parts: PlannerParts) {
    this.#parts = parts;
    this.#reachMs = planReachMs(parts.horizonMs);
  }

  async pass(): Promise<Instant | null> {
    const { store, now } = this.#parts;
    const startedAt = now();
    for (let batches = 1; ; batches++) {
      const jobs = await store.findDueJobs(startedAt + this.#reachMs, BATCH_JOBS);
      const progress = await this.planJobs(jobs);
      if (jobs.length < BATCH_JOBS || progress === 0) break;
      if (batches === PASS_BATCHES_MAX) return startedAt;
    }
    const nextAt = await store.nextDueAt();
    if (nextAt === null) return null;
    return Math.max(nextAt - this.#reachMs, startedAt + PASS_EVERY_MS_MIN);
  }

  /** Plans these jobs as far as one step goes. Answers how many moved. */
  async planJobs(jobs: readonly JobState[]): Promise<number> {
    const now = this.#parts.now();
    const overdue = await this.#countOverdue(jobs, now);
    const planned: { job: JobState; write: PlanWrite }[] = [];
    for (const job of jobs) {
      const write = this.#planOrPutOff(job, overdue.get(job.id) ?? 0, now);
      if (!isIdle(job, write)) planned.push({ job, write });
    }
    if (planned.length === 0) return 0;
    const outcomes = await this.#write(planned.map((each) => each.write));
    const lost: PlanWrite[] = [];
    let moved = 0;
    for (const [i, { job, write }] of planned.entries()) {
      if (outcomes[i] === 'written') {
        moved += 1;
        this.#parts.onPlanned(job, write);
      } else lost.push(write);
    }
    if (lost.length > 0) this.#parts.onConflict(lost);
    return moved;
  }

  async #write(writes: readonly PlanWrite[]): Promise<readonly WriteOutcome[]> {
    try {
      return await this.#parts.store.planDue(writes);
    } catch (error) {
      this.#parts.onUnknown();
      throw error;
    }
  }

  /**
   * One bad job changes only its own lateness: it is looked at again after a pause, with
   * its cursor where it was, and no longer stands at the head of those that are due.
   */
  #planOrPutOff(job: JobState, overdueCount: number, now: Instant): PlanWrite {
    try {
      const facts = { ...this.#parts.factsOf(job), horizonMs: this.#reachMs, overdueCount };
      const decided = planJob(job, facts, now);
      return { ...decided, runs: this.#parts.reserve(decided.runs) };
    } catch (error) {
      this.#parts.onBroken(job, error);
      return {
        expected: expectedOf(job),
        position: {
          cursorAt: job.cursorAt,
          nextFireAt: now + BROKEN_JOB_PAUSE_MS,
          memory: job.memory,
          zoneVersion: job.zoneVersion,
        },
        runs: [],
        skips: [],
        supersede: null,
        at: now,
      };
    }
  }

  /** Only for jobs that have missed instants is it worth asking. */
  async #countOverdue(jobs: readonly JobState[], now: Instant): Promise<Map<number, number>> {
    const counts = new Map<number, number>();
    const late = jobs.filter((job) => hasMissed(job, now)).map((job) => job.id);
    if (late.length === 0) return counts;
    const runs: readonly Run[] = await this.#parts.store.findOverdue(late, now);
    const misfireOf = new Map(jobs.map((job) => [job.id, job.definition.policies.misfire]));
    for (const run of runs) {
      const misfire = run.jobId === null ? undefined : misfireOf.get(run.jobId);
      // One that its jitter holds back is not missed: it runs for itself.
      if (run.jobId === null || !misfire || !isMissed(run.startAt, misfire, now)) continue;
      counts.set(run.jobId, (counts.get(run.jobId) ?? 0) + 1 + run.coalescedCount);
    }
    return counts;
  }
}

/** A paused job's next instant may be within the horizon and not be due: nothing is decided. */
function isIdle(job: JobState, { position, status }: PlanWrite): boolean {
  return (
    status === undefined &&
    position.cursorAt === job.cursorAt &&
    position.nextFireAt === job.nextFireAt &&
    position.zoneVersion === job.zoneVersion
  );
}

function hasMissed(job: JobState, now: Instant): boolean {
  const { misfire } = job.definition.policies;
  const missed = job.nextFireAt !== null && now - job.nextFireAt > misfire.graceMs;
  return job.status === 'active' && misfire.mode === 'fire-once' && missed;
}
