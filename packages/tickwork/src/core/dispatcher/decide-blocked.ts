import type { OverlapPolicy } from '../model/policy.ts';
import type { RunReason } from '../model/run.ts';

export type BlockedDecision =
  | { readonly decision: 'skip'; readonly reason: RunReason }
  | { readonly decision: 'wait' }
  /** Ask the active runs to stop, put earlier waiting ones aside, and wait. */
  | { readonly decision: 'replace' };

/** What the overlap policy makes of a run whose job is busy when its instant comes. */
export function decideBlocked(
  policy: OverlapPolicy,
  facts: {
    readonly waiting: boolean;
    readonly waitingCount: number;
    /** It is made up for, see `Scheduler.backfill`. */
    readonly backfill?: boolean;
  },
): BlockedDecision {
  // What is made up for takes its turn after everything else of the job.
  if (facts.waiting || facts.backfill) return { decision: 'wait' };
  switch (policy.mode) {
    case 'allow':
    case 'skip':
      return { decision: 'skip', reason: 'overlap' };
    case 'queue-one':
      return facts.waitingCount > 0
        ? { decision: 'skip', reason: 'overlap' }
        : { decision: 'wait' };
    case 'queue-all':
      return facts.waitingCount >= policy.waitingMax
        ? { decision: 'skip', reason: 'limit' }
        : { decision: 'wait' };
    case 'cancel-previous':
      return { decision: 'replace' };
    default:
      return policy.mode satisfies never;
  }
}
