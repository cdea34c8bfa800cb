import { definitionOf } from './definition-of.ts';
import type { AttemptRecord, Ledger } from './ledger.ts';
import { takeoverJustified } from './ownership.ts';
import { showInstant, type Violation } from './violation.ts';

/**
 * doubled attempt: attempt n+1 of a run starts while attempt n has no end. Right only if
 * the node of n was gone or cut off for a lease, and never with `onNodeLoss: fail`.
 */
export function checkDoubledAttempts(ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  for (const attempts of ledger.attemptsByRun.values()) {
    const inOrder = [...attempts].sort((a, b) => a.startAt - b.startAt || a.i - b.i);
    for (const [index, later] of inOrder.entries()) {
      for (const earlier of inOrder.slice(0, index)) {
        const why = wrongBecause(earlier, later, ledger);
        if (why !== null) violations.push(violationOf(earlier, later, why));
      }
    }
  }
  return violations;
}

function wrongBecause(earlier: AttemptRecord, later: AttemptRecord, ledger: Ledger): string | null {
  if (later.token === earlier.token) return 'both have the same fence';
  const lost = earlier.endedBy !== 'itself' || earlier.endAt > later.startAt;
  const policies = definitionOf(earlier.runId, ledger)?.policies;
  if (lost && policies?.onNodeLoss === 'fail') return 'the job asks for at most one execution';
  if (earlier.endAt <= later.startAt) return null;
  if (takeoverJustified(earlier, later.startAt, ledger)) return null;
  return 'the node of the earlier one was alive';
}

function violationOf(earlier: AttemptRecord, later: AttemptRecord, why: string): Violation {
  return {
    verdict: 'doubled-attempt',
    text:
      `attempt ${later.attempt} of run ${later.runId} started ${showInstant(later.startAt)} on ` +
      `${later.inc} while attempt ${earlier.attempt} ran on ${earlier.inc}: ${why}`,
    sched: later.sched,
    runId: later.runId,
    facts: { earlierToken: earlier.token, laterToken: later.token, startAt: later.startAt },
  };
}
