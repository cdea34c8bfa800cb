import { decideBlocked } from '../dispatcher/decide-blocked.ts';
import { Heap } from '../dispatcher/heap.ts';
import { TickworkError } from '../model/errors.ts';
import { isMissed } from '../planner/decide-misfire.ts';
import type { Pool } from '../ports/task-kind.ts';
import type { Instant } from '../time/instant.ts';
import { triggerNeeds } from '../trigger/trigger-needs.ts';
import { DueInstants } from './due-instants.ts';
import { emptyTally, type ForecastJob, type JobForecast, type JobTally } from './forecast-job.ts';
import { LoadCurve } from './load-curve.ts';

export interface ForecastBounds {
  /** Exclusive. */
  readonly fromAt: Instant;
  /** Inclusive. */
  readonly untilAt: Instant;
  /** Places for running work, of all nodes together. */
  readonly slots: Readonly<Record<Pool, number>>;
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
}

const COLLISIONS_MAX = 100;
const INSTANTS_MAX = 50_000_000;

/** A job while it is simulated. */
interface Actor {
  readonly job: ForecastJob;
  readonly due: DueInstants;
  readonly tally: JobTally;
  /** Indices of the jobs that its ends fire. */
  readonly after: number[];
  /** Runs that have begun, oldest first. */
  readonly active: Active[];
  /** Instants that wait for their predecessor, oldest first. */
  waiting: Instant[];
  /** Instants that are due and have no place yet. */
  readyCount: number;
}

interface Active {
  readonly endsAt: Instant;
  readonly timedOut: boolean;
  replaced: boolean;
}

/** `due` has no `run`; `end` has one. One `due` per job is in the heap at a time. */
interface Event {
  readonly at: Instant;
  readonly actor: Actor;
  readonly run: Active | null;
  /** `null`: the next instant of the trigger; else the end of another job. */
  readonly causedAt: Instant | null;
}

interface Ready {
  readonly actor: Actor;
  readonly priority: number;
  readonly fireAt: Instant;
  readonly startAt: Instant;
  readonly wasWaiting: boolean;
}

/**
 * Runs jobs on a clock of its own, with the engine's own decisions: where instants lie
 * (`walk`'s triggers and their memory), what the overlap policy makes of a busy job
 * (`decideBlocked`), what counts as too late (`isMissed`), which run takes a free place first.
 * Runs take a fixed time and succeed, unless that is longer than their timeout. An event heap
 * holds one entry per job and one per running run: the work is one step per instant.
 *
 * Throws INVALID_INPUT if there are more than 50 million instants; a shorter period helps.
 */
export function simulate(jobs: readonly ForecastJob[], bounds: ForecastBounds): SimulationOutcome {
  return new Simulation(jobs, bounds).run();
}

