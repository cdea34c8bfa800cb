import type { AttemptRecord, FaultRecord, Ledger } from './ledger.ts';

/** The begin of an attempt, as far as faults go. */
export type Start = Pick<AttemptRecord, 'startAt' | 'node' | 'inc'>;

/** True if a fault of its node, or of the store, lasted or came within so long before a start. */
export function isDisturbed(
  start: Start,
  beforeMs: number,
  ledger: Ledger,
  counts: (fault: FaultRecord) => boolean = () => true,
): boolean {
  return ledger.faults.some((fault) => {
    const { target, beginAt, endAt } = fault;
    const concerned = target === start.node || target === start.inc || target === 'store';
    if (!concerned || !counts(fault)) return false;
    return beginAt <= start.startAt && endAt >= start.startAt - beforeMs;
  });
}
