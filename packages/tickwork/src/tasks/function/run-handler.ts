import { formatWithOptions } from 'node:util';
import type { Json } from '../../core/base/json.ts';
import { jsonOf, refusalText } from '../../core/base/json-of.ts';
import { requireJson } from '../../core/declaration/require-json.ts';
import type { TaskClass, TaskContext, TaskHandler } from '../../core/ports/task-handler.ts';
import type { AttemptContext, TaskResult } from '../../core/ports/task-kind.ts';
import type { Instant } from '../../core/time/instant.ts';
import { errorText, storable } from '../error-text.ts';

/** A handler as it is kept: a function, or an instance with `execute`. */
export type Work = TaskHandler | TaskClass;

/**
 * Runs one attempt of a handler in this thread and gives its outcome, at once if the handler
 * has done its work without waiting; never throws or rejects.
 *
 * Failures are: a thrown or rejected value, a returned Error, and `false`. The words of
 * `false` are the instance's `lastError`, if this attempt set it. The stack of an error goes
 * to the output, stream `system`. Every other value is the result, see `jsonOf`.
 */
export function runHandler(
  work: Work,
  input: Json,
  attempt: AttemptContext,
): TaskResult | Promise<TaskResult> {
  try {
    const value = call(work, input, new HandlerContext(attempt));
    return isThenable(value) ? settle(work, value, attempt) : resultOf(work, value, attempt);
  } catch (thrown) {
    return failure(thrown, attempt);
  }
}

async function settle(
  work: Work,
  promise: PromiseLike<unknown>,
  attempt: AttemptContext,
): Promise<TaskResult> {
  let value: unknown;
  try {
    value = await promise;
  } catch (thrown) {
    return failure(thrown, attempt);
  }
  return resultOf(work, value, attempt);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  const canBe = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return canBe && typeof Reflect.get(value, 'then') === 'function';
}

function resultOf(work: Work, value: unknown, attempt: AttemptContext): TaskResult {
  if (value === undefined) return NOTHING;
  if (value === false) {
    const error = lastErrorOf(work) ?? 'the task returned false';
    return { ok: false, error, declined: true };
  }
  if (value instanceof Error) return failure(value, attempt);
  const outcome = jsonOf(value);
  if (outcome.ok) return { ok: true, result: outcome.json };
  return { ok: false, error: `the result cannot be kept: ${refusalText(outcome)}` };
}

const NOTHING: TaskResult = Object.freeze({ ok: true, result: null });

/**
 * What the handler sees: the attempt, frozen, with `log`. Made for every attempt, so what few
 * handlers ask for is made when they do; each can be taken out of the object and called.
 */
class HandlerContext implements TaskContext {
  readonly runId: string;
  readonly jobName: string | null;
  readonly attempt: number;
  readonly fireAt: Instant;
  readonly fence: number;
  readonly idempotencyKey: string;
  readonly coalescedCount: number;
  readonly cancelGraceMs: number;
  readonly #attempt: AttemptContext;

  constructor(attempt: AttemptContext) {
    this.#attempt = attempt;
    this.runId = attempt.runId;
    this.jobName = attempt.jobName;
    this.attempt = attempt.attempt;
    this.fireAt = attempt.fireAt;
    this.fence = attempt.fence;
    this.idempotencyKey = attempt.idempotencyKey;
    this.coalescedCount = attempt.coalescedCount;
    this.cancelGraceMs = attempt.cancelGraceMs;
    Object.freeze(this);
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  get output(): TaskContext['output'] {
    const attempt = this.#attempt;
    return (stream, text) => attempt.output(stream, storable(String(text)));
  }

  get progress(): TaskContext['progress'] {
    const attempt = this.#attempt;
    return (value) => {
      attempt.progress(requireJson(value, 'progress', 'INVALID_INPUT'));
    };
  }

  get log(): TaskContext['log'] {
    const attempt = this.#attempt;
    return (...parts) =>
      attempt.output('log', storable(`${formatWithOptions({ colors: false }, ...parts)}\n`));
  }
}

function call(work: Work, input: Json, context: TaskContext): unknown {
  if (typeof work === 'function') return work(input, context);
  // What a former attempt left there must not explain this one.
  if (typeof lastErrorField(work) === 'string') Reflect.set(work, 'lastError', null);
  return work.execute(input, context);
}

function lastErrorField(work: Work): unknown {
  return typeof work === 'object' ? Reflect.get(work, 'lastError') : undefined;
}

function lastErrorOf(work: Work): string | null {
  const words = lastErrorField(work);
  if (words === undefined || words === null || words === '') return null;
  return errorText(words).message;
}

function failure(thrown: unknown, attempt: AttemptContext): TaskResult {
  const { message, detail } = errorText(thrown);
  if (detail !== null) attempt.output('system', `${detail}\n`);
  return { ok: false, error: message };
}
