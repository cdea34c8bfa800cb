import { describe, expect, it } from 'vitest';
import { freshMemory } from '../model/trigger-memory.ts';
import { advanceMemory } from '../trigger/advance-memory.ts';
import type { Trigger } from '../trigger/trigger.ts';
import { walk } from './walk.ts';

const tens: Trigger = {
  kind: 'tens',
  next: (after) => (after >= 50 ? null : (Math.floor(after / 10) + 1) * 10),
  describe: () => '',
};

function walkTens(after: number, until: number, limit = 100) {
  const memory = freshMemory(0);
  return walk(
    tens,
    (each, fireAt) => advanceMemory(tens, each, fireAt),
    { after, memory },
    { until, limit },
  );
}

describe('walk', () => {
  it.each([
    {
      name: 'the start is exclusive, the end inclusive',
      after: 10,
      until: 30,
      instants: [20, 30],
      nextAt: 40,
    },
    { name: 'nothing within', after: 10, until: 19, instants: [], nextAt: 20 },
    { name: 'an end before the start', after: 30, until: 10, instants: [], nextAt: 40 },
    { name: 'a trigger that ends', after: 30, until: 99, instants: [40, 50], nextAt: null },
    { name: 'a trigger that has ended', after: 50, until: 99, instants: [], nextAt: null },
  ])('$name', ({ after, until, instants, nextAt }) => {
    const found = walkTens(after, until);
    expect(found.instants).toEqual(instants);
    expect(found.nextAt).toBe(nextAt);
  });

  it('stops at the limit and names the first instant it did not take', () => {
    const found = walkTens(0, 99, 2);
    expect(found).toMatchObject({ instants: [10, 20], nextAt: 30 });
    expect(found.memory).toMatchObject({ previousAt: 20, fireCount: 2 });
  });

  it('goes on where it stopped as if it had not', () => {
    const first = walkTens(0, 99, 2);
    const rest = walk(
      tens,
      (each, fireAt) => advanceMemory(tens, each, fireAt),
      { after: 20, memory: first.memory },
      { until: 99, limit: 100 },
    );
    expect([...first.instants, ...rest.instants]).toEqual(walkTens(0, 99).instants);
    expect(rest.memory).toEqual(walkTens(0, 99).memory);
  });
});