class Simulation {
  readonly #bounds: ForecastBounds;
  readonly #actors: readonly Actor[];
  readonly #load: LoadCurve;
  readonly #events = new Heap<Event>(happensFirst);
  readonly #ready: Readonly<Record<Pool, Heap<Ready>>> = {
    function: new Heap(comesFirst),
    external: new Heap(comesFirst),
  };
  readonly #collisions: Collision[] = [];
  #collisionCount = 0;
  #instantCount = 0;
  #now: Instant;

  constructor(jobs: readonly ForecastJob[], bounds: ForecastBounds) {
    this.#bounds = bounds;
    this.#now = bounds.fromAt;
    this.#load = new LoadCurve(bounds.fromAt, bounds.untilAt, bounds.slots);
    this.#actors = jobs.map((job) => ({
      ...{ job, due: new DueInstants(job, bounds.fromAt), tally: emptyTally(job) },
      ...{ after: [], active: [], waiting: [], readyCount: 0 },
    }));
    const indexOf = new Map(jobs.map((job, i) => [job.name, i]));
    for (const [i, { spec }] of jobs.entries()) {
      for (const { job, on } of triggerNeeds(spec).afterJobs) {
        const upstream = indexOf.get(job);
        if (upstream !== undefined && on !== 'failure') this.#actors[upstream]?.after.push(i);
      }
    }
    for (const actor of this.#actors) this.#expect(actor);
  }

  run(): SimulationOutcome {
    for (;;) {
      const event = this.#events.peek();
      if (event === undefined || event.at > this.#bounds.untilAt) break;
      this.#events.pop();
      const waiting = {
        function: this.#ready.function.size > 0,
        external: this.#ready.external.size > 0,
      };
      this.#load.passTo(event.at, waiting);
      this.#now = event.at;
      if (event.run === null) this.#due(event);
      else this.#end(event.actor, event.run);
      // All that happens at one instant happens before anything starts at it.
      if (this.#events.peek()?.at !== this.#now) this.#dispatch();
    }
    return {
      ...this.#load.finish(),
      jobs: this.#actors.map(({ tally }) => tally),
      collisionCount: this.#collisionCount,
      collisions: this.#collisions,
    };
  }

  /** Puts the job's next instant into the heap. */
  #expect(actor: Actor): void {
    if (actor.due.fireAt === null || actor.due.fireAt > this.#bounds.untilAt) return;
    this.#events.push({ at: actor.due.startAt, actor, run: null, causedAt: null });
  }

  #due({ actor, at, causedAt }: Event): void {
    const fireAt = causedAt ?? actor.due.fireAt ?? at;
    if (causedAt === null) {
      actor.due.take();
      this.#expect(actor);
    }
    const { pausedUntilAt } = actor.job;
    if (pausedUntilAt !== null && fireAt < pausedUntilAt) return;
    actor.tally.instantCount += 1;
    if (++this.#instantCount > INSTANTS_MAX) throw tooMany();
    this.#makeReady(actor, fireAt, false);
  }

  #makeReady(actor: Actor, fireAt: Instant, wasWaiting: boolean): void {
    actor.readyCount += 1;
    const { pool, policies } = actor.job;
    const { priority } = policies;
    this.#ready[pool].push({ actor, priority, fireAt, startAt: this.#now, wasWaiting });
  }

  #dispatch(): void {
    for (const pool of ['function', 'external'] as const) {
      const ready = this.#ready[pool];
      while (ready.size > 0 && this.#load.running(pool) < this.#bounds.slots[pool]) {
        const next = ready.pop();
        if (next !== undefined) this.#take(next);
      }
    }
  }

  /** The decisions at the start of a run, in the engine's order: misfire, then overlap. */
  #take({ actor, fireAt, startAt, wasWaiting }: Ready): void {
    const { job, tally } = actor;
    const { misfire, overlap } = job.policies;
    actor.readyCount -= 1;
    const isLate = !wasWaiting && isMissed(startAt, misfire, this.#now);
    if (isLate && misfire.mode === 'skip') tally.skipped.misfire += 1;
    else if (isLate && misfire.mode === 'fire-once' && actor.readyCount > 0) {
      tally.skipped.coalesced += 1;
    } else if (overlap.mode !== 'allow' && actor.active.length > 0) {
      this.#blocked(actor, fireAt, wasWaiting);
      return;
    } else {
      this.#start(actor, isLate ? this.#now - startAt : 0);
      return;
    }
    this.#ended(actor);
  }

  #blocked(actor: Actor, fireAt: Instant, wasWaiting: boolean): void {
    const { job, tally } = actor;
    const facts = { waiting: wasWaiting, waitingCount: actor.waiting.length };
    const decided = decideBlocked(job.policies.overlap, facts);
    this.#collisionCount += 1;
    if (this.#collisions.length < COLLISIONS_MAX) {
      this.#collisions.push({ jobName: job.name, fireAt, outcome: decided.decision });
    }
    switch (decided.decision) {
      case 'skip':
        tally.skipped[decided.reason === 'limit' ? 'limit' : 'overlap'] += 1;
        this.#ended(actor);
        return;
      case 'wait':
        tally.queuedCount += wasWaiting ? 0 : 1;
        actor.waiting.push(fireAt);
        return;
      case 'replace':
        tally.skipped.overlap += actor.waiting.length;
        actor.waiting = [fireAt];
        for (const run of actor.active.splice(0)) {
          run.replaced = true;
          tally.replacedCount += 1;
          this.#load.end(job.pool);
        }
        this.#releaseWaiting(actor);
        return;
      default:
        decided satisfies never;
    }
  }

  #start(actor: Actor, latenessMs: number): void {
    const { job, tally } = actor;
    const { timeoutMs } = job.policies;
    const timedOut = timeoutMs !== null && job.durationMs > timeoutMs;
    const endsAt = this.#now + (timedOut ? timeoutMs : job.durationMs);
    const run: Active = { endsAt, timedOut, replaced: false };
    tally.runCount += 1;
    if (latenessMs > 0) tally.lateCount += 1;
    if (latenessMs > tally.latenessMsMax) tally.latenessMsMax = latenessMs;
    actor.active.push(run);
    this.#load.start(job.pool);
    this.#events.push({ at: endsAt, actor, run, causedAt: null });
  }

  #end(actor: Actor, run: Active): void {
    if (run.replaced) return;
    actor.active.splice(actor.active.indexOf(run), 1);
    this.#load.end(actor.job.pool);
    if (run.timedOut) actor.tally.timeoutCount += 1;
    else {
      for (const i of actor.after) {
        const dependent = this.#actors[i];
        if (dependent === undefined) continue;
        this.#events.push({ at: this.#now, actor: dependent, run: null, causedAt: this.#now });
      }
    }
    this.#ended(actor);
    this.#releaseWaiting(actor);
  }

  /** An instant has found its end, run or not: triggers that count from there go on. */
  #ended(actor: Actor): void {
    const hadNext = actor.due.fireAt !== null;
    actor.due.ended(this.#now);
    if (!hadNext) this.#expect(actor);
  }

  #releaseWaiting(actor: Actor): void {
    if (actor.active.length > 0) return;
    const fireAt = actor.waiting.shift();
    if (fireAt !== undefined) this.#makeReady(actor, fireAt, true);
  }
}

/** Ends before starts, as a run that ends at an instant does not block it. */
function happensFirst(a: Event, b: Event): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.run !== null && b.run === null;
}

function comesFirst(a: Ready, b: Ready): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.startAt !== b.startAt) return a.startAt < b.startAt;
  return a.actor.job.name < b.actor.job.name;
}

function tooMany(): TickworkError {
  return new TickworkError('INVALID_INPUT', {
    field: 'until',
    reason: `the period has more than ${INSTANTS_MAX} instants.`,
    remedy: 'Ask for a shorter period or for fewer jobs.',
  });
}
