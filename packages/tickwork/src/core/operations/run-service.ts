import { TickworkError } from '../base/errors.ts';
import type { Json } from '../base/json.ts';
import { requireJson } from '../declaration/require-json.ts';
import type { Definitions } from '../engine/definitions.ts';
import type { Job } from '../model/job.ts';
import type { Policies } from '../model/policy.ts';
import { type NewRun, type Run, type RunDefinition, runId } from '../model/run.ts';
import { isTerminal } from '../model/run-state.ts';
import { handlerKey, type TaskSpec } from '../model/task-spec.ts';
import { manualRun } from '../planner/new-runs.ts';
import type { Ids } from '../ports/random.ts';
import type { CancelOutcome, EnqueueOutcome } from '../ports/run-store.ts';
import type { Store } from '../ports/store.ts';
import type { Instant } from '../time/instant.ts';

export interface RunServiceParts {
  readonly store: Store;
  readonly definitions: Definitions;
  readonly ids: Ids;
  readonly now: () => Instant;
  /** These runs are about to be stored; they may be started with the same write. */
  readonly onStoring: (runs: readonly NewRun[]) => void;
  /** There is something new to claim, or to stop. */
  readonly onChanged: () => void;
}

export interface EnqueueRequest {
  readonly task: TaskSpec;
  readonly input: Json;
  readonly policies: Policies;
  readonly runAt: Instant | null;
  readonly dedupeKey: string | null;
  readonly requestId: string | null;
}

const REQUEST_ID = /^[0-9A-Za-z._:-]{1,100}$/;

/** Throws INVALID_INPUT unless there is one id for each input. */
export function checkRequestIds(ids: readonly string[] | null, inputCount: number): void {
  if (ids === null || ids.length === inputCount) return;
  throw new TickworkError('INVALID_INPUT', {
    field: 'requestIds',
    value: ids.length,
    reason: `must be as many as there are inputs (${inputCount}).`,
  });
}

/** Runs by hand: enqueueing, running a job now, cancelling, doing a finished run again. */
export class RunService {
  readonly #parts: RunServiceParts;

  constructor(parts: RunServiceParts) {
    this.#parts = parts;
  }

  /** Throws RUN_NOT_FOUND. */
  async find(id: string): Promise<Run> {
    const [run] = await this.#parts.store.findRuns([id]);
    if (run) return run;
    throw new TickworkError('RUN_NOT_FOUND', {
      field: 'run',
      value: id,
      reason: 'does not exist, or was removed by retention.',
      remedy: 'List the runs with runs ls.',
    });
  }

  async enqueue(request: EnqueueRequest): Promise<EnqueueOutcome> {
    const startAt = request.runAt ?? this.#parts.now();
    return await this.#store(this.#enqueued(request, startAt, handlerKey(request.task)));
  }

  /** The same task with each of these inputs; see `Scheduler.enqueueMany`. */
  async enqueueMany(
    request: Omit<EnqueueRequest, 'input' | 'requestId' | 'dedupeKey'>,
    inputs: readonly Json[],
    requestIds: readonly string[] | null,
  ): Promise<readonly EnqueueOutcome[]> {
    const startAt = request.runAt ?? this.#parts.now();
    const handler = handlerKey(request.task);
    const runs = inputs.map((input, i) => {
      const own = { input, requestId: requestIds?.[i] ?? null, dedupeKey: null };
      return this.#enqueued({ ...request, ...own }, startAt, handler);
    });
    return runs.length === 0 ? [] : await this.#storeAll(runs);
  }

  #enqueued(request: EnqueueRequest, startAt: Instant, handler: string): NewRun {
    return {
      id: runId.enqueued(this.#requestId(request.requestId)),
      jobId: null,
      jobRevision: null,
      origin: 'enqueue',
      fireAt: startAt,
      startAt,
      handler,
      priority: request.policies.priority,
      dedupeKey: request.dedupeKey,
      coalescedCount: 0,
      definition: { task: request.task, input: request.input, policies: request.policies },
      parentId: null,
    };
  }

  async runNow(
    job: Job,
    options: { readonly input?: unknown; readonly requestId?: string },
  ): Promise<EnqueueOutcome> {
    const { input } = options;
    const own = input === undefined ? {} : { input: requireJson(input, 'input', 'INVALID_INPUT') };
    const requestId = this.#requestId(options.requestId ?? null);
    const run = manualRun(job, requestId, this.#parts.now());
    return await this.#store({ ...run, ...own });
  }

  /** The same work once more, as a run of its own. Throws INVALID_INPUT for live runs. */
  async retry(id: string): Promise<EnqueueOutcome> {
    const run = await this.find(id);
    if (!isTerminal(run.state)) {
      throw new TickworkError('INVALID_INPUT', {
        field: `run ${id}`,
        value: run.state,
        reason: 'has not ended.',
        remedy: 'Wait for it, or cancel it first.',
      });
    }
    const definition = await this.#definitionOf(run);
    const at = this.#parts.now();
    const requestId = this.#parts.ids.next();
    return await this.#store({
      id: run.jobId === null ? runId.enqueued(requestId) : runId.manual(run.jobId, requestId),
      jobId: run.jobId,
      jobRevision: run.jobRevision,
      origin: run.jobId === null ? 'enqueue' : 'manual',
      fireAt: at,
      startAt: at,
      handler: run.handler,
      priority: run.priority,
      dedupeKey: null,
      coalescedCount: 0,
      definition: run.jobId === null ? definition : null,
      ...(run.input === undefined ? {} : { input: run.input }),
      parentId: run.id,
    });
  }

  async cancel(id: string): Promise<CancelOutcome> {
    const [outcome] = await this.#parts.store.cancelRuns([id], this.#parts.now(), 'request');
    if (outcome === undefined || outcome.outcome === 'unknown') await this.find(id);
    this.#parts.onChanged();
    return outcome ?? { runId: id, outcome: 'unknown' };
  }

  async #definitionOf(run: Run): Promise<RunDefinition> {
    const [definition] = await this.#parts.definitions.workOf([run]);
    if (definition) return definition;
    throw new TickworkError('RUN_NOT_FOUND', {
      field: `run ${run.id}`,
      reason: 'has no definition any more.',
    });
  }

  async #store(run: NewRun): Promise<EnqueueOutcome> {
    const [outcome] = await this.#storeAll([run]);
    return outcome ?? { runId: run.id, outcome: 'stored' };
  }

  async #storeAll(runs: readonly NewRun[]): Promise<readonly EnqueueOutcome[]> {
    const stored = this.#parts.store.enqueueRuns(runs, this.#parts.now());
    try {
      this.#parts.onStoring(runs);
    } finally {
      // Whatever happened meanwhile, the answer of the store is heard.
      await stored;
    }
    this.#parts.onChanged();
    return await stored;
  }

  #requestId(given: string | null): string {
    if (given === null) return this.#parts.ids.next();
    if (REQUEST_ID.test(given)) return given;
    throw new TickworkError('INVALID_INPUT', {
      field: 'requestId',
      value: given,
      reason: 'must have 1 to 100 characters of letters, digits and . _ : -',
    });
  }
}
