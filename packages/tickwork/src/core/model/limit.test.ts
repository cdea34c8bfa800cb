import { describe, expect, it } from 'vitest';
import { decideRate, type RateWindow } from './limit.ts';

const limit = { max: 2, perMs: 1000 };

/** The windows that starts at these instants get, one after another. */
function places(ats: readonly number[], max = limit.max): number[] {
  let last: RateWindow | null = null;
  return ats.map((at) => {
    const { startAt, window } = decideRate({ ...limit, max }, last, at, null);
    last = window;
    return startAt;
  });
}

describe('the place of a start under a rate', () => {
  it.each([
    ['within the limit', [10, 20, 1010, 1999], [0, 0, 1000, 1000]],
    ['beyond it in the next window', [10, 20, 30, 40, 50], [0, 0, 1000, 1000, 2000]],
    ['after a pause in the window of its own', [10, 20, 30, 9500], [0, 0, 1000, 9000]],
    ['behind what is booked already', [10, 20, 30, 1500, 1600], [0, 0, 1000, 1000, 2000]],
  ] as const)('%s', (_, ats, expected) => {
    expect(places(ats)).toEqual(expected);
  });

  it('is kept by the run that has booked it, until the window is over', () => {
    const last = { windowAt: 3000, used: 2 };
    expect(decideRate(limit, last, 2100, 2000)).toEqual({ startAt: 2000, window: last });
    expect(decideRate(limit, last, 4100, 2000).startAt).toBe(4000);
    expect(decideRate(limit, last, 3100, 2000).startAt).toBe(4000);
  });

  it('never gives a window more starts than the limit', () => {
    const ats = Array.from({ length: 500 }, (_, i) => (i * 7919) % 50_000).sort((a, b) => a - b);
    const counts = new Map<number, number>();
    for (const at of places(ats, 5)) counts.set(at, (counts.get(at) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBe(5);
  });
});
