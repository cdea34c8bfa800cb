import { TickworkError } from '../base/errors.ts';
import { Heap } from '../base/heap.ts';
import { decideBlocked } from '../dispatcher/decide-blocked.ts';
import { decideStart } from '../dispatcher/decide-start.ts';
import { isMissed } from '../planner/decide-misfire.ts';
import { outlookOf, plannedFate, type Standing } from '../planner/outlook.ts';
import type { SlotKind } from '../ports/task-kind.ts';
import type { Instant } from '../time/instant.ts';
import { type Actor, actorsOf, type Due, dueOf } from './actor.ts';
import type { ForecastJob, ForecastSkip, JobForecast } from './forecast-job.ts';
import { InstantQueue } from './instant-queue.ts';
import { type LimitForecast, LimitRoom } from './limit-room.ts';
import { LoadCurve } from './load-curve.ts';
import { ReadyRuns } from './ready-runs.ts';

export interface ForecastBounds {
  /** Exclusive. */
  readonly fromAt: Instant;
  /** Inclusive. */
  readonly untilAt: Instant;
  /** Slots of all nodes together. */
  readonly slots: Readonly<Record<SlotKind, number>>;
}

/** An instant at which a job was still busy with a former run. */
export interface Collision {
  readonly jobName: string;
  readonly fireAt: Instant;
  /** What the overlap policy makes of it. */
  readonly outcome: 'skip' | 'wait' | 'replace';
}

export interface SimulationOutcome extends ReturnType<LoadCurve['finish']> {
  readonly jobs: readonly JobForecast[];
  readonly collisionCount: number;
  /** The first hundred. */
  readonly collisions: readonly Collision[];
  /** Keys, pools and rates that jobs name, the one that delays most runs first. */
  readonly limits: readonly LimitForecast[];
}

const COLLISIONS_MAX = 100;
const INSTANTS_MAX = 50_000_000;
const SLOT_KINDS: readonly SlotKind[] = ['function', 'external'];

/**
 * Runs jobs on a clock of its own, with the engine's own decisions: where instants lie (the
 * triggers and their memory), which are passed over (`outlookOf`), whether a run starts
 * (`decideStart`), what the overlap policy makes of a busy job (`decideBlocked`), what a run must
 * find room in (`limitsOf`, `decideRate`), which run takes a free slot first. Runs take a fixed
 * time and succeed, unless that is longer than their timeout.
 *
 * Instants of triggers and ends of runs are numbers in queues by instant; only what is late,
 * has jitter or waits is an object. The work is one step per instant.
 *
 * Throws INVALID_INPUT if there are more than 50 million instants; a shorter period helps.
 */
export function simulate(jobs: readonly ForecastJob[], bounds: ForecastBounds): SimulationOutcome {
  return new Simulation(jobs, bounds).run();
}

class Simulation {
  readonly #bounds: ForecastBounds;
  readonly #jobs: readonly ForecastJob[];
  readonly #actors: readonly Actor[];
  readonly #load: LoadCurve;
  /** The next instant of each trigger. */
  readonly #dues = new InstantQueue();
  readonly #ends = new InstantQueue();
  /** What starts after its instant: for its jitter, or for the window of a rate. */
  readonly #later = new Heap<Due>((a, b) => a.lookAt < b.lookAt);
  readonly #ready: Readonly<Record<SlotKind, ReadyRuns>>;
  readonly #room = new LimitRoom((due) => this.#ready[due.actor.job.slotKind].add(due));
  readonly #collisions: Collision[] = [];
  #collisionCount = 0;
  #instantCount = 0;
  #now: Instant;

