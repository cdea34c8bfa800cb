import { TickworkError } from '../base/errors.ts';
import type { TriggerCache } from '../engine/trigger-cache.ts';
import type { Job, JobDefinition } from '../model/job.ts';
import { type NewRun, type Run, runId } from '../model/run.ts';
import { handlerKey } from '../model/task-spec.ts';
import {
  type RangeInstant,
  type RevisionTrigger,
  rangeInstants,
} from '../planner/range-instants.ts';
import type { Store } from '../ports/store.ts';
import { forgottenUntil } from '../retention/forgotten-until.ts';
import type { Instant } from '../time/instant.ts';
import { advanceMemory } from '../trigger/advance-memory.ts';

/** More instants are refused: they are better made up for in parts. */
export const BACKFILL_RUNS_MAX = 10_000;
/** So far below its job's own runs, unless nothing is lower. */
const BELOW_NORMAL = 50;
const PRIORITY_MIN = -100;
const BATCH = 500;

type BackfillCalls =
  | 'listChanges'
  | 'findRevisions'
  | 'findRuns'
  | 'enqueueRuns'
  | 'findJobs'
  | 'listRuns';

export interface BackfillParts {
  readonly store: Pick<Store, BackfillCalls>;
  readonly triggers: TriggerCache;
  readonly now: () => Instant;
  readonly onChanged: () => void;
}

export interface BackfillRange {
  /** Both inclusive. */
  readonly fromAt: Instant;
  readonly toAt: Instant;
  /** Runs instants again that have run: each call with another id, once more. */
  readonly forceId: string | null;
  /** `latest`: one run for the last instant, which says how many it stands for. */
  readonly which: 'all' | 'latest';
}

export interface BackfillResult {
  /** Instants of the range that the job's triggers ask for. */
  readonly instantCount: number;
  /**
   * Those that are left alone: they have or had a run of their own, or may have had one
   * that is not kept any more.
   */
  readonly existingCount: number;
  /** The runs that make up for the others, ascending. */
  readonly runIds: readonly string[];
}

interface Open {
  readonly instant: RangeInstant;
  /** The run that the instant had, if any. */
  readonly former: Run | null;
}

/**
 * Makes up for instants of a range: those without a run, or whose run was SKIPPED, get one by
 * the revision in force then. The ids are made of job and instant, so a repeated call
 * stores nothing new. Where retention has removed runs that could be theirs, nobody can tell
 * any more whether instants were run: only `forceId` runs them.
 */
export class Backfill {
  readonly #parts: BackfillParts;

  constructor(parts: BackfillParts) {
    this.#parts = parts;
  }

  /** Throws INVALID_INPUT for a range of more than `BACKFILL_RUNS_MAX` instants. */
  async run(job: Job, range: BackfillRange): Promise<BackfillResult> {
    const { runs, ...result } = await this.plan(job, range);
    const at = this.#parts.now();
    for (let from = 0; from < runs.length; from += BATCH) {
      await this.#parts.store.enqueueRuns(runs.slice(from, from + BATCH), at);
    }
    if (runs.length > 0) this.#parts.onChanged();
    return result;
  }

  /** The runs that `run` would store, for whoever stores them with something else. */
  async plan(
    job: Job,
    range: BackfillRange,
  ): Promise<BackfillResult & { readonly runs: readonly NewRun[] }> {
    const definitions = await this.#definitions(job);
    const instants = await this.#instants(job, definitions, range);
    const open = await this.#open(job, definitions, instants, range.forceId);
    const wanted = range.which === 'latest' ? open.slice(-1) : open;
    const coalescedCount = open.length - wanted.length;
    const at = this.#parts.now();
    const runs = wanted.map((each): NewRun => {
      const definition = definitions.get(each.instant.revision) ?? job.definition;
      return { ...newRun(job, definition, each, range.forceId, at), coalescedCount };
    });
    return {
      runs,
      instantCount: instants.length,
      existingCount: instants.length - open.length,
      runIds: runs.map(({ id }) => id),
    };
  }

  /** What `run` would make up for, without doing it. */
  async preview(
    job: Job,
    range: Omit<BackfillRange, 'which'>,
  ): Promise<Omit<BackfillResult, 'runIds'> & { readonly openAts: readonly Instant[] }> {
    const definitions = await this.#definitions(job);
    const instants = await this.#instants(job, definitions, range);
    const open = await this.#open(job, definitions, instants, range.forceId);
    return {
      instantCount: instants.length,
      existingCount: instants.length - open.length,
      openAts: open.map(({ instant }) => instant.fireAt),
    };
  }

