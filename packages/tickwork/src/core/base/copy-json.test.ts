import { describe, expect, it } from 'vitest';
import { copyJson } from './copy-json.ts';
import type { Json } from './json.ts';

describe('copyJson', () => {
  it.each<[Json]>([
    [null],
    ['a'],
    [0],
    [[1, [2, { a: 3 }]]],
    [{ a: { b: [] }, c: null }],
    [JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') as Json],
  ])('gives an equal value of %j', (value) => {
    const copy = copyJson(value);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
    expect(copy).toEqual(value);
  });

  it('shares no part with the original', () => {
    const value = { items: [{ n: 1 }] };
    const copy = copyJson(value) as unknown as { items: { n: number }[] };
    copy.items.push({ n: 2 });
    (copy.items[0] as { n: number }).n = 3;
    expect(value).toEqual({ items: [{ n: 1 }] });
  });
});
