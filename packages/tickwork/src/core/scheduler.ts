import { assert, TickworkError } from './base/errors.ts';
import type { Json } from './base/json.ts';
import { calendarVersion } from './calendar/calendar-version.ts';
import { parseCalendars } from './calendar/parse-calendar.ts';
import type { Declared } from './declaration/decide-save.ts';
import { declare } from './declaration/declare.ts';
import type { JobInput } from './declaration/job-input.ts';
import { knownDeclarations } from './declaration/parse-job.ts';
import { Engine } from './engine/engine.ts';
import type { EngineParts } from './engine/engine-parts.ts';
import { Lifecycle } from './engine/lifecycle.ts';
import type { EventName, TickworkEvent } from './events/catalogue.ts';
import { nextFires } from './forecast/next-fires.ts';
import type { Job, JobSource } from './model/job.ts';
import type { NewRun } from './model/run.ts';
import { handlerKey, type TaskSpec } from './model/task-spec.ts';
import { Analyst } from './operations/analyst.ts';
import { Control } from './operations/control.ts';
import { Editor } from './operations/editor.ts';
import { Enqueuer } from './operations/enqueuer.ts';
import { JobService } from './operations/job-service.ts';
import type { JobView } from './operations/job-view.ts';
import type {
  ApplyOptions,
  ApplyResult,
  NextFire,
  RunDetail,
  StatsView,
} from './operations/operations.ts';
import { PAGE_MAX, pageOf } from './operations/page-of.ts';
import { repairStore } from './operations/repair-store.ts';
import { RunService } from './operations/run-service.ts';
import type { Scheduler } from './operations/scheduler-api.ts';
import { jobView, nextRunAt, statsView } from './operations/views.ts';
import type { FunctionRegistry } from './ports/function-registry.ts';
import type { JobFilter, StoredCalendar } from './ports/job-store.ts';
import type {
  CancelOutcome,
  EnqueueOutcome,
  OutputChunk,
  RunFilter,
  RunPage,
} from './ports/run-store.ts';
import type { TaskClass, TaskHandler, TaskOptions } from './ports/task-handler.ts';
import type { Instant } from './time/instant.ts';
import { parseInstant } from './time/parse-instant.ts';
import type { TriggerInput } from './trigger/trigger-input.ts';

export interface SchedulerParts extends EngineParts {
  readonly functions: FunctionRegistry;
}

const OUTPUT_CHUNKS_DEFAULT = 10_000;
const READING_AGE_MS_MAX = 5_000;
const STOP_MS_DEFAULT = 30_000;
const CODE: JobSource = { kind: 'code', id: '' };

