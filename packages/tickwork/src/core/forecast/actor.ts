import type { Instant } from '../time/instant.ts';
import { triggerNeeds } from '../trigger/trigger-needs.ts';
import { DueInstants } from './due-instants.ts';
import { emptyTally, type ForecastJob, type JobTally } from './forecast-job.ts';
import { StartsAt } from './starts-at.ts';

/** A job while it is simulated. */
export interface Actor {
  /** Its place by priority, then name: of two that come at one instant the smaller starts first. */
  readonly index: number;
  readonly job: ForecastJob;
  readonly due: DueInstants;
  readonly tally: JobTally;
  /** The jobs that its ends fire. */
  readonly after: Actor[];
  /** False: its starts need no decision unless they are late. */
  readonly isLimited: boolean;
  readonly exclusive: boolean;
  readonly timedOut: boolean;
  /** What a run takes, its timeout considered. */
  readonly lengthMs: number;
  activeCount: number;
  /** Ends to come of runs that were cancelled: they are the next ones. */
  cancelledEnds: number;
  /** Instants that wait for their predecessor, oldest first. */
  waiting: Due[];
  /** Those that wait for room under a limit. */
  limited: Set<Due>;
  /** When those might have started that are due and have no place yet, in their order. */
  readonly open: StartsAt;
}

/** An instant of a job that has come. */
export interface Due {
  readonly actor: Actor;
  readonly fireAt: Instant;
  /** With its jitter. */
  readonly startAt: Instant;
  readonly origin: 'schedule' | 'after';
  /** When to look at it (again). */
  lookAt: Instant;
  /** It has waited for its predecessor. */
  waited: boolean;
  /** What it waits for, or has waited for; `null` = for nothing. */
  limit: { readonly kind: 'slots' | 'rate'; readonly key: string } | null;
  /** Since when it waits for limits. */
  limitedAt: Instant;
  /** A later instant took its place while it waited for room. */
  dropped: boolean;
}

/** The actors by their index. Ends of jobs that are not among them fire nothing. */
export function actorsOf(jobs: readonly ForecastJob[], from: Instant): readonly Actor[] {
  const actors = [...jobs].sort(comesFirst).map((job, index) => actorOf(job, index, from));
  const named = new Map(actors.map((actor) => [actor.job.name, actor]));
  for (const actor of actors) {
    for (const { job, on } of triggerNeeds(actor.job.spec).afterJobs) {
      if (on !== 'failure') named.get(job)?.after.push(actor);
    }
  }
  return actors;
}

function actorOf(job: ForecastJob, index: number, from: Instant): Actor {
  const { timeoutMs, overlap } = job.policies;
  const timedOut = timeoutMs !== null && job.durationMs > timeoutMs;
  return {
    ...{ index, job, due: new DueInstants(job, from), tally: emptyTally(job), after: [] },
    isLimited: job.limits.slots !== undefined || job.limits.rate !== undefined,
    exclusive: overlap.mode !== 'allow',
    timedOut,
    lengthMs: timedOut ? timeoutMs : job.durationMs,
    ...{ activeCount: 0, cancelledEnds: 0, waiting: [], limited: new Set(), open: new StartsAt() },
  };
}

function comesFirst(a: ForecastJob, b: ForecastJob): number {
  const order = b.policies.priority - a.policies.priority;
  if (order !== 0) return order;
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

/** The engine's order of those that are due: priority, then instant, then name. */
export function startsFirst(a: Due, b: Due): boolean {
  const byPriority = b.actor.job.policies.priority - a.actor.job.policies.priority;
  if (byPriority !== 0) return byPriority < 0;
  if (a.startAt !== b.startAt) return a.startAt < b.startAt;
  if (a.actor !== b.actor) return a.actor.index < b.actor.index;
  return a.fireAt < b.fireAt;
}

export function dueOf(actor: Actor, fireAt: Instant, rest: Partial<Due> = {}): Due {
  return {
    ...{ actor, fireAt, startAt: fireAt, origin: 'schedule', lookAt: fireAt },
    ...{ waited: false, limit: null, limitedAt: 0, dropped: false },
    ...rest,
  };
}
