// One worker of a campaign: simulates the seeds that its parent names, one after another.

import { intlZoneData } from '../../packages/tickwork/src/platform/zone-data.ts';
import { runSeed } from '../../packages/verify/src/simulation/seed-outcome.ts';
import type { SeedAnswer, SeedRequest } from './workers.ts';

const zoneData = intlZoneData();

process.on('message', ({ seed, twice, limits }: SeedRequest) => {
  const tell = (answer: SeedAnswer): void => {
    process.send?.(answer);
  };
  runSeed(seed, { zoneData, limits }, twice).then(
    (outcome) => tell({ outcome }),
    (error: unknown) => tell({ error: error instanceof Error ? String(error.stack) : 'unknown' }),
  );
});
// Without a parent there is nothing to work for.
process.on('disconnect', () => process.exit());
