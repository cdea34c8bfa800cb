import type { AttemptRecord, FaultRecord, Ledger } from './ledger.ts';

/**
 * True if another node could rightly take an attempt's run over at a true time: its node
 * had crashed, left in good order, or was declared dead no sooner than a lease after its
 * last accepted renewal.
 */
export function takeoverJustified(attempt: AttemptRecord, at: number, ledger: Ledger): boolean {
  const { inc } = attempt;
  const crashedAt = ledger.crashedAt.get(inc);
  if (crashedAt !== undefined && crashedAt <= at) return true;
  const leftAt = ledger.leftAt.get(inc);
  if (leftAt !== undefined && leftAt <= at) return true;
  const reaped = ledger.reaped.get(inc);
  if (reaped !== undefined) {
    // The lease counts by the store's clock.
    const heldMs = ledger.clock.at(reaped.t) - ledger.clock.at(reaped.renewedAt);
    return reaped.t <= at && heldMs >= ledger.limits.leaseTtlMs - CLOCK_GRAIN_MS;
  }
  return cutOffMs(attempt, at, ledger) >= ledger.limits.leaseTtlMs - ledger.limits.renewMs;
}

/** Instants are whole milliseconds while truth is not. */
const CLOCK_GRAIN_MS = 2;

/** Without the store's own word: the longest fault that kept the node from renewing before `at`. */
function cutOffMs(attempt: AttemptRecord, at: number, ledger: Ledger): number {
  let longest = 0;
  for (const fault of ledger.faults) {
    if (!concerns(fault, attempt) && fault.target !== 'store') continue;
    if (fault.beginAt > at) continue;
    longest = Math.max(longest, Math.min(fault.endAt, at) - fault.beginAt);
  }
  return longest;
}

/** When a node that was paused over `at` could run again; `null`: it was not paused. */
export function freeAgainAt(attempt: AttemptRecord, at: number, ledger: Ledger): number | null {
  let free: number | null = null;
  for (const fault of ledger.faults) {
    if (fault.kind !== 'pause' || !concerns(fault, attempt)) continue;
    if (fault.beginAt <= at && fault.endAt > at) free = Math.max(free ?? 0, fault.endAt);
  }
  return free;
}

/** Faults name a machine or one life of it. */
function concerns(fault: FaultRecord, attempt: AttemptRecord): boolean {
  return fault.target === attempt.inc || fault.target === attempt.node;
}

/** True if the store's clock was set forward between two true times. */
export function clockJumped(from: number, to: number, ledger: Ledger): boolean {
  return ledger.faults.some(
    (fault) => fault.kind === 'clock-forward' && fault.beginAt >= from && fault.beginAt <= to,
  );
}