  async #definitions(job: Job): Promise<Map<number, JobDefinition>> {
    const revisions = Array.from({ length: job.revision }, (_, i) => i + 1);
    const keys = revisions.map((revision) => ({ jobId: job.id, revision }));
    const found = await this.#parts.store.findRevisions(keys);
    return new Map(
      revisions.flatMap((revision, i) => {
        const definition = found[i];
        return definition ? [[revision, definition] as const] : [];
      }),
    );
  }

  async #instants(
    job: Job,
    definitions: ReadonlyMap<number, JobDefinition>,
    { fromAt, toAt }: Pick<BackfillRange, 'fromAt' | 'toAt'>,
  ): Promise<RangeInstant[]> {
    const changes = await this.#parts.store.listChanges(job.id);
    const triggerOf = (revision: number): RevisionTrigger | null => {
      const spec = definitions.get(revision)?.trigger;
      if (spec === undefined) return null;
      const trigger = this.#parts.triggers.compile(spec, job.name);
      return { spec, trigger, advance: (memory, at) => advanceMemory(trigger, memory, at) };
    };
    // What the job has not come to yet, although it is due, gets its own run.
    const untilAt = Math.min(toAt, this.#parts.now(), job.cursorAt);
    const range = { fromAt, toAt: untilAt, limit: BACKFILL_RUNS_MAX + 1 };
    const instants = rangeInstants(changes, triggerOf, range);
    if (instants.length <= BACKFILL_RUNS_MAX) return instants;
    throw new TickworkError('INVALID_INPUT', {
      field: `job ${job.name}`,
      value: { fromAt, toAt },
      reason: `has more than ${BACKFILL_RUNS_MAX} instants in this range.`,
      remedy: `Backfill it in parts; the first ${BACKFILL_RUNS_MAX} end at ${new Date(
        instants.at(-2)?.fireAt ?? toAt,
      ).toISOString()}.`,
    });
  }

  /** What has run, or will, is left alone unless it is forced. */
  async #open(
    job: Job,
    definitions: ReadonlyMap<number, JobDefinition>,
    instants: readonly RangeInstant[],
    forceId: string | null,
  ): Promise<Open[]> {
    const open: Open[] = [];
    for (let from = 0; from < instants.length; from += BATCH) {
      const batch = instants.slice(from, from + BATCH);
      const scheduled = await this.#find(batch, (at) => runId.scheduled(job.id, at));
      const made = await this.#find(batch, (at) => runId.backfill(job.id, at, null));
      for (const [i, instant] of batch.entries()) {
        const former = made[i] ?? scheduled[i] ?? null;
        if (forceId !== null || former === null || former.state === 'SKIPPED') {
          if (forceId !== null || !made[i]) open.push({ instant, former });
        }
      }
    }
    const [first] = open;
    if (first === undefined || forceId !== null) return open;
    const facts = {
      definitions: [job.definition, ...definitions.values()],
      ...{ fromAt: first.instant.fireAt, now: this.#parts.now() },
    };
    const untilAt = await forgottenUntil(this.#parts.store, job, facts);
    return open.filter(({ instant }) => instant.fireAt > untilAt);
  }

  async #find(
    instants: readonly RangeInstant[],
    idOf: (at: Instant) => string,
  ): Promise<readonly (Run | null)[]> {
    return await this.#parts.store.findRuns(instants.map(({ fireAt }) => idOf(fireAt)));
  }
}

function newRun(
  job: Job,
  definition: JobDefinition,
  { instant, former }: Open,
  forceId: string | null,
  at: Instant,
): Omit<NewRun, 'coalescedCount'> {
  return {
    id: runId.backfill(job.id, instant.fireAt, forceId),
    ...{ jobId: job.id, jobRevision: instant.revision },
    origin: 'backfill',
    ...{ fireAt: instant.fireAt, startAt: at },
    handler: handlerKey(definition.task),
    priority: Math.max(PRIORITY_MIN, definition.policies.priority - BELOW_NORMAL),
    dedupeKey: null,
    definition: null,
    parentId: former?.id ?? null,
  };
}
