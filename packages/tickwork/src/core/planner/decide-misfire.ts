import type { MisfirePolicy } from '../model/policy.ts';
import type { Instant } from '../time/instant.ts';

/** A stretch of consecutive missed instants that are not run. */
export interface MissedStretch {
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly count: number;
  readonly reason: 'misfire' | 'coalesced' | 'limit';
}

export interface MisfireDecision {
  /** The missed instants that are run after all, ascending. */
  readonly fire: readonly Instant[];
  readonly stretches: readonly MissedStretch[];
}

/**
 * What the misfire policy makes of missed instants (ascending, all of them known).
 * Those older than `ageMsMax` are never run. Of the others `skip` runs none,
 * `fire-once` the latest, `fire-all` the newest `runsMax`, oldest first.
 */
export function decideMisfire(
  missed: readonly Instant[],
  policy: MisfirePolicy,
  now: Instant,
): MisfireDecision {
  const young =
    policy.mode === 'skip' ? missed.length : firstAtOrAfter(missed, now - policy.ageMsMax);
  const wanted = policy.mode === 'fire-once' ? 1 : policy.runsMax;
  const firstFired = Math.max(young, missed.length - wanted);
  return {
    fire: missed.slice(firstFired),
    stretches: [
      ...stretch(missed, 0, young, 'misfire'),
      ...stretch(missed, young, firstFired, policy.mode === 'fire-once' ? 'coalesced' : 'limit'),
    ],
  };
}

/** True if an instant that may start at `startAt` counts as missed when decided at `now`. */
export function isMissed(startAt: Instant, policy: MisfirePolicy, now: Instant): boolean {
  return now - startAt > policy.graceMs;
}

function stretch(
  missed: readonly Instant[],
  from: number,
  to: number,
  reason: MissedStretch['reason'],
): MissedStretch[] {
  const fromAt = missed[from];
  const toAt = missed[to - 1];
  if (to <= from || fromAt === undefined || toAt === undefined) return [];
  return [{ fromAt, toAt, count: to - from, reason }];
}

function firstAtOrAfter(instants: readonly Instant[], limit: Instant): number {
  let low = 0;
  let high = instants.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((instants[middle] as Instant) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
