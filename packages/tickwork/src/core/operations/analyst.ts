import { auditJob, type JobAudit } from '../audit/audit-job.ts';
import type { RevisionTrigger } from '../audit/expected-instants.ts';
import { readHistory } from '../audit/read-history.ts';
import { readLedger } from '../audit/read-ledger.ts';
import { TickworkError } from '../base/errors.ts';
import type { Declared } from '../declaration/decide-save.ts';
import { type Diagnosis, diagnose, diagnoseFaults } from '../diagnosis/diagnose.ts';
import { limitsOf } from '../dispatcher/limits-of.ts';
import type { Definitions } from '../engine/definitions.ts';
import type { Timings } from '../engine/engine-parts.ts';
import type { TriggerCache } from '../engine/trigger-cache.ts';
import { explainJob } from '../explain/explain-job.ts';
import type { Explanation } from '../explain/explanation.ts';
import { readExplainFacts } from '../explain/read-facts.ts';
import { clockNotes } from '../forecast/clock-notes.ts';
import type { ForecastJob } from '../forecast/forecast-job.ts';
import { type DurationFigures, measureDurations } from '../forecast/measure-durations.ts';
import { firesOf } from '../forecast/next-fires.ts';
import { simulate } from '../forecast/simulate.ts';
import { unknownsOf } from '../forecast/unknowns.ts';
import { lintJobs } from '../lint/lint-jobs.ts';
import type { LintJob } from '../lint/lint-rule.ts';
import type { Job } from '../model/job.ts';
import { handlerKey, type TaskSpec } from '../model/task-spec.ts';
import { freshMemory } from '../model/trigger-memory.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import { IN_FORCE, type Standing } from '../planner/outlook.ts';
import type { JobFilter } from '../ports/job-store.ts';
import type { Store } from '../ports/store.ts';
import type { SlotKind } from '../ports/task-kind.ts';
import type { StoreFault } from '../ports/upkeep-store.ts';
import { DAY_MS } from '../time/civil.ts';
import { parseDuration } from '../time/duration.ts';
import type { Instant } from '../time/instant.ts';
import { parseInstant } from '../time/parse-instant.ts';
import type { ZoneTable } from '../time/zone-table.ts';
import { advanceMemory } from '../trigger/advance-memory.ts';
import { instantText } from '../trigger/words/instant-words.ts';
import type {
  AuditOptions,
  AuditReport,
  Durations,
  Forecast,
  ForecastOptions,
  LintOptions,
  LintReport,
} from './questions-api.ts';

const PAGE = 1000;
/** Plans may reach further than this process's own horizon: other nodes have theirs. */
const AHEAD_MS_MIN = 60_000;
const TICK_MS = 1000;
const SINCE_DEFAULT = '7d';
const MEASURED_RUNS_MAX = 200;

const PERIOD_DEFAULT = '7d';
const PERIOD_DAYS_MAX = 366;
const ASSUMED = '30s';
const NODES_MAX = 10_000;

interface PlannedJob extends Pick<Job, 'name' | 'definition' | 'memory'> {
  readonly standing: Standing;
  readonly cursorAt?: Instant;
}

export interface AnalystParts {
  readonly store: Store;
  readonly triggers: TriggerCache;
  readonly zones: ZoneTable;
  /** The zone of texts without an offset. */
  readonly timezone: string;
  readonly definitions: Definitions;
  readonly timings: Timings;
  /** Places of this process. */
  readonly concurrency: Readonly<Record<SlotKind, number>>;
  readonly slotKindOf: (task: TaskSpec) => SlotKind;
  readonly now: () => Instant;
  /** The clock of this process, uncorrected. */
  readonly systemNow: () => Instant;
  /** Reads definitions as `job` does, without keeping them. */
  readonly declare: (jobs: Readonly<Record<string, unknown>>) => Promise<readonly Declared[]>;
  /** Reads the store's clock and calendars, once. */
  readonly prepare: () => Promise<void>;
}

/**
 * Answers questions about plans: it reads facts through the port and gives them to the pure
 * functions of `audit/`, `explain/`, `lint/` and `forecast/`, which ask the planner's own. It
 * writes nothing.
 */
export class Analyst {
  readonly #parts: AnalystParts;

