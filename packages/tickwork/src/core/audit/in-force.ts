import type { JobChange } from '../model/job-change.ts';
import type { TriggerMemory } from '../model/trigger-memory.ts';
import type { Instant } from '../time/instant.ts';

/** A stretch of time in which one revision of a job was in force, active or paused. */
export interface InForce {
  readonly revision: number;
  /** Exclusive. */
  readonly afterAt: Instant;
  /** Inclusive; `null` = still in force. */
  readonly untilAt: Instant | null;
  /** The trigger's memory at `afterAt`. */
  readonly memory: TriggerMemory;
}

/**
 * The stretches that the changes of a job leave, in order. A disabled job is not in force:
 * its instants belong to nobody. Where two touch by a race, the later one begins before the
 * former ends; an instant in both counts once.
 */
export function stretchesInForce(changes: readonly JobChange[]): readonly InForce[] {
  return changes.flatMap((change, i) => {
    if (change.status === 'disabled') return [];
    const { revision, cursorAt: afterAt, memory } = change;
    const untilAt = changes[i + 1]?.effectiveAt ?? null;
    return [{ revision, afterAt, untilAt, memory }];
  });
}
