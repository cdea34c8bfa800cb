import type { Ledger } from './ledger.ts';

/**
 * True if the store's clock was set back shortly before a true time: nodes count on from
 * their last reading, and learn at the next that the clock stands still.
 */
export function clockSetBack(at: number, ledger: Ledger): boolean {
  return ledger.clock.stoodStill(at - readingAgeMs(ledger), at);
}

/** How old a node's reading of the clock may be. */
export function readingAgeMs({ limits }: Ledger): number {
  return limits.renewMs + limits.tickMs;
}