  constructor(parts: AnalystParts) {
    this.#parts = parts;
  }

  async audit(options: AuditOptions = {}): Promise<AuditReport> {
    await this.#parts.prepare();
    const now = this.#parts.now();
    const sinceAt = this.#past(options.since ?? SINCE_DEFAULT, 'since');
    checkPast(sinceAt, now);
    const all = options.job === undefined ? this.#jobs({}) : [await this.#named(options.job)];
    const jobs: JobAudit[] = [];
    for await (const { name } of all) {
      const audit = await this.#auditJob(name, { sinceAt, now });
      if (audit !== null) jobs.push(audit);
    }
    const sum = (count: (job: JobAudit) => number): number =>
      jobs.reduce((total, job) => total + count(job), 0);
    return {
      auditedAt: now,
      sinceAt,
      expectedCount: sum((job) => job.expectedCount),
      findingCount: sum((job) => job.findings.length + job.droppedCount),
      jobs,
    };
  }

  async #auditJob(
    name: string,
    { sinceAt, now }: { sinceAt: Instant; now: Instant },
  ): Promise<JobAudit | null> {
    const { store, timings } = this.#parts;
    const aheadMs = Math.max(AHEAD_MS_MIN, timings.horizonMs);
    const facts = await readHistory(store, name);
    if (facts === null) return null;
    const { job } = facts;
    const policies = [...facts.definitions.values()].map((each) => each.policies.retention);
    const ledger = await readLedger(store, job, { sinceAt, aheadMs, policies });
    return auditJob({ ...facts, ledger, sinceAt, now, aheadMs, compile: this.#compiler(name) });
  }

  async explain(
    name: string,
    question: { readonly at: Instant | Date | string },
  ): Promise<Explanation> {
    await this.#parts.prepare();
    const at = this.#instant(question.at, 'at');
    const { store, triggers } = this.#parts;
    const now = this.#parts.now();
    const compile = this.#compiler(name);
    const facts = await readExplainFacts(store, name, { at, now, compile });
    if (facts === null) throw jobNotFound(name);
    const env = { ...triggers.envOf(name), after: facts.at - 1, count: 1 };
    const [fire] = firesOf(facts.job.definition.trigger, env);
    const own = fire?.fireAt === facts.at ? fire : null;
    const isExcluded = own?.mark === 'calendar';
    return explainJob({ ...facts, notes: own?.notes ?? [], isExcluded });
  }

  async lint(options: LintOptions = {}): Promise<LintReport> {
    await this.#parts.prepare();
    const { triggers, zones } = this.#parts;
    const now = this.#parts.now();
    const durations = options.durations ?? (await this.durations());
    const jobs: LintJob[] = [];
    for (const { name, definition, memory, standing } of await this.#planned(options.jobs)) {
      const trigger = triggers.compile(definition.trigger, name);
      const durationMsP95 = durations[name]?.p95Ms ?? null;
      jobs.push({ name, definition, trigger, memory, standing, durationMsP95 });
    }
    const compile = (spec: TriggerSpec, name: string) => triggers.compile(spec, name);
    const jobNames = new Set(jobs.map(({ name }) => name));
    for await (const { name } of this.#jobs({})) jobNames.add(name);
    const findings = lintJobs(jobs, { now, zones, jobNames, compile });
    return { lintedAt: now, jobCount: jobs.length, findings };
  }

  async forecast(options: ForecastOptions = {}): Promise<Forecast> {
    await this.#parts.prepare();
    const now = this.#parts.now();
    const fromAt = options.from === undefined ? now : this.#instant(options.from, 'from');
    const untilAt = this.#after(options.to ?? PERIOD_DEFAULT, fromAt, 'to');
    checkPeriod(fromAt, untilAt);
    const durations = options.durations ?? (await this.durations());
    const given = { ...options, durations, fromAt };
    const planned = await this.#planned(options.jobs);
    const jobs = planned.map((job) => this.#forecastJob(job, given));
    const slots = slotsOf(options, this.#parts.concurrency);
    const outcome = simulate(jobs, { fromAt, untilAt, slots });
    return {
      ...{ fromAt, untilAt, ...outcome },
      runCount: outcome.jobs.reduce((sum, job) => sum + job.runCount, 0),
      assumedCount: jobs.filter((job) => job.isAssumed).length,
      clockNotes: this.#clockNotes(planned, fromAt, untilAt),
      unknowns: unknownsOf(jobs, outcome.jobs),
    };
  }

  #forecastJob(
    job: PlannedJob,
    given: ForecastOptions & { readonly durations: Durations; readonly fromAt: Instant },
  ): ForecastJob {
    const { name, definition, memory } = job;
    const figures = given.durations[name];
    const assumedMs = parseDuration(given.assume ?? ASSUMED, { field: 'assume', bareUnit: 'ms' });
    const measuredMs = given.use === 'p95' ? figures?.p95Ms : figures?.meanMs;
    return {
      ...{ name, memory, spec: definition.trigger, policies: definition.policies },
      trigger: this.#parts.triggers.compile(definition.trigger, name),
      cursorAt: job.cursorAt ?? given.fromAt,
      slotKind: this.#parts.slotKindOf(definition.task),
      handler: handlerKey(definition.task),
      limits: limitsOf({ jobName: name, handler: handlerKey(definition.task) }, definition),
      durationMs: Math.round(measuredMs ?? assumedMs),
      isAssumed: figures === undefined,
      standing: job.standing,
    };
  }

  #clockNotes(jobs: readonly PlannedJob[], fromAt: Instant, untilAt: Instant) {
    const { triggers, zones } = this.#parts;
    const compile = (spec: TriggerSpec, name: string) => triggers.compile(spec, name);
    const asked = jobs.map(({ name, definition, memory, standing }): LintJob => {
      const trigger = compile(definition.trigger, name);
      return { name, definition, memory, trigger, standing, durationMsP95: null };
    });
    const jobNames = new Set(jobs.map(({ name }) => name));
    return clockNotes(asked, { now: fromAt, zones, jobNames, compile }, untilAt);
  }

  async diagnose(): Promise<Diagnosis> {
    const { store, systemNow } = this.#parts;
    const faults = await store.examine(systemNow());
    try {
      return await this.#diagnoseAll(faults);
    } catch (error) {
      if (faults.length === 0) throw error;
      return diagnoseFaults({ store, faults, now: systemNow() }, error);
    }
  }

  async #diagnoseAll(faults: readonly StoreFault[]): Promise<Diagnosis> {
    await this.#parts.prepare();
    const { store, triggers, definitions, timings, now, systemNow } = this.#parts;
    const recoveryMs = timings.leaseMs + timings.reapEveryMs + TICK_MS;
    return await diagnose({
      ...{ store, faults, recoveryMs, now: now(), systemNow: systemNow() },
      aheadMs: Math.max(AHEAD_MS_MIN, timings.horizonMs),
      triggerOf: (job) => triggers.factsOf(job).trigger,
      policiesOf: async (runs) => {
        const works = await definitions.workOf(runs);
        return works.map((work) => work?.policies ?? null);
      },
    });
  }

  async durations(): Promise<Durations> {
    await this.#parts.prepare();
    const { store } = this.#parts;
    const found: Record<string, DurationFigures> = {};
    for await (const job of this.#jobs({})) {
      if (job.stats.successCount + job.stats.failureCount === 0) continue;
      const filter = { jobId: job.id, states: ['SUCCESS', 'FAILED'] as const };
      const { runs } = await store.listRuns(filter, { after: null, limit: MEASURED_RUNS_MAX });
      const figures = measureDurations(runs);
      if (figures !== null) found[job.name] = figures;
    }
    return found;
  }

  /** The given definitions as new jobs, or the stored ones that are not disabled. */
  async #planned(given?: Readonly<Record<string, unknown>>): Promise<readonly PlannedJob[]> {
    if (given !== undefined) {
      const declared = await this.#parts.declare(given);
      const memory = freshMemory(this.#parts.now());
      return declared
        .filter((each) => each.status !== 'disabled')
        .map(({ name, definition }) => ({ name, definition, memory, standing: IN_FORCE }));
    }
    const planned: PlannedJob[] = [];
    for await (const job of this.#jobs({})) {
      if (job.status !== 'disabled') planned.push({ ...job, standing: job });
    }
    return planned;
  }

  /** Compiles triggers of a job, each form once. */
  #compiler(name: string): (spec: TriggerSpec) => RevisionTrigger {
    const known = new Map<TriggerSpec, RevisionTrigger>();
    return (spec) => {
      const found = known.get(spec);
      if (found !== undefined) return found;
      const trigger = this.#parts.triggers.compile(spec, name);
      const made = { spec, trigger, advance: advanceMemory.bind(null, trigger) };
      known.set(spec, made);
      return made;
    };
  }

  async *#jobs(filter: JobFilter): AsyncGenerator<Job> {
    for (let after: string | null = null; ; ) {
      const page: Job[] = await this.#parts.store.listJobs(filter, { after, limit: PAGE });
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.name ?? null;
    }
  }

  async #named(name: string): Promise<Job> {
    const [job] = await this.#parts.store.findJobs([name]);
    if (job) return job;
    throw jobNotFound(name);
  }

  /** An instant, or so long before now: `7d`. */
  #past(value: Instant | Date | string, field: string): Instant {
    refuseNegative(value, field);
    if (!isLength(value)) return this.#instant(value, field);
    return Math.max(0, this.#parts.now() - parseDuration(value, { field }));
  }

  /** An instant, or so long after another: `7d`. */
  #after(value: Instant | Date | string, fromAt: Instant, field: string): Instant {
    refuseNegative(value, field);
    return isLength(value) ? fromAt + parseDuration(value, { field }) : this.#instant(value, field);
  }

  #instant(value: Instant | Date | string, field: string): Instant {
    const zone = this.#parts.zones.get(this.#parts.timezone);
    return parseInstant(value, { zone, field });
  }
}

