import { expect, it } from 'vitest';
import { Lateness } from './lateness.ts';

it('counts what was missed, doubled and early', () => {
  const late = new Lateness(5);
  for (const [job, lateMs] of [[0, 3] as const, [1, -1] as const, [2, 700_000] as const]) {
    late.add(job, lateMs);
  }
  late.add(0, 4);
  late.add(0, 5);
  const { missed, doubled, early } = late.figures();
  expect({ missed, doubled, early }).toEqual({ missed: 2, doubled: 2, early: 1 });
  expect(late.isComplete).toBe(false);
});

it('gives quantiles by rank', () => {
  const late = new Lateness(100);
  for (let job = 0; job < 100; job++) late.add(job, job + 1);
  const { lateP50Ms, lateP99Ms, lateMaxMs } = late.figures();
  expect([lateP50Ms, lateP99Ms, lateMaxMs]).toEqual([50, 99, 100]);
  expect(late.isComplete).toBe(true);
});

it('is not complete by a doubled one in place of a missed one', () => {
  const late = new Lateness(2);
  late.add(0, 1);
  late.add(0, 1);
  expect(late.isComplete).toBe(false);
});
