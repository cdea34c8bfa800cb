import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareText } from './compare-text.ts';
import { SortedSet } from './sorted-set.ts';

test('a sorted set holds what a sorted array without repetitions holds', () => {
  const step = fc.record({ value: fc.integer({ min: 0, max: 2000 }), add: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 3000, size: 'max' }), (steps) => {
      const set = new SortedSet<number>((a, b) => a - b);
      const model = new Set<number>();
      for (const { value, add } of steps) {
        if (add) set.add(value);
        else expect(set.delete(value)).toBe(model.has(value));
        if (add) model.add(value);
        else model.delete(value);
      }
      const sorted = [...model].sort((a, b) => a - b);
      expect([...set]).toEqual(sorted);
      expect(set.size).toBe(sorted.length);
      expect(set.first).toBe(sorted[0]);
      expect([...set.from((value) => value >= 1000)]).toEqual(sorted.filter((v) => v >= 1000));
    }),
    { numRuns: 40 },
  );
});

test('texts are ordered by code points, not by UTF-16 units', () => {
  const texts = ['', 'a', 'ab', 'b', '\u{e000}', '\u{fffd}', '\u{10000}', '\u{1f600}'];
  const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
  for (const a of texts) {
    for (const b of texts) {
      expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(bytes(a), bytes(b)));
    }
  }
});