function isLength(value: Instant | Date | string): value is string {
  return typeof value === 'string' && /^(?:\d+(?:\.\d+)?[a-zA-Z]|P)/.test(value.trim());
}

/** `-7d` is neither an instant nor a length. */
function refuseNegative(value: Instant | Date | string, field: string): void {
  if (typeof value !== 'string' || !/^\s*[-−]\s*[\dP]/.test(value)) return;
  throw new TickworkError('INVALID_DURATION', {
    ...{ field, value, reason: 'is negative.' },
    remedy: 'Write a length without a sign, such as 7d, or a date-time.',
  });
}

function checkPast(sinceAt: Instant, now: Instant): void {
  if (sinceAt <= now) return;
  throw new TickworkError('INVALID_INPUT', {
    field: 'since',
    value: instantText(sinceAt),
    reason: `lies ahead: it is ${instantText(now)}.`,
    remedy: 'Write an earlier instant, or a length before now such as 7d; forecast looks ahead.',
  });
}

function checkPeriod(fromAt: Instant, untilAt: Instant): void {
  const days = (untilAt - fromAt) / DAY_MS;
  if (days > 0 && days <= PERIOD_DAYS_MAX) return;
  const from = instantText(fromAt);
  throw new TickworkError('INVALID_INPUT', {
    field: 'to',
    value: instantText(untilAt),
    reason:
      days > 0
        ? `lies ${Math.ceil(days)} days after ${from}; at most ${PERIOD_DAYS_MAX} are told.`
        : `is not later than the beginning, ${from}.`,
    remedy: `Write a later instant or a length such as 7d, at most ${PERIOD_DAYS_MAX} days.`,
  });
}

/** Places of all nodes together. */
function slotsOf(
  { nodes = 1, slots = {} }: ForecastOptions,
  own: Readonly<Record<SlotKind, number>>,
): Record<SlotKind, number> {
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > NODES_MAX) {
    throw new TickworkError('INVALID_INPUT', {
      field: 'nodes',
      value: nodes,
      reason: `must be a whole number from 1 to ${NODES_MAX}.`,
    });
  }
  return {
    function: (slots.function ?? own.function) * nodes,
    external: (slots.external ?? own.external) * nodes,
  };
}

function jobNotFound(name: string): TickworkError {
  return new TickworkError('JOB_NOT_FOUND', {
    field: 'job',
    value: name,
    reason: 'does not exist.',
    remedy: 'List the jobs with jobs ls.',
  });
}
