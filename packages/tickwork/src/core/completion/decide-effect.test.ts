import { describe, expect, it } from 'vitest';
import { defaultPolicies, type FailurePolicy } from '../model/policy.ts';
import type { Run } from '../model/run.ts';
import { decideEffect, type RunEnded } from './decide-effect.ts';

const both: FailurePolicy = { retryAfterMs: 300_000, pauseAfter: 5 };
const run = { id: '1-a', jobId: 1, jobRevision: 3, origin: 'schedule' } as const;
const failed = { state: 'FAILED', error: 'no disk', at: 1_000_000 } as const;

function check(
  onFailure: FailurePolicy | undefined,
  changes: { run?: Partial<Run>; ended?: Partial<RunEnded> } = {},
) {
  const task = { kind: 'function', name: 'work', options: {} };
  const policies = { ...defaultPolicies, ...(onFailure === undefined ? {} : { onFailure }) };
  const work = { task, input: null, policies };
  return decideEffect({ ...run, ...changes.run }, work, { ...failed, ...changes.ended });
}

describe('the end of a run, by the failure policy', () => {
  it('of a failed one asks for another, of its own key, and counts', () => {
    expect(check(both)).toMatchObject({
      kind: 'failed',
      pauseAfter: 5,
      pauseReason: '5 failed runs in a row, the last: no disk',
      again: {
        id: `1-f-${(1_300_000).toString(36)}`,
        ...{ jobId: 1, jobRevision: 3, origin: 'failure', parentId: '1-a' },
        ...{ fireAt: 1_300_000, startAt: 1_300_000, handler: 'function:work' },
      },
    });
  });

  it.each([
    ['counts without another run', { retryAfterMs: null, pauseAfter: 2 }, { again: null }],
    ['never pauses', { retryAfterMs: 1, pauseAfter: null }, { pauseAfter: null }],
  ] as const)('%s where asked', (_, policy, effect) => {
    expect(check(policy)).toMatchObject(effect);
  });

  it.each([
    ['a success', 'schedule', 'SUCCESS', { kind: 'succeeded' }],
    ['a success by hand', 'manual', 'SUCCESS', { kind: 'succeeded' }],
    ['a failure by hand', 'manual', 'FAILED', null],
    ['a failure of the run after a failure', 'failure', 'FAILED', { kind: 'failed' }],
    ['a further attempt to come', 'schedule', 'RETRY', null],
    ['a cancellation', 'schedule', 'CANCELLED', null],
  ] as const)('takes %s for what it is', (_, origin, state, effect) => {
    const found = check(both, { run: { origin }, ended: { state } });
    if (effect === null) expect(found).toBeNull();
    else expect(found).toMatchObject(effect);
  });

  it('is nothing without a policy, a job or a definition', () => {
    expect(check(undefined)).toBeNull();
    expect(check(both, { run: { jobId: null } })).toBeNull();
    expect(decideEffect(run, null, failed)).toBeNull();
  });

  it('quotes the beginning of a long error only', () => {
    const effect = check(both, { ended: { error: 'x'.repeat(5000) } });
    expect(effect?.kind === 'failed' && effect.pauseReason.length).toBeLessThan(300);
  });
});
