import { type Interval, mergeIntervals, overlapMs } from './intervals.ts';
import type { Ledger } from './ledger.ts';

/**
 * When work could be held up by what was done to the system: each fault from its begin to
 * its end and the recovery bound B after it (lease TTL + reap interval + tick). A crash
 * holds up for B only, unless no node is left.
 */
export class Availability {
  readonly #held: readonly Interval[];

  constructor(ledger: Ledger) {
    const bound = recoveryMs(ledger);
    const intervals: Interval[] = ledger.faults.map((fault) => ({
      from: fault.beginAt,
      to: (fault.kind === 'crash' ? fault.beginAt : Math.min(fault.endAt, ledger.endAt)) + bound,
    }));
    for (const down of nodesDown(ledger)) intervals.push({ from: down.from, to: down.to + bound });
    this.#held = mergeIntervals(intervals);
  }

  /** How much of [from, to] (true time) work could be held up. */
  heldMs(from: number, to: number): number {
    return overlapMs(this.#held, from, to);
  }

  /** True if something may have held work up at some moment of [from, to]. */
  disturbed(from: number, to: number): boolean {
    return this.heldMs(from, to + 1) > 0;
  }
}

export function recoveryMs(ledger: Ledger): number {
  const { leaseTtlMs, reapMs, tickMs, callDeadlineMs } = ledger.limits;
  // A call that was sent just before the end of a fault may hang for its whole deadline.
  return Math.max(leaseTtlMs, callDeadlineMs) + reapMs + tickMs;
}

/** Stretches in which every machine was down: a crash lasts until the machine is started again. */
function nodesDown(ledger: Ledger): Interval[] {
  const changes = ledger.faults
    .filter((fault) => fault.kind === 'crash')
    .flatMap((fault) => [
      { t: fault.beginAt, by: 1 },
      { t: Math.min(fault.endAt, ledger.endAt), by: -1 },
    ])
    .sort((a, b) => a.t - b.t || b.by - a.by);
  const intervals: Interval[] = [];
  let down = 0;
  let from = 0;
  for (const change of changes) {
    const before = down;
    down += change.by;
    if (before < ledger.limits.nodeCount && down >= ledger.limits.nodeCount) from = change.t;
    if (before >= ledger.limits.nodeCount && down < ledger.limits.nodeCount) {
      intervals.push({ from, to: change.t });
    }
  }
  return intervals;
}