/** The scheduler over any parts: real ones in `createScheduler`, simulated ones in tests. */
export class SchedulerCore implements Scheduler {
  readonly #parts: SchedulerParts;
  readonly #engine: Engine;
  readonly #jobs: JobService;
  readonly #runs: RunService;
  readonly #enqueuer: Enqueuer;
  readonly #control: Control;
  /** Names that this process has declared with `job`, to tell a second declaration. */
  readonly #declared = new Set<string>();
  #prepared = false;
  readonly #lifecycle = new Lifecycle<Parameters<Engine['stop']>[0]>({
    start: async () => {
      await this.#prepare();
      await this.#engine.start();
    },
    stop: (options) => this.#engine.stop(options),
  });
  readonly #analyst: Analyst;
  readonly #editor: Editor;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#engine = new Engine(parts);
    const { store, ids } = parts;
    const { planner, triggers, emitter, definitions, clock } = this.#engine;
    const now = (): Instant => clock.now();
    this.#jobs = new JobService({
      ...{ store, planner, triggers, emitter, now },
      onChanged: () => this.#engine.jobsChanged(),
    });
    const onChanged = (): void => this.#engine.nudgeAll();
    const onStoring = (runs: readonly NewRun[]): void => this.#engine.expect(runs);
    const runParts = { store, definitions, ids, now, onStoring };
    this.#runs = new RunService({ ...runParts, onChanged: () => this.#engine.claimSoon() });
    this.#enqueuer = new Enqueuer({
      ...{ runs: this.#runs, policies: parts.policies, pools: parts.pools, now },
      prepare: () => this.#prepare(),
      checkTask: (task, field) => this.#checkTask(task, field),
      instantOf: (value) => this.#instantOf(value, 'runAt'),
    });
    const prepare = (): Promise<void> => this.#prepare();
    this.#control = new Control({
      ...{ store, triggers, ids, jobs: this.#jobs, now, onChanged, prepare },
      instantOf: (value, field, zone) => this.#instantOf(value, field, zone),
      viewOf: (job) => this.#view(job),
    });
    this.#editor = new Editor({
      ...{ store, jobs: this.#jobs, triggers, now, prepare },
      declare: (jobs, source) => this.#declare(jobs, source, 'jobs.'),
    });
    this.#analyst = new Analyst({
      ...{ store, triggers, now, timezone: parts.timezone, zones: this.#engine.zones },
      ...{ definitions, timings: parts.timings, concurrency: parts.concurrency },
      systemNow: () => parts.clock.now(),
      slotKindOf: (task) => this.#engine.handlers.kindOf(task).slotKind,
      prepare,
      declare: (jobs) => this.#declare(jobs, CODE, 'jobs.'),
    });
  }

  task<Input extends Json = Json>(
    name: string,
    handler: TaskHandler<Input> | undefined,
    options: TaskOptions = {},
  ): Scheduler {
    this.#parts.functions.register(name, handler as TaskHandler | undefined, options);
    this.#engine.handlersChanged();
    return this;
  }

  taskClass<Input extends Json = Json>(task: TaskClass<Input>): Scheduler {
    this.#parts.functions.registerClass(task as TaskClass);
    this.#engine.handlersChanged();
    return this;
  }

  async job(name: string, input: JobInput): Promise<JobView> {
    if (this.#declared.has(name)) {
      throw new TickworkError('DUPLICATE_JOB', {
        field: 'job',
        value: name,
        reason: 'is declared a second time by this process.',
        remedy: 'Declare it once; change a declared job by removing it first.',
      });
    }
    await this.#prepare();
    const [declared] = await this.#declare({ [name]: input }, CODE, 'job ');
    assert(declared, 'one input makes one declaration');
    this.#declared.add(name);
    try {
      return await this.#view(await this.#jobs.save(declared));
    } catch (error) {
      this.#declared.delete(name);
      throw error;
    }
  }

  async applyJobs(
    source: JobSource,
    jobs: Readonly<Record<string, JobInput>>,
    options: ApplyOptions = {},
  ): Promise<ApplyResult> {
    await this.#prepare();
    const declared = await this.#declare(jobs, source, 'jobs.');
    return await this.#jobs.apply(source, declared, options);
  }

  async applyCalendars(
    calendars: Readonly<Record<string, unknown>>,
    source: JobSource,
  ): Promise<void> {
    const specs = Object.entries(parseCalendars(calendars));
    const stored: StoredCalendar[] = specs.map(([name, spec]) => {
      return { name, definition: spec as unknown as Json, version: calendarVersion(spec), source };
    });
    if (stored.length === 0) return;
    await this.#parts.store.saveCalendars(stored);
    await this.#engine.jobsChanged();
  }

  async remove(name: string): Promise<void> {
    await this.#prepare();
    await this.#jobs.remove(name);
    this.#declared.delete(name);
  }

  readonly pause: Scheduler['pause'] = (name, options) => this.#control.pause(name, options);
  readonly resume: Scheduler['resume'] = (name, options) => this.#control.resume(name, options);
  readonly disable: Scheduler['disable'] = (name, options) => this.#control.disable(name, options);
  readonly pausedInstants: Scheduler['pausedInstants'] = (name) =>
    this.#control.pausedInstants(name);
  readonly skip: Scheduler['skip'] = (name, options) => this.#control.skip(name, options);
  readonly pauseTagged: Scheduler['pauseTagged'] = (tag, options) =>
    this.#control.pauseTagged(tag, options);
  readonly resumeTagged: Scheduler['resumeTagged'] = (tag, options) =>
    this.#control.resumeTagged(tag, options);
  readonly backfill: Scheduler['backfill'] = (name, options) =>
    this.#control.backfill(name, options);

  readonly enqueue: Scheduler['enqueue'] = (...args) => this.#enqueuer.enqueue(...args);
  readonly enqueueMany: Scheduler['enqueueMany'] = (...args) => this.#enqueuer.enqueueMany(...args);

  async runNow(
    name: string,
    options: { readonly input?: Json; readonly requestId?: string } = {},
  ): Promise<EnqueueOutcome> {
    await this.#prepare();
    return await this.#runs.runNow(await this.#jobs.find(name), options);
  }

  async cancel(runId: string): Promise<CancelOutcome> {
    await this.#prepare();
    return await this.#runs.cancel(runId);
  }

  async retry(runId: string): Promise<EnqueueOutcome> {
    await this.#prepare();
    return await this.#runs.retry(runId);
  }

  async jobs(
    filter: JobFilter = {},
    page: { after?: string | null; limit?: number } = {},
  ): Promise<JobView[]> {
    await this.#prepare();
    const found = await this.#parts.store.listJobs(filter, pageOf(page));
    return found.map((job) => this.#viewOf(job, job.runningCount));
  }

  async findJob(name: string): Promise<JobView> {
    await this.#prepare();
    return await this.#view(await this.#jobs.find(name));
  }

  async stats(name: string): Promise<StatsView> {
    await this.#prepare();
    const job = await this.#jobs.find(name);
    return statsView(job, nextRunAt(job, this.#engine.triggers.factsOf(job).trigger, this.#now()));
  }

  async skips(name: string, fromAt: Instant, toAt: Instant) {
    const job = await this.#jobs.find(name);
    return await this.#parts.store.listSkips(job.id, fromAt, toAt, PAGE_MAX);
  }

  async runs(
    filter: RunFilter = {},
    page: { after?: string | null; limit?: number } = {},
  ): Promise<RunPage> {
    return await this.#parts.store.listRuns(filter, pageOf(page));
  }

  async findRun(runId: string): Promise<RunDetail> {
    const run = await this.#runs.find(runId);
    const none = { after: null, limit: 0 };
    const { attempts } = await this.#parts.store.readRun(runId, none);
    const [definition] = await this.#engine.definitions.workOf([run]);
    return { run, attempts, definition: definition ?? null };
  }

  async output(
    runId: string,
    after: { attempt: number; seq: number } | null = null,
    limit: number = OUTPUT_CHUNKS_DEFAULT,
  ): Promise<OutputChunk[]> {
    await this.#runs.find(runId);
    return (await this.#parts.store.readRun(runId, { after, limit })).output;
  }

  readonly nodes: Scheduler['nodes'] = () => this.#parts.store.listNodes(PAGE_MAX);

  async calendars(): Promise<StoredCalendar[]> {
    return await this.#parts.store.listCalendars();
  }

  async nextFires(
    trigger: TriggerInput | readonly TriggerInput[] | { readonly job: string },
    options: { after?: Instant | Date | string; count?: number; zone?: string } = {},
  ): Promise<NextFire[]> {
    await this.#prepare();
    const zone = options.zone ?? this.#parts.timezone;
    const { count = 10 } = options;
    const after =
      options.after === undefined ? this.#now() : this.#instantOf(options.after, 'after', zone);
    if (typeof trigger === 'object' && 'job' in trigger && typeof trigger.job === 'string') {
      const job = await this.#jobs.find(trigger.job);
      const env = this.#engine.triggers.envOf(job.name);
      const spec = job.definition.trigger;
      return [...nextFires(spec, { ...env, after, count, memory: job.memory, standing: job })];
    }
    const input = trigger as TriggerInput | readonly TriggerInput[];
    return [...nextFires(input, { ...this.#engine.triggers.envOf(''), zone, after, count })];
  }

  readonly audit: Scheduler['audit'] = (options) => this.#analyst.audit(options);
  readonly explain: Scheduler['explain'] = (job, at) => this.#analyst.explain(job, at);
  readonly lint: Scheduler['lint'] = (options) => this.#analyst.lint(options);
  readonly forecast: Scheduler['forecast'] = (options) => this.#analyst.forecast(options);
  readonly diffJobs: Scheduler['diffJobs'] = (...args) => this.#editor.diffJobs(...args);
  readonly revisions: Scheduler['revisions'] = (job) => this.#editor.revisions(job);
  readonly rollback: Scheduler['rollback'] = async (job, revision) =>
    await this.#view(await this.#editor.rollback(job, revision));
  readonly diagnose: Scheduler['diagnose'] = () => this.#analyst.diagnose();
  readonly troubles: Scheduler['troubles'] = () => this.#engine.troubles.report();
  readonly examineStore: Scheduler['examineStore'] = () =>
    this.#parts.store.examine(this.#parts.clock.now());
  readonly repairStore: Scheduler['repairStore'] = () =>
    repairStore(this.#parts.store, this.#parts.clock.now());
  readonly durations: Scheduler['durations'] = () => this.#analyst.durations();

  on<Name extends EventName>(
    name: Name,
    listener: (event: TickworkEvent<Name>) => void,
  ): () => void {
    return this.#engine.emitter.on(name, listener);
  }

  async start(): Promise<void> {
    await this.#lifecycle.start();
  }

  async stop(
    options: { readonly drain?: boolean; readonly timeoutMs?: number } = {},
  ): Promise<void> {
    const { drain = true, timeoutMs = STOP_MS_DEFAULT } = options;
    await this.#lifecycle.stop({ drain, timeoutMs });
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#parts.store.close();
  }

  /**
   * Before the first use: the store's clock and the calendars. A node reads the clock with
   * every renewal; who only manages jobs reads it again when the last reading is old.
   */
  async #prepare(): Promise<void> {
    const { clock, isStarted } = this.#engine;
    const stale = !isStarted && clock.readingAgeMs() > READING_AGE_MS_MAX;
    if (stale) await clock.measure(this.#parts.store);
    if (this.#prepared) return;
    await this.#engine.triggers.refresh();
    this.#prepared = true;
  }

  /** Reads declarations, all of them before any is stored. */
  async #declare(
    jobs: Readonly<Record<string, unknown>>,
    source: JobSource,
    fieldPrefix: string,
  ): Promise<Declared[]> {
    const env = {
      zone: this.#parts.timezone,
      zones: this.#engine.zones,
      now: this.#now(),
      policies: this.#parts.policies,
      ...(this.#parts.pools === undefined ? {} : { pools: this.#parts.pools }),
      source,
      checkTask: (task: TaskSpec, at: string) => this.#checkTask(task, at),
      known: knownDeclarations(),
    };
    const names = Object.keys(jobs);
    const declared: Declared[] = [];
    for (let from = 0; from < names.length; from += PAGE_MAX) {
      const page = names.slice(from, from + PAGE_MAX);
      const existing = await this.#parts.store.findJobs(page);
      for (const [i, name] of page.entries()) {
        const field = `${fieldPrefix}${name}`;
        declared.push(declare(name, jobs[name], { ...env, field }, existing[i] ?? null));
      }
    }
    return declared;
  }

  #checkTask(task: TaskSpec, field: string): void {
    this.#engine.handlers.kindOf(task, field).validate(task, field);
  }

  async #view(job: Job): Promise<JobView> {
    const filter = { jobId: job.id, states: ['RUNNING' as const] };
    const running = await this.#parts.store.listRuns(filter, { after: null, limit: PAGE_MAX });
    return this.#viewOf(job, running.runs.length);
  }

  #viewOf(job: Job, runningCount: number): JobView {
    const { trigger } = this.#engine.triggers.factsOf(job);
    const handled = this.#engine.handlers.slotKindOf(handlerKey(job.definition.task)) !== null;
    const hasHandler = this.#engine.isStarted ? handled : null;
    return jobView(job, trigger, { hasHandler, runningCount, now: this.#now() });
  }

  #instantOf(value: Instant | Date | string, field: string, zone = this.#parts.timezone): Instant {
    return parseInstant(value, { zone: this.#engine.zones.get(zone), field });
  }

  #now(): Instant {
    return this.#engine.clock.now();
  }
}
