import { readHistory } from '../audit/read-history.ts';
import { TickworkError } from '../base/errors.ts';
import { calendarSource } from '../calendar/calendar-source.ts';
import { parseCalendars } from '../calendar/parse-calendar.ts';
import { type Declared, decideSave } from '../declaration/decide-save.ts';
import { delayFromEnd } from '../declaration/parse-job.ts';
import { isOffByDeclaration } from '../declaration/standing-pause.ts';
import { diffFields } from '../diff/diff-fields.ts';
import { type Course, diffInstants } from '../diff/diff-instants.ts';
import type { TriggerCache } from '../engine/trigger-cache.ts';
import type { Job, JobSource } from '../model/job.ts';
import type { JobWrite } from '../ports/job-store.ts';
import type { Store } from '../ports/store.ts';
import { DAY_MS } from '../time/civil.ts';
import type { Instant } from '../time/instant.ts';
import { type CompileEnv, compileTrigger } from '../trigger/compile-trigger.ts';
import { triggerNeeds } from '../trigger/trigger-needs.ts';
import type { JobService } from './job-service.ts';
import type { Difference, DiffOptions, JobDifference, JobRevision } from './questions-api.ts';
import { standingPauses } from './standing-pauses.ts';

const PAGE = 1000;
const DAYS_DEFAULT = 30;
const DAYS_MAX = 366;

export interface EditorParts {
  readonly store: Store;
  readonly jobs: JobService;
  readonly triggers: TriggerCache;
  readonly now: () => Instant;
  readonly declare: (
    jobs: Readonly<Record<string, unknown>>,
    source: JobSource,
  ) => Promise<readonly Declared[]>;
  readonly prepare: () => Promise<void>;
}

/** What a change of definitions will do, before it is made; and taking one back. */
export class Editor {
  readonly #parts: EditorParts;

  constructor(parts: EditorParts) {
    this.#parts = parts;
  }

