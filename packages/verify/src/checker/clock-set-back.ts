import { isDisturbed, type Start } from './disturbed.ts';
import type { FaultRecord, Ledger } from './ledger.ts';

/**
 * True if the store's clock was set back shortly before a start: its node counts on from
 * its last reading, and learns at the next that the clock stands still.
 */
export function clockSetBack(start: Start, ledger: Ledger): boolean {
  return ledger.clock.stoodStill(start.startAt - readingAgeMs(start, ledger), start.startAt);
}

/**
 * How old its node's reading of the clock may be: as old as its last renewal, or as its lease
 * where something may have kept it from renewing.
 */
export function readingAgeMs(start: Start, ledger: Ledger): number {
  const { leaseTtlMs, renewMs, tickMs } = ledger.limits;
  return isDisturbed(start, leaseTtlMs, ledger, keepsFromReading) ? leaseTtlMs : renewMs + tickMs;
}

function keepsFromReading({ kind }: FaultRecord): boolean {
  return kind !== 'clock-back' && kind !== 'clock-forward';
}
