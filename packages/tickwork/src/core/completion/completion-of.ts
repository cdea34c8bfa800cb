import type { EndedAttempt } from '../executor/executor.ts';
import type { Completion } from '../ports/run-store.ts';
import { type Decision, decideCompletion } from './decide-completion.ts';

/** What is written of an ended attempt: the decision about its run, and what follows. */
export function completionOf(
  ended: EndedAttempt,
  chance: number,
  aftermathOf: (decided: Decision) => Pick<Completion, 'followUps' | 'onJob'>,
): Completion {
  const { attempt, result, endedAt, declined } = ended;
  const { run, work, nodeId, fence } = attempt.started;
  const facts = { result, stop: attempt.stopCause, failedCount: run.failedCount, declined };
  const decided = decideCompletion({ ...facts, policies: work.policies, endedAt, chance });
  const { followUps, onJob = null } = aftermathOf(decided);
  return {
    runId: run.id,
    fence,
    nodeId,
    startedAt: attempt.startedAt,
    endedAt,
    state: decided.state,
    reason: decided.reason,
    outcome: decided.outcome,
    error: decided.error,
    exitCode: result.exitCode ?? null,
    result: result.ok ? result.result : null,
    dueAt: decided.dueAt,
    followUps,
    onJob,
  };
}
