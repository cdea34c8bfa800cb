import { isInputObject } from '../base/check-keys.ts';
import type { Definitions } from '../engine/definitions.ts';
import type { TriggerCache } from '../engine/trigger-cache.ts';
import { firesOf, nextFires } from '../forecast/next-fires.ts';
import type { Job } from '../model/job.ts';
import type { Node } from '../model/node.ts';
import type { SkipRange } from '../model/run.ts';
import { handlerKey } from '../model/task-spec.ts';
import type { JobFilter, StoredCalendar } from '../ports/job-store.ts';
import type { OutputChunk, RunFilter, RunPage } from '../ports/run-store.ts';
import type { Store } from '../ports/store.ts';
import type { Instant } from '../time/instant.ts';
import type { TriggerInput } from '../trigger/trigger-input.ts';
import type { JobService } from './job-service.ts';
import type { JobView } from './job-view.ts';
import type { NextFire, Operations, RunDetail, StatsView } from './operations.ts';
import { PAGE_MAX, pageOf } from './page-of.ts';
import type { RunService } from './run-service.ts';
import { jobView, nextRunAt, statsView } from './views.ts';

const OUTPUT_CHUNKS_DEFAULT = 10_000;
const FIRES_DEFAULT = 10;

export interface ReaderParts {
  readonly store: Store;
  readonly triggers: TriggerCache;
  readonly definitions: Definitions;
  readonly jobs: Pick<JobService, 'find'>;
  readonly runs: Pick<RunService, 'find'>;
  /** The zone of triggers and texts that name none. */
  readonly timezone: string;
  readonly now: () => Instant;
  readonly isStarted: () => boolean;
  /** Whether this node can run work of this handler key. */
  readonly handles: (handler: string) => boolean;
  readonly instantOf: (value: Instant | Date | string, field: string, zone?: string) => Instant;
  /** Reads the store's clock and calendars, once. */
  readonly prepare: () => Promise<void>;
}

type Reads = Pick<
  Operations,
  | 'jobs'
  | 'findJob'
  | 'stats'
  | 'skips'
  | 'runs'
  | 'findRun'
  | 'output'
  | 'nodes'
  | 'calendars'
  | 'nextFires'
>;

/** Shows what is stored: jobs, runs, output, nodes, calendars. */
export class Reader implements Reads {
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  async jobs(
    filter: JobFilter = {},
    page: { after?: string | null; limit?: number } = {},
  ): Promise<JobView[]> {
    await this.#parts.prepare();
    const found = await this.#parts.store.listJobs(filter, pageOf(page));
    return found.map((job) => this.#viewOf(job, job.runningCount));
  }

  async findJob(name: string): Promise<JobView> {
    await this.#parts.prepare();
    return await this.view(await this.#parts.jobs.find(name));
  }

  async stats(name: string): Promise<StatsView> {
    await this.#parts.prepare();
    const job = await this.#parts.jobs.find(name);
    return statsView(
      job,
      nextRunAt(job, this.#parts.triggers.factsOf(job).trigger, this.#parts.now()),
    );
  }

  async skips(name: string, fromAt: Instant, toAt: Instant): Promise<SkipRange[]> {
    const job = await this.#parts.jobs.find(name);
    return await this.#parts.store.listSkips(job.id, fromAt, toAt, PAGE_MAX);
  }

  async runs(
    filter: RunFilter = {},
    page: { after?: string | null; limit?: number } = {},
  ): Promise<RunPage> {
    return await this.#parts.store.listRuns(filter, pageOf(page));
  }

  async findRun(runId: string): Promise<RunDetail> {
    const run = await this.#parts.runs.find(runId);
    const none = { after: null, limit: 0 };
    const { attempts } = await this.#parts.store.readRun(runId, none);
    const [definition] = await this.#parts.definitions.workOf([run]);
    return { run, attempts, definition: definition ?? null };
  }

  async output(
    runId: string,
    after: { attempt: number; seq: number } | null = null,
    limit: number = OUTPUT_CHUNKS_DEFAULT,
  ): Promise<OutputChunk[]> {
    await this.#parts.runs.find(runId);
    return (await this.#parts.store.readRun(runId, { after, limit })).output;
  }

  async nodes(): Promise<Node[]> {
    return await this.#parts.store.listNodes(PAGE_MAX);
  }

  async calendars(): Promise<StoredCalendar[]> {
    return await this.#parts.store.listCalendars();
  }

  async nextFires(
    trigger: TriggerInput | readonly TriggerInput[] | { readonly job: string },
    options: { after?: Instant | Date | string; count?: number; zone?: string } = {},
  ): Promise<NextFire[]> {
    await this.#parts.prepare();
    const zone = options.zone ?? this.#parts.timezone;
    const { count = FIRES_DEFAULT } = options;
    const after =
      options.after === undefined
        ? this.#parts.now()
        : this.#parts.instantOf(options.after, 'after', zone);
    const named = jobNamedBy(trigger);
    if (named !== null) {
      const job = await this.#parts.jobs.find(named);
      const env = this.#parts.triggers.envOf(job.name);
      const spec = job.definition.trigger;
      return [...firesOf(spec, { ...env, after, count, memory: job.memory, standing: job })];
    }
    const input = trigger as TriggerInput | readonly TriggerInput[];
    return [...nextFires(input, { ...this.#parts.triggers.envOf(''), zone, after, count })];
  }

  async view(job: Job): Promise<JobView> {
    const filter = { jobId: job.id, states: ['RUNNING' as const] };
    const running = await this.#parts.store.listRuns(filter, { after: null, limit: PAGE_MAX });
    return this.#viewOf(job, running.runs.length);
  }

  #viewOf(job: Job, runningCount: number): JobView {
    const { triggers, handles, isStarted, now } = this.#parts;
    const { trigger } = triggers.factsOf(job);
    const hasHandler = isStarted() ? handles(handlerKey(job.definition.task)) : null;
    return jobView(job, trigger, { hasHandler, runningCount, now: now() });
  }
}

/** The name in `{ job: 'backup' }`; `null` = it is a trigger, right or wrong. */
function jobNamedBy(trigger: unknown): string | null {
  if (!isInputObject(trigger) || Object.keys(trigger).join() !== 'job') return null;
  return typeof trigger.job === 'string' ? trigger.job : null;
}
