import { describe, expect, it } from 'vitest';
import type { Store } from '../../packages/tickwork/src/core/ports/store.ts';
import { intlZoneData } from '../../packages/tickwork/src/platform/zone-data.ts';
import { defaultLimits } from '../../packages/verify/src/history/history.ts';
import { runCampaign } from '../../packages/verify/src/simulation/campaign.ts';
import { drawOptions } from '../../packages/verify/src/simulation/draw-options.ts';
import { simulate } from '../../packages/verify/src/simulation/simulate.ts';

const zoneData = intlZoneData();
const SECOND = 1000;

/** What a failing campaign prints: the seeds and what is wrong with them. */
function told(result: Awaited<ReturnType<typeof runCampaign>>): string {
  return result.failures
    .map(({ seed, violations, defects, diverged }) => {
      const texts = violations.slice(0, 5).map((each) => `${each.verdict}: ${each.text}`);
      const command = `npm run sim -- --replay ${seed} --verbose --hours 1`;
      return [command, diverged ? 'two runs differ' : '', ...defects, ...texts].join('\n');
    })
    .join('\n\n');
}

describe('simulated clusters', () => {
  it('keep their promises under every kind of fault', { timeout: 120 * SECOND }, async () => {
    const result = await runCampaign({
      seed: 1,
      clusterDays: 1,
      zoneData,
      limits: { hours: 1 },
      repeatEvery: 12,
    });
    expect(result.verdict, told(result)).toBe('short');
    expect(result.seedCount).toBe(24);
    expect(result.startCount).toBeGreaterThan(3000);
    const least = ['takeover', 'fenced-write-rejected', 'retry', 'overlap-skip', 'limit-wait'];
    for (const name of least) {
      expect(result.reached[name], name).toBeGreaterThan(0);
    }
  });

  it('give the same history for the same seed, and another for another', async () => {
    const limits = { hours: 0.5, nodes: 3, jobsMax: 10 };
    const one = await simulate({ seed: 'a', zoneData, limits });
    const again = await simulate({ seed: 'a', zoneData, limits });
    const other = await simulate({ seed: 'b', zoneData, limits });
    expect(again.hash).toBe(one.hash);
    expect(again.eventCount).toBe(one.eventCount);
    expect(other.hash).not.toBe(one.hash);
  });

  it('say how far ahead they plan, and plan so far', async () => {
    const limits = { hours: 0.5, jobsMax: 20 };
    const { history } = await simulate({ seed: '51', zoneData, limits });
    const begin = history.find((each) => each.src === 'harness' && each.type === 'begin');
    const rows = history.flatMap((each) => (each.type === 'dump.run' ? [each.run] : []));
    const planned = rows.filter((row) => row.origin === 'schedule');
    const aheadMs = Math.max(...planned.map((row) => row.fireAt - row.createdAt));
    const { reachMs, horizonMs } = begin?.type === 'begin' ? begin.limits : defaultLimits;
    expect(aheadMs).toBeLessThanOrEqual(reachMs);
    expect(aheadMs).toBeGreaterThan(horizonMs);
  });

  it('draw sizes, zones, policies and faults from the seed', () => {
    const drawn = Array.from({ length: 200 }, (_each, i) => drawOptions(`${i}`));
    expect(new Set(drawn.map((each) => each.nodes))).toEqual(new Set([1, 2, 3, 4, 5, 7]));
    expect(drawn.some((each) => each.faults.crash === undefined)).toBe(true);
    expect(drawn.some((each) => each.faults.crash !== undefined)).toBe(true);
    expect(drawOptions('7')).toEqual(drawOptions('7'));
  });
});

/** Defects put between the store and everybody, which a campaign must notice. */
const defects: readonly { name: string; verdict: string; wrap: (store: Store) => Store }[] = [
  {
    name: 'the store forgets some of the planned rows',
    verdict: 'missed',
    wrap: (store) => ({
      ...store,
      planDue: (writes) =>
        store.planDue(
          writes.map((write) => ({
            ...write,
            runs: write.runs.filter((run) => run.fireAt % 7 !== 3),
          })),
        ),
    }),
  },
  {
    name: 'the store lets runs of one job overlap',
    verdict: 'overlap',
    wrap: (store) => ({
      ...store,
      startRuns: (nodeId, requests, at) =>
        store.startRuns(
          nodeId,
          requests.map((request) => ({ ...request, exclusive: false })),
          at,
        ),
    }),
  },
  {
    name: 'results are acknowledged and thrown away',
    verdict: 'lost-result',
    wrap: (store) => ({
      ...store,
      completeRuns: async (completions) => {
        const kept = completions.filter((each) => each.endedAt % 5 !== 0);
        const outcomes = [...(await store.completeRuns(kept))];
        return completions.map((each) =>
          each.endedAt % 5 === 0 ? 'accepted' : (outcomes.shift() ?? 'refused'),
        );
      },
    }),
  },
  {
    name: 'leases end long before their time',
    verdict: 'doubled-attempt',
    wrap: (store) => ({
      ...store,
      reapNodes: (now, provenDead) => store.reapNodes(now + 4 * SECOND, provenDead),
    }),
  },
  {
    name: 'skips are kept under a wrong reason',
    verdict: 'unjustified-skip',
    wrap: (store) => ({
      ...store,
      settleRuns: (nodeId, settlements, at) =>
        store.settleRuns(
          nodeId,
          settlements.map((each) => (each.to === 'SKIPPED' ? { ...each, reason: 'paused' } : each)),
          at,
        ),
    }),
  },
];

describe('the campaign notices', () => {
  it.each(defects)('that $name', { timeout: 60 * SECOND }, async ({ verdict, wrap }) => {
    const result = await runCampaign({
      seed: 1,
      // Up to 192 clusters of an hour: the rarest of these defects shows in a few of them.
      clusterDays: 8,
      zoneData,
      limits: { hours: 1 },
      repeatEvery: 1000,
      wrapStore: wrap,
      failuresMax: 3,
    });
    expect(result.verdict).toBe('invalid');
    expect(Object.keys(result.violations)).toContain(verdict);
  });
});
