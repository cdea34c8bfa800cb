import { describe, expect, it } from 'vitest';
import type { RetryPolicy } from '../model/policy.ts';
import { backoffMs } from './backoff.ts';

const policy = (backoff: RetryPolicy['backoff'], jitter = 0): RetryPolicy => ({
  attemptsMax: 10,
  backoff,
  jitter,
});

const fixed = { kind: 'fixed', delayMs: 500 } as const;
const exponential = { kind: 'exponential', delayMs: 100, factor: 2, delayMsMax: 1_000 } as const;
const list = { kind: 'list', delaysMs: [10, 200, 30] } as const;

describe('backoffMs', () => {
  it.each([
    { name: 'fixed', backoff: fixed, delays: [500, 500, 500] },
    { name: 'exponential', backoff: exponential, delays: [100, 200, 400, 800, 1_000, 1_000] },
    { name: 'list', backoff: list, delays: [10, 200, 30, 30, 30] },
    { name: 'an empty list', backoff: { kind: 'list', delaysMs: [] } as const, delays: [0, 0] },
    {
      name: 'a factor with a fraction',
      backoff: { ...exponential, factor: 1.5 },
      delays: [100, 150, 225, 337],
    },
  ])('$name', ({ backoff, delays }) => {
    expect(delays.map((_, i) => backoffMs(policy(backoff), i + 1, 0.9))).toEqual(delays);
  });

  it('is bounded however often a run has failed', () => {
    expect(backoffMs(policy(exponential), 5_000, 0)).toBe(1_000);
  });

  it.each([
    [0, 0.999, 500],
    [0.5, 0, 500],
    [0.5, 0.5, 625],
    [0.5, 0.999_999, 749],
    [1, 0.5, 750],
  ])('with jitter %d and chance %d is lengthened, never shortened', (jitter, chance, expected) => {
    expect(backoffMs(policy(fixed, jitter), 1, chance)).toBe(expected);
  });
});
