import type { RunDump } from '../history/history.ts';
import type { Availability } from './availability.ts';
import type { CheckedJob } from './expected.ts';
import type { AttemptRecord, Ledger, Operation } from './ledger.ts';
import { mayBeGone, retainedFrom } from './retained.ts';
import type { Violation } from './violation.ts';

/**
 * lost result: what was acknowledged is not there at the end. A worker's accepted result,
 * a success that the task itself saw, or a client's accepted operation.
 */
export function checkLostResults(
  ledger: Ledger,
  jobs: readonly CheckedJob[],
  availability: Availability,
): Violation[] {
  const cancels = lostCancels(ledger, availability);
  if (!ledger.dumped) return cancels;
  return [
    ...cancels,
    ...lostAcks(ledger),
    ...lostSuccesses(ledger),
    ...lostOperations(ledger, jobs),
  ];
}

function lostAcks(ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  for (const ack of ledger.acks) {
    if (!ack.accepted) continue;
    const row = ledger.rows.get(ack.runId);
    if (ack.state === 'RETRY') {
      if (row !== undefined && (row.attempt > 0 || row.fence >= ack.token)) continue;
    } else if (row?.state === ack.state) continue;
    if (mayBeGone(ack.runId, ledger.clock.at(lastEndOf(ack.runId, ledger)), ledger)) continue;
    violations.push({
      verdict: 'lost-result',
      text:
        `the worker saw ${ack.state} of run ${ack.runId} (fence ${ack.token}) accepted, ` +
        `and the run is ${row?.state ?? 'not there'}`,
      sched: row?.jobName ?? null,
      runId: ack.runId,
      facts: { token: ack.token, acknowledged: ack.state, found: row?.state ?? null },
    });
  }
  return violations;
}

/**
 * When a run ended by its row, in true time: when its last attempt ended by itself, or its
 * pre-check said no, however much later that was written; else when it was written.
 */
function lastEndOf(runId: string, ledger: Ledger): number {
  const attempts = ledger.attemptsByRun.get(runId) ?? [];
  const last = (ledger.commits.get(runId) ?? [])
    .filter(({ accepted, what }) => accepted && what === 'completion')
    .at(-1);
  if (last === undefined) return Math.max(0, ...attempts.map(({ endAt }) => endAt));
  const answers = (ledger.checks.get(runId) ?? []).filter(({ goesOn }) => !goesOn);
  const declined = answers.find(({ token }) => token === last.token);
  if (declined !== undefined) return declined.t;
  const attempt = attempts.find(({ token }) => token === last.token);
  return attempt?.endedBy === 'itself' ? Math.min(attempt.endAt, last.t) : last.t;
}

/** A success is never lost silently: the run succeeded, or the history says why not. */
function lostSuccesses(ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  for (const attempt of ledger.attempts) {
    if (attempt.outcome !== 'success') continue;
    const row = ledger.rows.get(attempt.runId);
    if (row !== undefined && successExplained(attempt, row, ledger)) continue;
    if (attempt.endAt > ledger.endAt - ledger.limits.settleMs) continue;
    if (mayBeGone(attempt.runId, ledger.clock.at(attempt.endAt), ledger)) continue;
    violations.push({
      verdict: 'lost-result',
      text:
        `attempt ${attempt.attempt} of run ${attempt.runId} succeeded, and the run is ` +
        `${row === undefined ? 'not there' : `${row.state}(${row.reason ?? ''})`}`,
      sched: attempt.sched,
      runId: attempt.runId,
      facts: { token: attempt.token, found: row?.state ?? null, reason: row?.reason ?? null },
    });
  }
  return violations;
}

function successExplained(
  attempt: AttemptRecord,
  { state, reason, attempt: attempts }: RunDump,
  ledger: Ledger,
): boolean {
  if (state === 'SUCCESS' || attempts > attempt.attempt) return true;
  if (state === 'RETRY') {
    if (reason === 'rate' || reason === 'concurrency') return givenUpByAnother(attempt, ledger);
    return reason === 'node-lost' || reason === 'timeout' || reason === 'shutdown';
  }
  if (state === 'CANCELLED') return true;
  return (
    state === 'FAILED' && (reason === 'node-lost' || reason === 'poison' || reason === 'timeout')
  );
}

/**
 * Somebody else ended the attempt for a next one. That one waits for room, which took the place
 * of the reason in the row.
 */
function givenUpByAnother({ runId, token, inc }: AttemptRecord, ledger: Ledger): boolean {
  return (ledger.commits.get(runId) ?? []).some(
    (each) =>
      each.accepted &&
      each.what === 'completion' &&
      each.state === 'RETRY' &&
      each.token === token &&
      each.inc !== inc,
  );
}

function lostOperations(ledger: Ledger, jobs: readonly CheckedJob[]): Violation[] {
  const violations: Violation[] = [];
  for (const { record } of jobs) {
    const deleted = record.operations.some(
      (each) => each.f === 'delete' && each.outcome !== 'fail',
    );
    for (const operation of record.operations) {
      if (operation.outcome !== 'ok') continue;
      const old = ledger.clock.at(operation.okAt) < retainedFrom(record, ledger);
      const why = operation.f === 'trigger' && !old ? lostTrigger(operation, ledger) : null;
      if (why !== null) violations.push(operationLost(operation, why));
      const answer = operation.answer;
      if (answer === null || deleted) continue;
      if (record.dump === null) violations.push(operationLost(operation, 'the job is not there'));
      else if (record.dump.revision < answer.revision) {
        violations.push(
          operationLost(operation, `the job is at revision ${record.dump.revision} again`),
        );
      }
    }
    if (record.dump !== null && deletedForGood(record.operations)) {
      const last = record.operations.findLast((each) => each.f === 'delete');
      if (last !== undefined) violations.push(operationLost(last, 'the job is still there'));
    }
  }
  return violations;
}

/** A task that is to be cancelled is told so as soon as its node looks, and goes on no longer. */
function lostCancels(ledger: Ledger, availability: Availability): Violation[] {
  const violations: Violation[] = [];
  const { epsilonMs, tickMs } = ledger.limits;
  for (const operation of ledger.operations) {
    if (operation.f !== 'cancel' || operation.result !== 'requested') continue;
    for (const attempt of ledger.attemptsByRun.get(operation.runId ?? '') ?? []) {
      const toldAt = Math.min(attempt.signalledAt ?? attempt.endAt, attempt.endAt, ledger.endAt);
      if (attempt.startAt > operation.okAt || toldAt <= operation.okAt) continue;
      const waitedMs = toldAt - operation.okAt - epsilonMs - 2 * tickMs;
      if (waitedMs <= availability.heldMs(operation.okAt, toldAt)) continue;
      const why = `its task went on for ${Math.round(toldAt - operation.okAt)} ms`;
      violations.push(operationLost(operation, why));
    }
  }
  return violations;
}

function lostTrigger(operation: Operation, ledger: Ledger): string | null {
  if (operation.runId === null || ledger.rows.has(operation.runId)) return null;
  return `its run ${operation.runId} is not there`;
}

function deletedForGood(operations: readonly Operation[]): boolean {
  return operations.some((each) => each.f === 'delete' && each.outcome === 'ok');
}

function operationLost(operation: Operation, why: string): Violation {
  return {
    verdict: 'lost-result',
    text: `${operation.f} of ${operation.sched} (${operation.opId}) was acknowledged, but ${why}`,
    sched: operation.sched,
    runId: operation.runId,
    facts: { opId: operation.opId, okAt: operation.okAt },
  };
}
