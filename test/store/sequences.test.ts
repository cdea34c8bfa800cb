import { expect, test } from 'vitest';
import { stores, verifySequences } from './sequences.ts';

const sequences = Number(process.env.TICKWORK_STORE_SEQUENCES ?? 300);

for (const [name, open] of Object.entries(stores)) {
  test(`${name} answers ${sequences} random sequences as the model does`, async () => {
    const totals = await verifySequences(open, { sequences, seed: 20_261_120 });
    expect(totals.sequences).toBe(sequences);
    // A sequence in which nothing ends proves little.
    expect(totals.runsEnded).toBeGreaterThan(2 * sequences);
  }, 300_000);
}
