import { describe, expect, it } from 'vitest';
import { defaultPolicies, type MisfirePolicy } from '../model/policy.ts';
import { decideMisfire, isMissed } from './decide-misfire.ts';

const missed = [100, 200, 300, 400, 500];

interface Case {
  readonly policy: Partial<MisfirePolicy>;
  readonly now?: number;
  readonly missed?: readonly number[];
  readonly fire: readonly number[];
  /** `from-to count reason` */
  readonly stretches: readonly string[];
}

const cases: readonly Case[] = [
  { policy: { mode: 'skip' }, fire: [], stretches: ['100-500 5 misfire'] },
  { policy: { mode: 'skip', ageMsMax: 0 }, fire: [], stretches: ['100-500 5 misfire'] },
  { policy: { mode: 'fire-once' }, fire: [500], stretches: ['100-400 4 coalesced'] },
  { policy: { mode: 'fire-once' }, missed: [500], fire: [500], stretches: [] },
  { policy: { mode: 'fire-once' }, missed: [], fire: [], stretches: [] },
  { policy: { mode: 'fire-all' }, fire: missed, stretches: [] },
  {
    policy: { mode: 'fire-once', ageMsMax: 700 },
    fire: [500],
    stretches: ['100-200 2 misfire', '300-400 2 coalesced'],
  },
  // Exactly as old as the maximum age is young enough.
  {
    policy: { mode: 'fire-all', ageMsMax: 700 },
    fire: [300, 400, 500],
    stretches: ['100-200 2 misfire'],
  },
  {
    policy: { mode: 'fire-all', ageMsMax: 699 },
    fire: [400, 500],
    stretches: ['100-300 3 misfire'],
  },
  {
    policy: { mode: 'fire-once', ageMsMax: 10 },
    fire: [],
    stretches: ['100-500 5 misfire'],
  },
  {
    policy: { mode: 'fire-all', runsMax: 2 },
    fire: [400, 500],
    stretches: ['100-300 3 limit'],
  },
  {
    policy: { mode: 'fire-all', runsMax: 2, ageMsMax: 800 },
    fire: [400, 500],
    stretches: ['100-100 1 misfire', '200-300 2 limit'],
  },
  { policy: { mode: 'fire-all', runsMax: 5 }, fire: missed, stretches: [] },
];

describe('decideMisfire', () => {
  it.each(cases)('$policy of $missed', (given) => {
    const policy = { ...defaultPolicies.misfire, ...given.policy };
    const { fire, stretches } = decideMisfire(given.missed ?? missed, policy, 1_000);
    expect(fire).toEqual(given.fire);
    const shown = stretches.map(({ fromAt, toAt, count, reason }) => {
      return `${fromAt}-${toAt} ${count} ${reason}`;
    });
    expect(shown).toEqual(given.stretches);
  });

  it('gives each instant one fate, whatever the policy', () => {
    for (const mode of ['skip', 'fire-once', 'fire-all'] as const) {
      for (const ageMsMax of [0, 500, 501, 650, 5_000]) {
        for (const runsMax of [1, 3, 10]) {
          const policy = { mode, ageMsMax, runsMax, graceMs: 0 };
          const { fire, stretches } = decideMisfire(missed, policy, 1_000);
          const skipped = stretches.reduce((sum, { count }) => sum + count, 0);
          expect(fire.length + skipped).toBe(missed.length);
        }
      }
    }
  });
});

describe('isMissed', () => {
  it.each([
    [1_000, 1_000, false],
    [1_000, 2_000, false],
    [1_000, 2_001, true],
    [5_000, 2_000, false],
  ])('of a start at %i, judged at %i: %s', (startAt, now, expected) => {
    expect(isMissed(startAt, defaultPolicies.misfire, now)).toBe(expected);
  });
});
