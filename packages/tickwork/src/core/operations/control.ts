import { TickworkError } from '../base/errors.ts';
import { pausedSince } from '../declaration/standing-pause.ts';
import type { TriggerCache } from '../engine/trigger-cache.ts';
import type { Job, JobStatus } from '../model/job.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { Ids } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import { formatDate, parseDate } from '../time/date-text.ts';
import type { Instant } from '../time/instant.ts';
import { Backfill, type BackfillResult } from './backfill.ts';
import type {
  BackfillOptions,
  JobControl,
  PausedInstants,
  PauseOptions,
  ResumeOptions,
  SkipOptions,
  SkipWindow,
} from './control-api.ts';
import type { JobService } from './job-service.ts';
import type { JobView } from './job-view.ts';
import { nextInstants } from './next-instants.ts';

const PAGE = 1000;
const NEXT_MAX = 10_000;
const ACTIVE = { status: 'active', reason: null, pausedUntilAt: null } as const;

export interface ControlParts {
  readonly store: Store;
  readonly triggers: TriggerCache;
  readonly ids: Ids;
  readonly jobs: JobService;
  readonly now: () => Instant;
  readonly prepare: () => Promise<void>;
  readonly instantOf: (value: Instant | Date | string, field: string, zone?: string) => Instant;
  readonly viewOf: (job: Job) => Promise<JobView>;
  /** There is something new to claim. */
  readonly onChanged: () => void;
}

