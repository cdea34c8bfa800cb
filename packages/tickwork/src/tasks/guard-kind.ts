import { jsonOf, refusalText } from '../core/base/json-of.ts';
import { requireJson } from '../core/declaration/require-json.ts';
import type { AttemptContext, TaskKind, TaskResult } from '../core/ports/task-kind.ts';

/**
 * A kind that a user has written, held to what stores keep: its results and progress become
 * copies as JSON keeps them. A result that cannot be kept fails its attempt, with the part named.
 */
export function guardKind(kind: TaskKind): TaskKind {
  const killsAfterGrace = kind.killsAfterGrace?.bind(kind);
  return {
    kind: kind.kind,
    slotKind: kind.slotKind,
    handles: () => kind.handles(),
    validate: (task, field) => kind.validate(task, field),
    ...(killsAfterGrace === undefined ? {} : { killsAfterGrace }),
    execute(task, input, context) {
      const answer = kind.execute(task, input, guardContext(context));
      return isThenable(answer) ? answer.then(keep) : keep(answer);
    },
  };
}

function guardContext(context: AttemptContext): AttemptContext {
  return {
    runId: context.runId,
    jobName: context.jobName,
    attempt: context.attempt,
    fireAt: context.fireAt,
    fence: context.fence,
    idempotencyKey: context.idempotencyKey,
    coalescedCount: context.coalescedCount,
    cancelGraceMs: context.cancelGraceMs,
    // Made when it is asked for.
    get signal() {
      return context.signal;
    },
    output: (stream, text) => context.output(stream, text),
    progress: (value) => context.progress(requireJson(value, 'progress', 'INVALID_INPUT')),
  };
}

function isThenable(answer: TaskResult | Promise<TaskResult>): answer is Promise<TaskResult> {
  return typeof answer === 'object' && answer !== null && 'then' in answer;
}

/** What is no result at all is left to the executor. */
function keep(answer: TaskResult): TaskResult {
  if (answer?.ok !== true) return answer;
  const outcome = jsonOf(answer.result);
  if (outcome.ok) return { ...answer, result: outcome.json };
  return { ok: false, error: `the result cannot be kept: ${refusalText(outcome)}` };
}
