import { expect, test } from 'vitest';
import { RecentMap } from './recent-map.ts';

/** Which of so many keys that were set one after another are kept; asking changes the order. */
function keptOf(count: number): number[] {
  const keys = Array.from({ length: count }, (_, key) => key);
  return keys.filter((asked) => {
    const map = new RecentMap<number, number>(8);
    for (const key of keys) map.set(key, key);
    return map.get(asked) === asked;
  });
}

test.each([1, 3, 4, 5, 7, 8, 9, 12, 30])('of %i values, keeps the last 4 to 8', (count) => {
  const kept = keptOf(count);
  expect(kept.length).toBeLessThanOrEqual(8);
  expect(kept.length).toBeGreaterThanOrEqual(Math.min(4, count));
  expect(kept).toEqual(kept.map((_, i) => count - kept.length + i));
});

test('what is used stays, whatever else comes', () => {
  const map = new RecentMap<number, number>(8);
  map.set(0, 0);
  for (let key = 1; key < 100; key++) {
    map.set(key, key);
    expect(map.get(0)).toBe(0);
  }
});

test('a value set anew replaces the former one, and clear forgets all', () => {
  const map = new RecentMap<string, number>(2);
  map.set('a', 1);
  map.set('a', 2);
  expect(map.get('a')).toBe(2);
  map.clear();
  expect(map.get('a')).toBeUndefined();
});

test('what is deleted is gone from both generations', () => {
  const map = new RecentMap<number, number>(8);
  for (const value of [-1, 1]) for (let key = 0; key < 6; key++) map.set(key, value);
  map.delete(5);
  map.deleteWhere((key) => key < 3);
  expect([0, 1, 2, 3, 4, 5].map((key) => map.get(key) ?? null)).toEqual([
    null,
    null,
    null,
    1,
    1,
    null,
  ]);
});
