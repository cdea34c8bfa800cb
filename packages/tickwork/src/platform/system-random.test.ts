import { expect, it } from 'vitest';
import { systemRandom } from './system-random.ts';

it('gives numbers from 0 (inclusive) to 1 (exclusive) that differ', () => {
  const values = Array.from({ length: 1000 }, () => systemRandom.next());
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(new Set(values).size).toBeGreaterThan(900);
});
