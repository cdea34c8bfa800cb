import { assert, TickworkError } from './base/errors.ts';
import type { Json } from './base/json.ts';
import { calendarVersion } from './calendar/calendar-version.ts';
import { parseCalendars } from './calendar/parse-calendar.ts';
import type { Declared } from './declaration/decide-save.ts';
import { declare } from './declaration/declare.ts';
import { knownDeclarations } from './declaration/parse-job.ts';
import { Engine } from './engine/engine.ts';
import type { EngineParts } from './engine/engine-parts.ts';
import { Lifecycle } from './engine/lifecycle.ts';
import type { EventName, TickworkEvent } from './events/catalogue.ts';
import type { JobSource } from './model/job.ts';
import type { NewRun } from './model/run.ts';
import type { TaskSpec } from './model/task-spec.ts';
import { Analyst } from './operations/analyst.ts';
import { Control } from './operations/control.ts';
import { Editor } from './operations/editor.ts';
import { Enqueuer } from './operations/enqueuer.ts';
import { JobService } from './operations/job-service.ts';
import type { JobView } from './operations/job-view.ts';
import type { ApplyOptions, ApplyResult } from './operations/operations.ts';
import { PAGE_MAX } from './operations/page-of.ts';
import { Reader } from './operations/reader.ts';
import { repairStore } from './operations/repair-store.ts';
import { RunService } from './operations/run-service.ts';
import { RunWaiter } from './operations/run-waiter.ts';
import type { Scheduler } from './operations/scheduler-api.ts';
import type { UncheckedScheduler } from './operations/unchecked-scheduler.ts';
import type { FunctionRegistry } from './ports/function-registry.ts';
import type { StoredCalendar } from './ports/job-store.ts';
import type { CancelOutcome, EnqueueOutcome } from './ports/run-store.ts';
import type { TaskClass, TaskHandler, TaskOptions } from './ports/task-handler.ts';
import type { Instant } from './time/instant.ts';
import { parseInstant } from './time/parse-instant.ts';

export interface SchedulerParts extends EngineParts {
  readonly functions: FunctionRegistry;
}

const READING_AGE_MS_MAX = 5_000;
const STOP_MS_DEFAULT = 30_000;
const CODE: JobSource = { kind: 'code', id: '' };

/** The scheduler over any parts: real ones in `createScheduler`, simulated ones in tests. */
export class SchedulerCore implements UncheckedScheduler {
  readonly #parts: SchedulerParts;
  readonly #engine: Engine;
  readonly #jobs: JobService;
  readonly #runs: RunService;
  readonly #enqueuer: Enqueuer;
  readonly #control: Control;
  /** Names that this process has declared with `job`, to tell a second declaration. */
  readonly #declared = new Set<string>();
  #prepared = false;
  #closing: Promise<void> | null = null;
  readonly #lifecycle = new Lifecycle<Parameters<Engine['stop']>[0]>({
    start: async () => {
      await this.#prepare();
      await this.#engine.start();
    },
    stop: (options) => this.#engine.stop(options),
  });
  readonly #waiter: RunWaiter;
  readonly #reader: Reader;
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
    this.#waiter = new RunWaiter({
      ...{ store, timers: parts.timers, mono: () => clock.mono() },
      pollEveryMs: parts.timings.pollEveryMs,
      onEnds: (callback) => emitter.onAny(['run.finished', 'run.skipped'], callback),
    });
    const prepare = (): Promise<void> => this.#prepare();
    this.#reader = new Reader({
      ...{ store, triggers, definitions, now, prepare, timezone: parts.timezone },
      ...{ jobs: this.#jobs, runs: this.#runs },
      handles: (handler) => this.#engine.handlers.slotKindOf(handler) !== null,
      isStarted: () => this.#engine.isStarted,
      instantOf: (value, field, zone) => this.#instantOf(value, field, zone),
    });
    this.#control = new Control({
      ...{ store, triggers, ids, jobs: this.#jobs, now, onChanged, prepare },
      instantOf: (value, field, zone) => this.#instantOf(value, field, zone),
      viewOf: (job) => this.#reader.view(job),
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

  task(name: string, handler: TaskHandler | undefined, options: TaskOptions = {}): this {
    this.#parts.functions.register(name, handler, options);
    this.#engine.handlersChanged();
    return this;
  }

  taskClass(task: TaskClass): this {
    this.#parts.functions.registerClass(task);
    this.#engine.handlersChanged();
    return this;
  }

  async job(name: string, job: unknown): Promise<JobView> {
    if (this.#declared.has(name)) {
      throw new TickworkError('DUPLICATE_JOB', {
        field: 'job',
        value: name,
        reason: 'is declared a second time by this process.',
        remedy: 'Declare it once; change a declared job by removing it first.',
      });
    }
    await this.#prepare();
    const [declared] = await this.#declare({ [name]: job }, CODE, 'job ');
    assert(declared, 'one input makes one declaration');
    this.#declared.add(name);
    try {
      return await this.#reader.view(await this.#jobs.save(declared));
    } catch (error) {
      this.#declared.delete(name);
      throw error;
    }
  }

  async applyJobs(
    source: JobSource,
    jobs: Readonly<Record<string, unknown>>,
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

  readonly enqueue: UncheckedScheduler['enqueue'] = (...args) => this.#enqueuer.enqueue(...args);
  readonly enqueueMany: UncheckedScheduler['enqueueMany'] = (...args) =>
    this.#enqueuer.enqueueMany(...args);
  readonly waitFor: UncheckedScheduler['waitFor'] = (...args) => this.#waiter.waitFor(...args);

  async runNow(
    name: string,
    options: { readonly input?: unknown; readonly requestId?: string } = {},
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

  readonly jobs: Scheduler['jobs'] = (...args) => this.#reader.jobs(...args);
  readonly findJob: Scheduler['findJob'] = (name) => this.#reader.findJob(name);
  readonly stats: Scheduler['stats'] = (name) => this.#reader.stats(name);
  readonly skips: Scheduler['skips'] = (...args) => this.#reader.skips(...args);
  readonly runs: Scheduler['runs'] = (...args) => this.#reader.runs(...args);
  readonly findRun: Scheduler['findRun'] = (runId) => this.#reader.findRun(runId);
  readonly output: Scheduler['output'] = (...args) => this.#reader.output(...args);
  readonly nodes: Scheduler['nodes'] = () => this.#reader.nodes();
  readonly calendars: Scheduler['calendars'] = () => this.#reader.calendars();
  readonly nextFires: Scheduler['nextFires'] = (...args) => this.#reader.nextFires(...args);

  readonly audit: Scheduler['audit'] = (options) => this.#analyst.audit(options);
  readonly explain: Scheduler['explain'] = (job, at) => this.#analyst.explain(job, at);
  readonly lint: Scheduler['lint'] = (options) => this.#analyst.lint(options);
  readonly forecast: Scheduler['forecast'] = (options) => this.#analyst.forecast(options);
  readonly diffJobs: Scheduler['diffJobs'] = (...args) => this.#editor.diffJobs(...args);
  readonly revisions: Scheduler['revisions'] = (job) => this.#editor.revisions(job);
  readonly rollback: Scheduler['rollback'] = async (job, revision) =>
    await this.#reader.view(await this.#editor.rollback(job, revision));
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

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.stop();
    this.#waiter.close();
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

  #instantOf(value: Instant | Date | string, field: string, zone = this.#parts.timezone): Instant {
    return parseInstant(value, { zone: this.#engine.zones.get(zone), field });
  }

  #now(): Instant {
    return this.#engine.clock.now();
  }
}
