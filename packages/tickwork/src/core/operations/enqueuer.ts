import { TickworkError } from '../base/errors.ts';
import type { Pools } from '../declaration/parse-limits.ts';
import { parsePolicies, policyKeys } from '../declaration/parse-policies.ts';
import { taskOf } from '../declaration/parse-task.ts';
import { readFields } from '../declaration/read-fields.ts';
import { requireJson } from '../declaration/require-json.ts';
import type { Policies } from '../model/policy.ts';
import type { TaskSpec } from '../model/task-spec.ts';
import type { EnqueueOutcome } from '../ports/run-store.ts';
import { parseDuration } from '../time/duration.ts';
import type { Instant } from '../time/instant.ts';
import type { EnqueueManyOptions, EnqueueOptions } from './enqueue-api.ts';
import { checkRequestIds, type EnqueueRequest, type RunService } from './run-service.ts';

export interface EnqueuerParts {
  readonly runs: Pick<RunService, 'enqueue' | 'enqueueMany'>;
  readonly policies: Policies;
  /** Absent: no pools. */
  readonly pools?: Pools | undefined;
  readonly prepare: () => Promise<void>;
  /** Throws INVALID_JOB. */
  readonly checkTask: (task: TaskSpec, field: string) => void;
  readonly instantOf: (value: Instant | Date | string) => Instant;
  readonly now: () => Instant;
}

/** Reads what users pass to `enqueue` and `enqueueMany`, once for all inputs of a call. */
export class Enqueuer {
  readonly #parts: EnqueuerParts;

  constructor(parts: EnqueuerParts) {
    this.#parts = parts;
  }

  async enqueue(
    task: unknown,
    input: unknown = null,
    options: EnqueueOptions = {},
  ): Promise<EnqueueOutcome> {
    await this.#parts.prepare();
    return await this.#parts.runs.enqueue({
      ...this.#workToDo(task, options),
      input: requireJson(input, 'input', 'INVALID_INPUT'),
      dedupeKey: options.key ?? null,
      requestId: options.requestId ?? null,
    });
  }

  async enqueueMany(
    task: unknown,
    inputs: readonly unknown[],
    options: EnqueueManyOptions = {},
  ): Promise<readonly EnqueueOutcome[]> {
    await this.#parts.prepare();
    const { requestIds = null } = options;
    checkRequestIds(requestIds, inputs.length);
    const work = this.#workToDo(task, options);
    const read = inputs.map((input, i) => requireJson(input, `inputs[${i}]`, 'INVALID_INPUT'));
    return await this.#parts.runs.enqueueMany(work, read, requestIds);
  }

  #workToDo(
    task: unknown,
    {
      policies,
      priority,
      ...when
    }: Pick<EnqueueOptions, 'policies' | 'priority' | 'runAt' | 'delay'>,
  ): Pick<EnqueueRequest, 'task' | 'policies' | 'runAt'> {
    const spec = taskOf(task, 'task');
    this.#parts.checkTask(spec, 'task');
    const given = readFields(policies ?? {}, 'policies', policyKeys).values;
    const values = { ...given, ...(priority === undefined ? {} : { priority }) };
    const parsed = parsePolicies(values, this.#parts.policies, '', this.#parts.pools);
    if (parsed.onlyIf !== undefined) this.#parts.checkTask(parsed.onlyIf, 'policies.onlyIf');
    return {
      task: spec,
      policies: parsed,
      runAt: this.#runAt(when),
    };
  }

  #runAt({ runAt, delay }: Pick<EnqueueOptions, 'runAt' | 'delay'>): Instant | null {
    if (runAt !== undefined && delay !== undefined) {
      throw new TickworkError('INVALID_INPUT', {
        field: 'delay',
        value: delay,
        reason: 'stands beside runAt.',
        remedy: 'Keep one of them.',
      });
    }
    if (delay === undefined) return runAt === undefined ? null : this.#parts.instantOf(runAt);
    const delayMs = parseDuration(delay, { field: 'delay', bareUnit: 'ms', minMs: 0 });
    return this.#parts.now() + delayMs;
  }
}
