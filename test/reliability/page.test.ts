import { expect, it } from 'vitest';
import { type EpisodeRecord, planEpisodes } from '../chaos/plan.ts';
import type { ResultFile } from '../chaos/result-file.ts';
import { reliabilityPage } from './page.ts';

const machine = { cpu: 'c', cores: 2, memoryGb: 8, system: 'linux x64', node: 'v26' };
const verdict: NonNullable<EpisodeRecord['verdict']> = {
  ...{ startCount: 10, dueCount: 7, auditedCount: 8, requestCount: 3, takeoverCount: 2 },
  ...{ fencedOverlapCount: 0, refusedCount: 1, lateCount: 0, recoveryMs: [300, 100, 200] },
  ...{ stopRecoveryMs: [], failpoints: { 'planDue:after': 2 }, failures: [] },
};

function fileWith(records: readonly Partial<EpisodeRecord>[]): ResultFile {
  const amounts = { kills: 12 * records.length, stops: 0, disk: 0, readonly: 0, clock: 0, long: 0 };
  const plans = planEpisodes(amounts, 1);
  const episodes = plans.map((plan, i) => {
    return { plan, durationMs: 60_000, notRun: null, verdict, failures: [], ...records[i] };
  });
  const startedAt = '2026-01-02T03:04:05.000Z';
  const frame = { kind: 'chaos', commit: 'abc', changed: false, seed: 1, startedAt } as const;
  return { ...frame, machine, episodes };
}

it('sums up what was done, and how long runs waited', () => {
  const page = reliabilityPage([{ name: 'one', result: fileWith([{}, {}]) }], []);
  expect(page).toContain('Commit abc, seed 1, 2026-01-02');
  expect(page).toContain('| SIGKILL | 24 |');
  expect(page).toContain('| instants due, by the checker | 14 |');
  expect(page).toContain('| SIGKILL, one process, lease 2 s | 3 | 200 | 300 | 300 |');
  expect(page).toContain('| planDue:after | 4 |');
  expect(page).toContain('No failures.');
});

it('keeps failures and what was not run in sight', () => {
  const failed = { failures: ['missed: x'], verdict: null };
  const result = fileWith([failed, { notRun: 'no library', verdict: null }]);
  const page = reliabilityPage([{ name: 'one', result }], []);
  expect(page).toContain('| **episodes with failures** | **1** |');
  expect(page).toContain('- FAILED: kills 1/0: missed: x');
  expect(page).toContain('- not run (1): no library');
  expect(page).not.toContain('No failures.');
});

it('lists simulations with their failed seeds', () => {
  const counts = { seed: 5, seedCount: 10, clusterDays: 50, mustCount: 1, startCount: 2 };
  const bad = { violations: { missed: 3 }, failedSeeds: [7], verdict: 'invalid', durationMs: 1 };
  const page = reliabilityPage([], [{ name: 'sim', result: { ...counts, ...bad } }]);
  expect(page).toContain('| sim | not noted | 5 to 14 | 50 | 1 | 2 | 3 | 7 | invalid |');
});

it('deals faults out to episodes and loses none', () => {
  const amounts = { kills: 100, stops: 37, disk: 2, readonly: 1, clock: 13, long: 3 };
  const plans = planEpisodes(amounts, 9);
  const sum = (of: 'kills' | 'stops' | 'steps'): number =>
    plans.reduce((total, plan) => total + plan[of], 0);
  expect([sum('kills'), sum('stops'), sum('steps')]).toEqual([118, 40, 13]);
  expect(plans.filter(({ leaseMs }) => leaseMs === 15_000)).toHaveLength(3);
  expect(planEpisodes(amounts, 9)).toEqual(plans);
});