  constructor(jobs: readonly ForecastJob[], bounds: ForecastBounds) {
    this.#bounds = bounds;
    this.#jobs = jobs;
    this.#now = bounds.fromAt;
    this.#load = new LoadCurve(bounds.fromAt, bounds.untilAt, bounds.slots);
    this.#actors = actorsOf(jobs, bounds.fromAt);
    this.#ready = {
      function: new ReadyRuns(this.#actors),
      external: new ReadyRuns(this.#actors),
    };
    for (const actor of this.#actors) this.#expect(actor);
  }

  run(): SimulationOutcome {
    const onEnd = (index: number): void => this.#end(this.#actors[index] as Actor);
    const onDue = (index: number): void => this.#due(this.#actors[index] as Actor);
    for (;;) {
      const laterAt = this.#later.peek()?.lookAt ?? Number.POSITIVE_INFINITY;
      const at = Math.min(this.#ends.nextAt, this.#dues.nextAt, laterAt);
      if (at > this.#bounds.untilAt) break;
      this.#load.passTo(at, {
        function: !this.#ready.function.isEmpty,
        external: !this.#ready.external.isEmpty,
      });
      this.#now = at;
      // Ends come first, as a run that ends at an instant does not block it; and all that
      // happens at one instant happens before anything starts at it.
      while (this.#ends.nextAt === at) this.#ends.take(onEnd);
      while (this.#dues.nextAt === at) this.#dues.take(onDue);
      while (this.#later.peek()?.lookAt === at) this.#comeLater(this.#later.pop() as Due);
      this.#dispatch();
    }
    const tallies = new Map(this.#actors.map(({ job, tally }) => [job, tally]));
    return {
      ...this.#load.finish(),
      jobs: this.#jobs.flatMap((job) => tallies.get(job) ?? []),
      collisionCount: this.#collisionCount,
      collisions: this.#collisions,
      limits: this.#room.finish(),
    };
  }

  #expect(actor: Actor): void {
    const { fireAt } = actor.due;
    if (fireAt === null || fireAt > this.#bounds.untilAt) return;
    this.#dues.push(Math.max(fireAt, this.#now), actor.index);
  }

  /** The next instant of a trigger is now. */
  #due(actor: Actor): void {
    const { fireAt, startAt, isExcluded } = actor.due;
    if (fireAt === null) return;
    actor.due.take();
    this.#expect(actor);
    const later = startAt > this.#now;
    if (later && startAt > this.#bounds.untilAt) return;
    if (this.#isPassedOver(actor, fireAt, { standing: actor.job.standing, isExcluded })) return;
    if (later) this.#later.push(dueOf(actor, fireAt, { startAt, lookAt: startAt }));
    else if (startAt === this.#now) this.#ready[actor.job.slotKind].addFresh(actor.index);
    else this.#ready[actor.job.slotKind].add(dueOf(actor, fireAt, { startAt }));
  }

  /** Counts an instant; true if it is passed over whatever happens. */
  #isPassedOver(
    actor: Actor,
    fireAt: Instant,
    { standing, isExcluded }: { readonly standing: Standing; readonly isExcluded: boolean },
  ): boolean {
    actor.tally.instantCount += 1;
    if (++this.#instantCount > INSTANTS_MAX) throw tooMany();
    const outlook = outlookOf(standing, isExcluded, fireAt);
    if (outlook.mark === 'will-run') return false;
    const fate = plannedFate(outlook);
    this.#skip(actor, (fate?.reason ?? 'backoff') as ForecastSkip);
    return true;
  }

  #comeLater(due: Due): void {
    this.#ready[due.actor.job.slotKind].add(due);
  }

  #dispatch(): void {
    const take = {
      fresh: (actor: Actor) => this.#takeFresh(actor),
      due: (due: Due) => this.#take(due),
    };
    for (let again = true; again; ) {
      again = false;
      for (const slotKind of SLOT_KINDS) {
        const ready = this.#ready[slotKind];
        if (ready.isEmpty) continue;
        const isFree = (): boolean => this.#load.running(slotKind) < this.#bounds.slots[slotKind];
        again = ready.takeWhile(isFree, this.#now, take) || again;
      }
    }
  }

  /** At its very instant only a busy job or a limit can be in the way of a run. */
  #takeFresh(actor: Actor): void {
    const isClear = !actor.isLimited && !(actor.exclusive && isBusy(actor));
    if (isClear) this.#start(actor);
    else this.#enter(dueOf(actor, this.#now));
  }

  #take(due: Due): void {
    if (due.dropped || this.#room.goBack(due)) return;
    const { actor } = due;
    const { policies } = actor.job;
    const laterOverdue = actor.open.first < this.#now - policies.misfire.graceMs;
    const facts = { policies, jobStatus: 'active', planIsCurrent: true, laterOverdue } as const;
    const decided = decideStart(asRun(due), facts, this.#now);
    if (decided.decision !== 'skip') {
      this.#enter(due);
      return;
    }
    if (due.limit !== null) {
      actor.limited.delete(due);
      this.#room.leave(due, this.#now, true);
    }
    // Of the reasons for which a run is not started a forecast knows these.
    this.#skip(actor, decided.reason as ForecastSkip);
    if (due.waited || due.limit !== null) this.#releaseWaiting(actor);
  }

  /** What comes after the decision to start: the overlap policy, then the limits. */
  #enter(due: Due): void {
    const { actor, limit } = due;
    if (limit === null && actor.exclusive && isBusy(actor)) {
      this.#blocked(due);
      return;
    }
    if (actor.isLimited) {
      const entry = this.#room.enter(due, this.#now);
      if (entry !== 'entered') {
        actor.limited.add(due);
        if (entry !== 'waits') {
          due.lookAt = entry.lookAt;
          this.#later.push(due);
        }
        return;
      }
      actor.limited.delete(due);
    }
    this.#countDelays(due);
    this.#start(actor);
  }

  #countDelays(due: Due): void {
    const { job, tally } = due.actor;
    if (due.limit !== null) {
      tally.limitedCount += 1;
      tally.limitedMsMax = Math.max(tally.limitedMsMax, this.#now - due.limitedAt);
    } else if (!due.waited && isMissed(due.startAt, job.policies.misfire, this.#now)) {
      tally.lateCount += 1;
      tally.latenessMsMax = Math.max(tally.latenessMsMax, this.#now - due.startAt);
    }
  }

  #blocked(due: Due): void {
    const { actor, fireAt } = due;
    const facts = { waiting: due.waited, waitingCount: actor.waiting.length };
    const decided = decideBlocked(actor.job.policies.overlap, facts);
    this.#collisionCount += 1;
    if (this.#collisions.length < COLLISIONS_MAX) {
      const outcome = decided.decision;
      this.#collisions.push({ jobName: actor.job.name, fireAt, outcome });
    }
    switch (decided.decision) {
      case 'skip':
        this.#skip(actor, decided.reason as ForecastSkip);
        return;
      case 'wait':
        actor.tally.queuedCount += due.waited ? 0 : 1;
        due.waited = true;
        actor.waiting.push(due);
        return;
      case 'replace':
        this.#replace(due);
        return;
      default:
        decided satisfies never;
    }
  }

  /** All that the job does or waits with gives way to its newest instant. */
  #replace(due: Due): void {
    const { actor } = due;
    const { job, tally } = actor;
    tally.skipped.overlap += actor.waiting.length + actor.limited.size;
    for (const each of actor.limited) {
      each.dropped = true;
      this.#room.leave(each, this.#now, false);
    }
    actor.limited.clear();
    tally.replacedCount += actor.activeCount;
    actor.cancelledEnds += actor.activeCount;
    for (; actor.activeCount > 0; actor.activeCount--) this.#freePlace(actor);
    due.waited = true;
    actor.waiting = [];
    this.#ready[job.slotKind].add(due);
  }

  #start(actor: Actor): void {
    actor.tally.runCount += 1;
    actor.activeCount += 1;
    this.#load.start(actor.job.slotKind);
    this.#ends.push(this.#now + actor.lengthMs, actor.index);
  }

  #end(actor: Actor): void {
    // All runs of a job are of one length: those that were cancelled would have ended first.
    if (actor.cancelledEnds > 0) {
      actor.cancelledEnds -= 1;
      return;
    }
    actor.activeCount -= 1;
    this.#freePlace(actor);
    if (actor.timedOut) actor.tally.timeoutCount += 1;
    else for (const dependent of actor.after) this.#cause(dependent);
    this.#ended(actor);
    this.#releaseWaiting(actor);
  }

  #freePlace(actor: Actor): void {
    this.#load.end(actor.job.slotKind);
    const { slots } = actor.job.limits;
    if (slots !== undefined) this.#room.release(slots);
  }

  /** The end of another job fires this one. */
  #cause(actor: Actor): void {
    // Windows are for instants of its own trigger.
    const standing = { ...actor.job.standing, skipWindows: [] };
    if (this.#isPassedOver(actor, this.#now, { standing, isExcluded: false })) return;
    this.#ready[actor.job.slotKind].add(dueOf(actor, this.#now, { origin: 'after' }));
  }

  #skip(actor: Actor, reason: ForecastSkip): void {
    actor.tally.skipped[reason] += 1;
    this.#ended(actor);
  }

  /** An instant has found its end, run or not: triggers that count from there go on. */
  #ended(actor: Actor): void {
    if (actor.due.fireAt !== null) return;
    actor.due.ended(this.#now);
    this.#expect(actor);
  }

  #releaseWaiting(actor: Actor): void {
    if (isBusy(actor)) return;
    const due = actor.waiting.shift();
    if (due !== undefined) this.#ready[actor.job.slotKind].add(due);
  }
}

function isBusy(actor: Actor): boolean {
  return actor.activeCount > 0 || actor.limited.size > 0;
}

/** What decisions about a run look at. */
function asRun(due: Due): Parameters<typeof decideStart>[0] {
  return {
    ...{ jobId: due.actor.index, origin: due.origin, state: 'PENDING', attempt: 0 },
    ...{ fireAt: due.fireAt, startAt: due.startAt, waiting: due.waited },
    limitKey: due.limit?.key ?? null,
  };
}

function tooMany(): TickworkError {
  return new TickworkError('INVALID_INPUT', {
    field: 'to',
    reason: `the period has more than ${INSTANTS_MAX} instants.`,
    remedy: 'Ask for a shorter period or for fewer jobs.',
  });
}