/** Pauses, resumptions and what is made up for. */
export class Control implements JobControl {
  readonly #parts: ControlParts;
  readonly #backfill: Backfill;

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#backfill = new Backfill(parts);
  }

  async pause(name: string, options: PauseOptions = {}): Promise<JobView> {
    await this.#parts.prepare();
    const job = await this.#parts.jobs.find(name);
    if (job.status === 'disabled') {
      throw new TickworkError('INVALID_INPUT', {
        field: `job ${name}`,
        value: job.status,
        reason: 'is disabled, so there is nothing to pause.',
        remedy: 'Resume it first.',
      });
    }
    const until = options.until;
    const untilAt = until === undefined ? null : this.#parts.instantOf(until, 'until');
    const reason = options.reason ?? 'paused by hand';
    return await this.#parts.viewOf(
      await this.#parts.jobs.setStatus(name, { status: 'paused', reason, pausedUntilAt: untilAt }),
    );
  }

  async resume(name: string, options: ResumeOptions = {}): Promise<JobView> {
    await this.#parts.prepare();
    const { catchUp = 'drop', skips: liftSkips = false } = options;
    const since = await this.#pausedSince(await this.#parts.jobs.find(name));
    if (catchUp === 'drop' || since === null) {
      const job = await this.#parts.jobs.setStatus(name, { ...ACTIVE, liftSkips });
      return await this.#parts.viewOf(job);
    }
    const to = { ...ACTIVE, liftSkips };
    const job = await this.#parts.jobs.setStatus(name, to, async (paused) => {
      const range = { fromAt: since + 1, toAt: this.#parts.now(), forceId: null };
      return (await this.#backfill.plan(paused, { ...range, which: catchUp })).runs;
    });
    this.#parts.onChanged();
    return await this.#parts.viewOf(job);
  }

  async pausedInstants(name: string): Promise<PausedInstants> {
    await this.#parts.prepare();
    const job = await this.#parts.jobs.find(name);
    const since = await this.#pausedSince(job);
    if (since === null) return { fromAt: null, toAt: null, count: 0 };
    const range = { fromAt: since + 1, toAt: this.#parts.now(), forceId: null };
    const { openAts } = await this.#backfill.preview(job, range);
    return { fromAt: openAts[0] ?? null, toAt: openAts.at(-1) ?? null, count: openAts.length };
  }

  async skip(name: string, options: SkipOptions): Promise<SkipWindow> {
    await this.#parts.prepare();
    const reason = options.reason ?? 'skipped by hand';
    return await this.#parts.jobs.addSkipWindow(name, async (job) => {
      const range = await this.#skippedRange(job, options);
      if (range !== null) return { ...range, reason };
      throw new TickworkError('INVALID_INPUT', {
        field: `job ${name}`,
        value: options,
        reason: 'has no instants to come that could be skipped.',
        remedy: 'Name how many of the next, or a day that is not over.',
      });
    });
  }

  async #skippedRange(
    job: Job,
    { next, date }: SkipOptions,
  ): Promise<Omit<SkipWindow, 'reason'> | null> {
    const now = this.#parts.now();
    if (next !== undefined && date === undefined) {
      checkCount(next);
      const facts = this.#parts.triggers.factsOf(job);
      const found = await nextInstants(this.#parts.store, job, facts, { now, count: next });
      const [first, last] = [found[0], found.at(-1)];
      return first === undefined || last === undefined ? null : { fromAt: first, toAt: last };
    }
    const day = date === undefined || next !== undefined ? null : parseDate(date);
    if (day === null) {
      throw new TickworkError('INVALID_INPUT', {
        field: 'skip',
        value: date ?? next,
        reason: 'is neither a number of instants nor a day.',
        remedy: 'Write next: 3 or date: 2026-12-24.',
      });
    }
    const zone = 'zone' in job.definition.trigger ? job.definition.trigger.zone : undefined;
    const [begin, end] = [day, day + 1].map((each) =>
      this.#parts.instantOf(`${formatDate(each)}T00:00`, 'date', zone),
    ) as [Instant, Instant];
    return end <= now ? null : { fromAt: Math.max(begin, now + 1), toAt: end - 1 };
  }

  async disable(name: string, options: { reason?: string } = {}): Promise<JobView> {
    await this.#parts.prepare();
    const reason = options.reason ?? 'disabled by hand';
    const to = { status: 'disabled', reason, pausedUntilAt: null } as const;
    return await this.#parts.viewOf(await this.#parts.jobs.setStatus(name, to));
  }

  async pauseTagged(tag: string, options: PauseOptions = {}): Promise<string[]> {
    const names = await this.#tagged(tag, 'active');
    for (const name of names) await this.pause(name, options);
    return names;
  }

  async resumeTagged(tag: string, options: ResumeOptions = {}): Promise<string[]> {
    const names = await this.#tagged(tag, 'paused');
    for (const name of names) await this.resume(name, options);
    return names;
  }

  async backfill(name: string, options: BackfillOptions): Promise<BackfillResult> {
    await this.#parts.prepare();
    const job = await this.#parts.jobs.plannedUpToNow(name);
    checkTrigger(job);
    const fromAt = this.#parts.instantOf(options.from, 'from');
    const toAt = this.#parts.instantOf(options.to, 'to');
    if (fromAt > toAt) {
      throw new TickworkError('INVALID_INPUT', {
        field: 'from',
        value: options.from,
        reason: 'is later than to.',
        remedy: 'Name the earlier instant first.',
      });
    }
    const forceId = options.force === true ? this.#parts.ids.next() : null;
    return await this.#backfill.run(job, { fromAt, toAt, forceId, which: 'all' });
  }

  /** When the job's present pause began; `null` = it is not paused. */
  async #pausedSince(job: Job): Promise<Instant | null> {
    if (job.status !== 'paused') return null;
    return pausedSince(await this.#parts.store.listChanges(job.id));
  }

  async #tagged(tag: string, status: JobStatus): Promise<string[]> {
    await this.#parts.prepare();
    const names: string[] = [];
    for (let after: string | null = null; ; ) {
      const page: Job[] = await this.#parts.store.listJobs({ tag, status }, { after, limit: PAGE });
      names.push(...page.map((job) => job.name));
      if (page.length < PAGE) return names;
      after = page.at(-1)?.name ?? null;
    }
  }
}

function checkCount(next: number): void {
  if (Number.isInteger(next) && next >= 1 && next <= NEXT_MAX) return;
  throw new TickworkError('INVALID_INPUT', {
    field: 'next',
    value: next,
    reason: `must be a whole number from 1 to ${NEXT_MAX}.`,
  });
}

/** Instants that depend on what ran cannot be told for a range. */
function checkTrigger(job: Job): void {
  const spec = job.definition.trigger;
  const parts: readonly TriggerSpec[] = spec.kind === 'any' ? spec.of : [spec];
  const untold = ['fixed-delay', 'after', 'startup', 'manual'];
  const found = parts.find((part) => untold.includes(part.kind));
  if (found === undefined) return;
  throw new TickworkError('INVALID_INPUT', {
    field: `job ${job.name}`,
    value: found.kind,
    reason: 'has a trigger whose instants depend on events, so a range has none.',
    remedy: 'Run it by hand instead.',
  });
}
