import { TickworkError } from '../base/errors.ts';
import type { Store } from '../ports/store.ts';
import type { StoreFault } from '../ports/upkeep-store.ts';
import { DAY_MS } from '../time/civil.ts';
import type { Instant } from '../time/instant.ts';

const NODES_MAX = 1000;

/**
 * Repairs a store that no node uses. `systemNow`: the clock of this machine, epoch ms. A lease
 * that ends more than a day later was taken under a wrong clock, and proves nothing.
 */
export async function repairStore(
  store: Pick<Store, 'listNodes' | 'repair'>,
  systemNow: Instant,
): Promise<readonly StoreFault[]> {
  const nodes = await store.listNodes(NODES_MAX);
  const alive = nodes.find(
    ({ state, leaseUntil }) =>
      state === 'up' && leaseUntil >= systemNow && leaseUntil <= systemNow + DAY_MS,
  );
  if (alive !== undefined) {
    throw new TickworkError('CONFLICT', {
      field: 'store',
      reason: `the node ${alive.name} (process ${alive.pid}) is up or was killed just now.`,
      remedy: 'Stop every node; after a kill, wait 15 s until its lease has ended.',
    });
  }
  return await store.repair(systemNow);
}