  async diffJobs(
    source: JobSource,
    jobs: Readonly<Record<string, unknown>>,
    options: DiffOptions = {},
  ): Promise<Difference> {
    await this.#parts.prepare();
    const now = this.#parts.now();
    const untilAt = now + daysOf(options) * DAY_MS;
    const envOf = this.#envWith(options.calendars ?? {});
    const declared = await this.#parts.declare(jobs, source);
    const existing = await this.#parts.store.findJobs(declared.map((each) => each.name));
    const pauseOf = await standingPauses(this.#parts.store, existing, now);
    const found: JobDifference[] = [];
    let unchangedCount = 0;
    for (const [i, each] of declared.entries()) {
      const job = existing[i] ?? null;
      const env = envOf(each.name);
      const trigger = compileTrigger(each.definition.trigger, env);
      const facts = {
        ...{ existing: job, standingPause: pauseOf(job), trigger, now },
        zoneVersion: this.#parts.triggers.zoneVersion,
      };
      const write = decideSave(each, facts);
      if (write === null) unchangedCount += 1;
      else found.push(this.#difference(write, job, { trigger, now, untilAt }));
    }
    const named = new Set(declared.map((each) => each.name));
    for (const job of await this.#jobsOf(source)) {
      if (named.has(job.name) || job.status === 'disabled') continue;
      const course = this.#courseOf(job, now);
      const instants = diffInstants(course, null, untilAt);
      found.push({ jobName: job.name, change: 'disabled', fields: ['status'], ...instants });
    }
    return { fromAt: now, untilAt, unchangedCount, jobs: found };
  }

  async revisions(name: string): Promise<readonly JobRevision[]> {
    await this.#parts.prepare();
    const job = await this.#parts.jobs.find(name);
    const history = await readHistory(this.#parts.store, name);
    const numbers = Array.from({ length: job.revision }, (_, i) => i + 1);
    const keys = numbers.map((revision) => ({ jobId: job.id, revision }));
    const definitions = await this.#parts.store.findRevisions(keys);
    return numbers.flatMap((revision, i) => {
      const definition = definitions[i];
      if (!definition) return [];
      const change = history?.changes.find((each) => each.revision === revision);
      const former = definitions[i - 1];
      return [
        {
          ...{ revision, definition, isCurrent: revision === job.revision },
          savedAt: change?.at ?? null,
          fields: former ? diffFields(former, definition) : [],
        },
      ];
    });
  }

  /** Saves an old definition as a new revision. */
  async rollback(name: string, revision: number): Promise<Job> {
    await this.#parts.prepare();
    const job = await this.#parts.jobs.find(name);
    const known = Number.isInteger(revision) && revision >= 1 && revision <= job.revision;
    const key = { jobId: job.id, revision };
    const [definition] = known ? await this.#parts.store.findRevisions([key]) : [];
    if (!definition) {
      throw new TickworkError('INVALID_INPUT', {
        field: 'revision',
        value: revision,
        reason: `is no revision of the job ${name}.`,
        remedy: `Its revisions are 1 to ${job.revision}.`,
      });
    }
    const needs = triggerNeeds(definition.trigger);
    return await this.#parts.jobs.save({
      ...{ name, definition, source: job.source, declaredAt: this.#parts.now() },
      // A definition is taken back, not a status: that stays as people have set it.
      status: isOffByDeclaration(job) ? 'disabled' : 'active',
      eventDriven: needs.startup !== null || needs.afterJobs.length > 0,
      rearmAfterMs: delayFromEnd(definition.trigger),
    });
  }

  #difference(
    write: JobWrite,
    job: Job | null,
    facts: { trigger: Course['trigger']; now: Instant; untilAt: Instant },
  ): JobDifference {
    const { position, definition } = write;
    const after: Course = {
      ...{ trigger: facts.trigger, memory: position.memory },
      // What is planned already stays: only later instants can differ.
      afterAt: position.cursorAt,
    };
    const before = job === null ? null : this.#courseOf(job, position.cursorAt);
    const isOff = write.status === 'disabled';
    const instants = diffInstants(before, isOff ? null : after, facts.untilAt);
    if (job === null) return { jobName: write.name, change: 'added', fields: [], ...instants };
    const fields = [
      ...diffFields(job.definition, definition),
      ...(job.status === write.status ? [] : ['status']),
    ];
    const change = isOff && job.status !== 'disabled' ? 'disabled' : 'changed';
    return { jobName: write.name, change, fields, ...instants };
  }

  /** A stored job's instants after `afterAt`, or `null` if it is not in force. */
  #courseOf(job: Job, afterAt: Instant): Course | null {
    if (job.status === 'disabled') return null;
    const { trigger } = this.#parts.triggers.factsOf(job);
    return { trigger, memory: job.memory, afterAt: Math.max(afterAt, job.cursorAt) };
  }

  /** Calendars that come with the change count before the stored ones. */
  #envWith(calendars: Readonly<Record<string, unknown>>): (jobName: string) => CompileEnv {
    const given = calendarSource(parseCalendars(calendars));
    return (jobName) => {
      const env = this.#parts.triggers.envOf(jobName);
      const get = (name: string) => given.get(name) ?? env.calendars.get(name);
      return { ...env, calendars: { get } };
    };
  }

  async #jobsOf(source: JobSource): Promise<readonly Job[]> {
    const jobs: Job[] = [];
    for (let after: string | null = null; ; ) {
      const page: Job[] = await this.#parts.store.listJobs({ source }, { after, limit: PAGE });
      jobs.push(...page);
      if (page.length < PAGE) return jobs;
      after = page.at(-1)?.name ?? null;
    }
  }
}

function daysOf({ days = DAYS_DEFAULT }: DiffOptions): number {
  if (Number.isInteger(days) && days >= 1 && days <= DAYS_MAX) return days;
  throw new TickworkError('INVALID_INPUT', {
    field: 'days',
    value: days,
    reason: `must be a whole number from 1 to ${DAYS_MAX}.`,
  });
}
