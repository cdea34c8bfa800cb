import { createScheduler } from '../../packages/tickwork/src/index.ts';
import { quiet, storeIn } from './measure.ts';
import type { ChildRequest } from './request.ts';

/** Computes every instant again and compares it with the rows, as `tickwork audit` does. */
export async function auditStore(request: ChildRequest): Promise<Record<string, number>> {
  const scheduler = await createScheduler({ store: storeIn(request), logger: quiet });
  const { findingCount, expectedCount } = await scheduler.audit({ since: '1d' });
  await scheduler.close();
  return { findings: findingCount, instants: expectedCount };
}
