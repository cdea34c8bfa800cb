import type { RenewOutcome } from '../../core/ports/node-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import type { Database } from './database.ts';

/** Lengthens the lease of a node that is up, and tells whether it is. */
export function renewLease(database: Database, nodeId: string, leaseUntil: Instant): RenewOutcome {
  lengthenLease(database, nodeId, leaseUntil);
  const up = database.get("SELECT 1 FROM tickwork_nodes WHERE id = ? AND state = 'up'", nodeId);
  return { held: up !== undefined };
}

export function lengthenLease(database: Database, nodeId: string, leaseUntil: Instant): void {
  database.run(
    `UPDATE tickwork_nodes SET lease_until = ?2
    WHERE id = ?1 AND state = 'up' AND lease_until < ?2`,
    nodeId,
    leaseUntil,
  );
}
