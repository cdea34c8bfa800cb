import { LOST_ATTEMPTS_MAX, type Policies } from '../model/policy.ts';
import type { Run } from '../model/run.ts';
import type { Completion } from '../ports/run-store.ts';
import type { Instant } from '../time/instant.ts';

/**
 * What becomes of a running run whose node is gone: another attempt at once, unless the
 * job asks for at most one, the run was to be cancelled anyway, or three attempts in a row
 * were lost (it may be what kills the nodes). Lost attempts do not count as failed ones.
 */
export function decideLost(
  run: Run,
  policies: Policies,
  now: Instant,
): Pick<Completion, 'state' | 'reason' | 'outcome' | 'error' | 'dueAt'> {
  const lost = { outcome: 'lost', dueAt: null } as const;
  const error = `node ${run.nodeId ?? 'unknown'} was lost during attempt ${run.attempt}`;
  if (run.cancelRequested) {
    const reason = run.reason === 'overlap' ? 'overlap' : 'request';
    return { ...lost, state: 'CANCELLED', reason, error };
  }
  if (policies.onNodeLoss === 'fail')
    return { ...lost, state: 'FAILED', reason: 'node-lost', error };
  if (run.lostCount + 1 >= LOST_ATTEMPTS_MAX) {
    return { ...lost, state: 'FAILED', reason: 'poison', error };
  }
  return { ...lost, state: 'RETRY', reason: 'node-lost', error, dueAt: now };
}
