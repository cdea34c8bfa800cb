import { expect, it } from 'vitest';
import type { Store } from '../../packages/tickwork/src/core/ports/store.ts';
import { createScheduler, type JobAudit } from '../../packages/tickwork/src/index.ts';
import { intlZoneData } from '../../packages/tickwork/src/platform/zone-data.ts';
import { simulate } from '../../packages/verify/src/simulation/simulate.ts';

const seeds = Number(process.env.TICKWORK_AUDIT_SEEDS ?? 2);

/** Simulates a cluster with all its faults and audits what is in its store then. */
async function auditAfter(seed: string): Promise<readonly JobAudit[]> {
  const kept: Store[] = [];
  const wrapStore = (store: Store): Store => {
    kept.push(store);
    return store;
  };
  const { options } = await simulate({ seed, zoneData: intlZoneData(), wrapStore });
  const [store] = kept;
  if (store === undefined) throw new Error('the simulation opened no store');
  const scheduler = await createScheduler({ store, timezone: 'UTC', logger: { log: () => {} } });
  return (await scheduler.audit({ since: options.startAt })).jobs;
}

it(`the audit agrees with ${seeds} simulated clusters`, async () => {
  let expectedCount = 0;
  for (let i = 0; i < seeds; i++) {
    for (const audit of await auditAfter(`audit-${i}`)) {
      expectedCount += audit.expectedCount;
      expect({ seed: i, job: audit.jobName, findings: audit.findings }).toEqual({
        ...{ seed: i, job: audit.jobName, findings: [] },
      });
    }
  }
  // An audit of nothing proves nothing.
  expect(expectedCount).toBeGreaterThan(seeds * 100);
}, 300_000);
