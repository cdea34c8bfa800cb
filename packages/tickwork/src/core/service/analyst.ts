import { auditJob, type JobAudit } from '../audit/audit-job.ts';
import type { RevisionTrigger } from '../audit/expected-instants.ts';
import { readHistory } from '../audit/read-history.ts';
import { readLedger } from '../audit/read-ledger.ts';
import { explainJob } from '../explain/explain-job.ts';
import type { Explanation } from '../explain/explanation.ts';
import { readExplainFacts } from '../explain/read-facts.ts';
import { TickworkError } from '../model/errors.ts';
import type { Job } from '../model/job.ts';
import type { JobFilter } from '../ports/job-store.ts';
import type { Store } from '../ports/store.ts';
import { parseDuration } from '../time/duration.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import { parseInstant } from '../time/parse-instant.ts';
import type { ZoneTable } from '../time/zone-table.ts';
import { nextFires } from '../trigger/next-fires.ts';
import type { TriggerSpec } from '../trigger/spec.ts';
import { advanceMemory } from '../trigger/trigger-memory.ts';
import type { AuditOptions, AuditReport } from './questions-api.ts';
import type { TriggerCache } from './trigger-cache.ts';

const PAGE = 1000;
/** Plans may reach further than this process's own horizon: other nodes have theirs. */
const AHEAD_MS_MIN = 60_000;
const SINCE_DEFAULT = '7d';

export interface AnalystParts {
  readonly store: Store;
  readonly triggers: TriggerCache;
  readonly zones: ZoneTable;
  /** The zone of texts without an offset. */
  readonly timezone: string;
  readonly horizonMs: DurationMs;
  readonly now: () => Instant;
  /** Reads the store's clock and calendars, once. */
  readonly prepare: () => Promise<void>;
}

/**
 * Answers questions about plans: it reads facts through the port and gives them to the pure
 * functions of `audit/` and `explain/`, which ask the planner's own. It writes nothing.
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
    const names = options.job === undefined ? this.#names({}) : [await this.#named(options.job)];
    const jobs: JobAudit[] = [];
    for await (const name of names) {
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
    const { store, horizonMs } = this.#parts;
    const aheadMs = Math.max(AHEAD_MS_MIN, horizonMs);
    const facts = await readHistory(store, name);
    if (facts === null) return null;
    const { job } = facts;
    const ledger = await readLedger(store, job, { sinceAt, aheadMs });
    return auditJob({ ...facts, ledger, sinceAt, now, aheadMs, compile: this.#compiler(name) });
  }

  async explain(
    name: string,
    question: { readonly at: Instant | Date | string },
  ): Promise<Explanation> {
    await this.#parts.prepare();
    const zone = this.#parts.zones.get(this.#parts.timezone);
    const at = parseInstant(question.at, { zone, field: 'at' });
    const { store, triggers } = this.#parts;
    const now = this.#parts.now();
    const compile = this.#compiler(name);
    const facts = await readExplainFacts(store, name, { at, now, compile });
    if (facts === null) throw jobNotFound(name);
    const env = { ...triggers.envOf(name), after: facts.at - 1, count: 1 };
    const [fire] = nextFires(facts.job.definition.trigger, env);
    const notes = fire?.fireAt === facts.at ? fire.notes : [];
    return explainJob({ ...facts, notes });
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

  async *#names(filter: JobFilter): AsyncGenerator<string> {
    for (let after: string | null = null; ; ) {
      const page: Job[] = await this.#parts.store.listJobs(filter, { after, limit: PAGE });
      yield* page.map((job) => job.name);
      if (page.length < PAGE) return;
      after = page.at(-1)?.name ?? null;
    }
  }

  async #named(name: string): Promise<string> {
    const [job] = await this.#parts.store.findJobs([name]);
    if (job) return job.name;
    throw jobNotFound(name);
  }

  /** An instant, or so long before now: `7d`. */
  #past(value: Instant | Date | string, field: string): Instant {
    if (typeof value === 'string' && /^(?:\d+(?:\.\d+)?[a-zA-Z]|P)/.test(value.trim())) {
      return Math.max(0, this.#parts.now() - parseDuration(value, { field }));
    }
    const zone = this.#parts.zones.get(this.#parts.timezone);
    return parseInstant(value, { zone, field });
  }
}

function jobNotFound(name: string): TickworkError {
  return new TickworkError('JOB_NOT_FOUND', {
    field: 'job',
    value: name,
    reason: 'does not exist.',
    remedy: 'List the jobs with jobs ls.',
  });
}
