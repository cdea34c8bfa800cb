import { formatWithOptions } from 'node:util';
import { TickworkError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { AttemptContext, TaskResult } from '../../core/ports/task-kind.ts';
import type { TaskClass, TaskContext, TaskHandler } from '../../core/service/scheduler-api.ts';
import { errorText, storable } from '../error-text.ts';
import { jsonOf } from '../json-of.ts';

/** A handler as it is kept: a function, or an instance with `execute`. */
export type Work = TaskHandler | TaskClass;

/**
 * Runs one attempt of a handler in this thread and gives its outcome; never rejects.
 *
 * Failures are: a thrown or rejected value, a returned Error, and `false`. The words of
 * `false` are the instance's `lastError`, if this attempt set it. The stack of an error goes
 * to the output, stream `system`. Every other value is the result, see `jsonOf`.
 */
export async function runHandler(
  work: Work,
  input: Json,
  attempt: AttemptContext,
): Promise<TaskResult> {
  const context = contextOf(attempt);
  let value: unknown;
  try {
    value = await call(work, input, context);
  } catch (thrown) {
    return failure(thrown, attempt);
  }
  if (value === false) {
    const error = lastErrorOf(work) ?? 'the task returned false';
    return { ok: false, error, declined: true };
  }
  if (value instanceof Error) return failure(value, attempt);
  const outcome = jsonOf(value);
  if (outcome.ok) return { ok: true, result: outcome.json };
  return { ok: false, error: `the result cannot be kept: ${outcome.reason}` };
}

/** What the handler sees: the attempt, frozen, with `log`. */
function contextOf(attempt: AttemptContext): TaskContext {
  return Object.freeze({
    runId: attempt.runId,
    jobName: attempt.jobName,
    attempt: attempt.attempt,
    fireAt: attempt.fireAt,
    fence: attempt.fence,
    idempotencyKey: attempt.idempotencyKey,
    coalescedCount: attempt.coalescedCount,
    // Made when it is asked for: most handlers never do, and it costs more than they may take.
    get signal() {
      return attempt.signal;
    },
    cancelGraceMs: attempt.cancelGraceMs,
    output: (stream: Parameters<AttemptContext['output']>[0], text: string) =>
      attempt.output(stream, storable(String(text))),
    progress(value: Json): void {
      const outcome = jsonOf(value);
      if (!outcome.ok) {
        throw new TickworkError('INVALID_INPUT', { field: 'progress', reason: outcome.reason });
      }
      attempt.progress(outcome.json);
    },
    log: (...parts: readonly unknown[]) =>
      attempt.output('log', storable(`${formatWithOptions({ colors: false }, ...parts)}\n`)),
  });
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
