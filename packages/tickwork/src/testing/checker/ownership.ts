import type { AttemptRecord, Ledger } from './ledger.ts';

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
    return (
      reaped.t <= at && reaped.t - reaped.renewedAt >= ledger.limits.leaseTtlMs - CLOCK_GRAIN_MS
    );
  }
  return cutOffMs(inc, at, ledger) >= ledger.limits.leaseTtlMs - ledger.limits.renewMs;
}

/** Instants are whole milliseconds while truth is not. */
const CLOCK_GRAIN_MS = 2;

/** Without the store's own word: the longest fault that kept the node from renewing before `at`. */
function cutOffMs(inc: string, at: number, ledger: Ledger): number {
  let longest = 0;
  for (const fault of ledger.faults) {
    if (fault.target !== inc && fault.target !== 'store') continue;
    if (fault.beginAt > at) continue;
    longest = Math.max(longest, Math.min(fault.endAt, at) - fault.beginAt);
  }
  return longest;
}

/** When a node that was paused or cut off over `at` could run freely again; `null`: it was free. */
export function freeAgainAt(inc: string, at: number, ledger: Ledger): number | null {
  let free: number | null = null;
  for (const fault of ledger.faults) {
    if (fault.target !== inc || fault.kind !== 'pause') continue;
    if (fault.beginAt <= at && fault.endAt > at) free = Math.max(free ?? 0, fault.endAt);
  }
  return free;
}
