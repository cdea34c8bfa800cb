import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../packages/tickwork/src/testing/seeded-random.ts';
import { diskEpisode } from './episode-disk.ts';
import { killEpisode } from './episode-kills.ts';
import { readonlyEpisode } from './episode-readonly.ts';

/** Small versions of `npm run chaos`, which need no special rights. */
describe.concurrent('processes on one SQLite file', { timeout: 120_000 }, () => {
  it('lose and double nothing when they are killed and stopped', async () => {
    const plan = { kills: 3, stops: 1, machines: 2, leaseMs: 2_000 };
    const verdict = await killEpisode(plan, new SeededRandom('small'));
    expect(verdict.failures).toEqual([]);
    expect(verdict.dueCount).toBeGreaterThan(10);
  });

  it('refuse a full disk, spoil nothing, and go on by themselves', async () => {
    const verdict = await diskEpisode({ mounted: false });
    expect(verdict.failures).toEqual([]);
    expect(verdict.dueCount).toBeGreaterThan(5);
  });

  it('refuse a file that they may not write', async () => {
    const verdict = await readonlyEpisode();
    expect(verdict.failures).toEqual([]);
    expect(verdict.dueCount).toBeGreaterThan(5);
  });
});
