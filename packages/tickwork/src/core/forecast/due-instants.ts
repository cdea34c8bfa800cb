import type { TriggerMemory } from '../model/trigger-memory.ts';
import { walk } from '../planner/walk.ts';
import type { Instant } from '../time/instant.ts';
import { advanceMemory } from '../trigger/advance-memory.ts';
import { startAtOf } from '../trigger/start-at.ts';
import type { ForecastJob } from './forecast-job.ts';

const BEFORE_MAX = 1_000_000;

/** The instants of one job, one after another, as the planner walks them. */
export class DueInstants {
  readonly #job: ForecastJob;
  #memory: TriggerMemory;
  /** The instant that comes next, or `null`. */
  fireAt: Instant | null;

  constructor(job: ForecastJob, from: Instant) {
    this.#job = job;
    const before = walkUpTo(job, from);
    this.#memory = before;
    this.fireAt = job.trigger.next(from, before);
  }

  /** True if the trigger excludes the next instant: it is skipped. */
  get isExcluded(): boolean {
    return this.#job.trigger.excludes?.(this.fireAt ?? 0, this.#memory) === true;
  }

  /** When the run of the next instant may start: with its jitter. */
  get startAt(): Instant {
    return startAtOf(this.#job.spec, this.#job.name, this.fireAt ?? 0);
  }

  /** Takes the next instant; the one after it is `fireAt` then. */
  take(): void {
    const at = this.fireAt;
    if (at === null) return;
    this.#memory = advanceMemory(this.#job.trigger, this.#memory, at);
    this.fireAt = this.#job.trigger.next(at, this.#memory);
  }

  /** A run has ended: triggers that count from there know more now. */
  ended(at: Instant): void {
    if (this.#job.spec.kind !== 'fixed-delay' || this.fireAt !== null) return;
    this.#memory = { ...this.#memory, endedAt: at };
    this.fireAt = this.#job.trigger.next(this.#memory.previousAt ?? at, this.#memory);
  }
}

/** What the trigger remembers at the beginning of the period. */
function walkUpTo(job: ForecastJob, from: Instant): TriggerMemory {
  const remembers = job.spec.runsMax !== undefined || /random|any/.test(job.spec.kind);
  if (!remembers || job.cursorAt >= from) return job.memory;
  const advance = advanceMemory.bind(null, job.trigger);
  const start = { after: job.cursorAt, memory: job.memory };
  return walk(job.trigger, advance, start, { until: from, limit: BEFORE_MAX }).memory;
}
