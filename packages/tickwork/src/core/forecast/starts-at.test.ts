import { expect, it } from 'vitest';
import { StartsAt } from './starts-at.ts';

it('gives instants back in their order, however many there are', () => {
  const starts = new StartsAt();
  const seen: number[] = [];
  for (let at = 0; at < 6000; at++) {
    starts.push(at);
    if (at % 3 === 0) continue;
    seen.push(starts.first);
    starts.shift();
  }
  while (starts.first < Number.POSITIVE_INFINITY) {
    seen.push(starts.first);
    starts.shift();
  }
  expect(seen).toEqual(Array.from({ length: 6000 }, (_, i) => i));
});
