import { describe, expect, it } from 'vitest';
import { defaultPolicies, type OverlapPolicy } from '../model/policy.ts';
import { decideBlocked } from './decide-blocked.ts';

const overlap = { decision: 'skip', reason: 'overlap' } as const;
const limit = { decision: 'skip', reason: 'limit' } as const;
const wait = { decision: 'wait' } as const;

const cases: readonly [OverlapPolicy['mode'], number, object][] = [
  ['skip', 0, overlap],
  ['allow', 0, overlap],
  ['queue-one', 0, wait],
  ['queue-one', 1, overlap],
  ['queue-all', 2, wait],
  ['queue-all', 3, limit],
  ['cancel-previous', 0, { decision: 'replace' }],
  ['cancel-previous', 1, { decision: 'replace' }],
];

describe('decideBlocked', () => {
  it.each(cases)('%s while %i wait', (mode, waitingCount, expected) => {
    const policy = { ...defaultPolicies.overlap, mode, waitingMax: 3 };
    expect(decideBlocked(policy, { waiting: false, waitingCount })).toEqual(expected);
    // One that waits already goes on waiting, whatever the policy is by now.
    expect(decideBlocked(policy, { waiting: true, waitingCount })).toEqual(wait);
  });
});
