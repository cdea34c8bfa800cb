import type { StoreFault } from '../ports/upkeep-store.ts';
import { type Ailment, type AilmentKind, ailment } from './ailment.ts';

/** What the store found wrong with itself. */
export function checkStore(faults: readonly StoreFault[]): readonly Ailment[] {
  return faults.map((fault) => {
    const { jobName, runId, repair } = fault;
    const offer = repair === null ? '' : ` A repair is known: ${repair}`;
    return ailment(kindOf(fault), 'error', { jobName, runId }, `${fault.message}${offer}`);
  });
}

function kindOf({ code, repair }: StoreFault): AilmentKind {
  if (repair !== null) return 'store-repairable';
  return code === 'STORE_CORRUPT' ? 'store-damaged' : 'store-refuses-writes';
}
