import { describe, expect, it } from 'vitest';
import { blockEpisode } from './episode-block.ts';

const LEASE_MS = 2_000;
const BLOCK = { leaseMs: LEASE_MS, blockMs: 3 * LEASE_MS, blockMsMax: 60_000, stopped: false };

describe.concurrent('a process whose event loop is blocked', { timeout: 180_000 }, () => {
  it('keeps its run while another process looks on for three leases', async () => {
    const { verdict, run, pids, lostCount } = await blockEpisode(BLOCK);
    expect(verdict.failures).toEqual([]);
    expect([pids.length, lostCount, verdict.refusedCount]).toEqual([1, 0, 0]);
    expect(run).toMatchObject({ state: 'SUCCESS', attempt: 1 });
  });

  it('loses its run when it is stopped besides, and its late result is refused', async () => {
    const { verdict, run, pids, lostCount } = await blockEpisode({
      ...BLOCK,
      blockMs: null,
      stopped: true,
    });
    expect(verdict.failures).toEqual([]);
    expect([new Set(pids).size, lostCount, verdict.refusedCount]).toEqual([2, 1, 1]);
    expect(run).toMatchObject({ state: 'SUCCESS', attempt: 2 });
  });

  it('loses its run when that is longer than a block may last', async () => {
    const blockMsMax = LEASE_MS / 2;
    const plan = { ...BLOCK, blockMs: null, blockMsMax };
    const { verdict, run, pids, lostCount } = await blockEpisode(plan);
    expect(verdict.failures).toEqual([]);
    expect([new Set(pids).size, lostCount, verdict.refusedCount]).toEqual([2, 1, 1]);
    expect(run).toMatchObject({ state: 'SUCCESS', attempt: 2 });
  });
});
