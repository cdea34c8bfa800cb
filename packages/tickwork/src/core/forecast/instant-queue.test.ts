import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InstantQueue } from './instant-queue.ts';

/** Takes all of the next instant. */
function takeNext(queue: InstantQueue): readonly number[] {
  const at = queue.nextAt;
  const items: number[] = [];
  while (items.length === 0 || queue.nextAt === at) queue.take((item) => items.push(item));
  return items.sort((a, b) => a - b);
}

describe('InstantQueue', () => {
  it('gives back what was pushed, by instant', () => {
    // Distances of 2^32 share their place in the cache.
    const instants = fc.nat(30).chain((n) => fc.constantFrom(n, n + 2 ** 32, n + 2 ** 33));
    const steps = fc.array(fc.option(instants, { nil: null }), { maxLength: 400 });
    fc.assert(
      fc.property(steps, (list) => {
        const queue = new InstantQueue();
        let kept: { at: number; item: number }[] = [];
        for (const [item, at] of list.entries()) {
          if (at !== null) {
            queue.push(at, item);
            kept.push({ at, item });
          } else if (kept.length > 0) {
            const first = Math.min(...kept.map((each) => each.at));
            expect(queue.nextAt).toBe(first);
            const expected = kept.filter((each) => each.at === first).map((each) => each.item);
            expect(takeNext(queue)).toEqual(expected);
            kept = kept.filter((each) => each.at !== first);
          }
        }
        expect(queue.nextAt).toBe(Math.min(Number.POSITIVE_INFINITY, ...kept.map((k) => k.at)));
      }),
    );
  });

  it('may be pushed to while it is taken from, and grows', () => {
    const queue = new InstantQueue();
    for (let item = 0; item < 5000; item++) queue.push(item % 700, item);
    const seen: number[] = [];
    while (queue.nextAt < 700) {
      queue.take((item) => {
        seen.push(item);
        if (item < 5000) queue.push(queue.nextAt === 699 ? 699 : 10_000, item + 5000);
      });
    }
    while (queue.nextAt < Number.POSITIVE_INFINITY) queue.take((item) => seen.push(item));
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
  });
});
