import { auditJob, type JobAudit } from '../audit/audit-job.ts';
import { readLedger } from '../audit/read-ledger.ts';
import { TickworkError } from '../model/errors.ts';
import type { Job, JobDefinition } from '../model/job.ts';
import type { JobChange } from '../model/job-change.ts';
import type { JobFilter } from '../ports/job-store.ts';
import type { Store } from '../ports/store.ts';
import { parseDuration } from '../time/duration.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import { parseInstant } from '../time/parse-instant.ts';
import type { ZoneTable } from '../time/zone-table.ts';
import type { TriggerSpec } from '../trigger/spec.ts';
import { advanceMemory } from '../trigger/trigger-memory.ts';
import type { AuditOptions, AuditReport } from './questions-api.ts';
import type { TriggerCache } from './trigger-cache.ts';

const PAGE = 1000;
const TRIES_MAX = 10;
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
 * functions of `audit/`, which ask the planner's own. It writes nothing.
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
    const facts = await this.#history(name);
    if (facts === null) return null;
    const { job } = facts;
    const ledger = await readLedger(store, job, { sinceAt, aheadMs });
    const compile = (spec: TriggerSpec) => {
      const trigger = this.#parts.triggers.compile(spec, name);
      return {
        ...{ spec, trigger },
        advance: advanceMemory.bind(null, trigger),
      };
    };
    return auditJob({ ...facts, ledger, sinceAt, now, aheadMs, compile });
  }

  /** A job with its changes and revisions, as of one moment; `null` if it is gone. */
  async #history(name: string): Promise<{
    job: Job;
    changes: readonly JobChange[];
    definitions: ReadonlyMap<number, JobDefinition>;
  } | null> {
    const { store } = this.#parts;
    for (let tries = 1; ; tries++) {
      const [job] = await store.findJobs([name]);
      if (!job) return null;
      const changes = await store.listChanges(job.id);
      const last = changes.at(-1);
      const agrees = last?.revision === job.revision && last.status === job.status;
      // Changed in between: once more. What never agrees is told by the audit itself.
      if (!agrees && tries < TRIES_MAX) continue;
      const numbers = [...new Set(changes.map((change) => change.revision))];
      const keys = numbers.map((revision) => ({ jobId: job.id, revision }));
      const found = await store.findRevisions(keys);
      const definitions = new Map<number, JobDefinition>([[job.revision, job.definition]]);
      for (const [i, definition] of found.entries()) {
        if (definition) definitions.set(numbers[i] ?? 0, definition);
      }
      return { job, changes, definitions };
    }
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
    throw new TickworkError('JOB_NOT_FOUND', {
      field: 'job',
      value: name,
      reason: 'does not exist.',
      remedy: 'List the jobs with jobs ls.',
    });
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
