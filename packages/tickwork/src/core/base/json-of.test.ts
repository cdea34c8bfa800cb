import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_BYTES_MAX, JSON_DEPTH_MAX, jsonOf } from './json-of.ts';

const circle: Record<string, unknown> = {};
circle.self = circle;

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

describe('jsonOf', () => {
  it.each([
    [undefined, null],
    [null, null],
    [0, 0],
    [-1.5, -1.5],
    [true, true],
    ['', ''],
    ['每日', '每日'],
    [[], []],
    [{}, {}],
    [{ a: [1, { b: null }] }, { a: [1, { b: null }] }],
    [{ a: undefined, b: 1 }, { b: 1 }],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [{ toJSON: () => ({ x: 1 }) }, { x: 1 }],
    [
      new (class Point {
        x = 1;
      })(),
      { x: 1 },
    ],
    ['\ud800', '\ud800'],
  ])('keeps %o', (value, expected) => {
    expect(jsonOf(value)).toEqual({ ok: true, json: expected });
  });

  it.each<[unknown, string, string]>([
    [Number.NaN, '', 'is NaN'],
    [Number.NEGATIVE_INFINITY, '', 'is -Infinity'],
    [{ price: Number.NaN }, 'price', 'is NaN'],
    [{ rows: [1, { price: Number.NaN }] }, 'rows[1].price', 'is NaN'],
    [10n, '', 'is a bigint'],
    [() => 1, '', 'is a function'],
    [{ run() {} }, 'run', 'is a function'],
    [Symbol('x'), '', 'is a symbol'],
    [[undefined], '[0]', 'is undefined'],
    [{ list: Array(2) }, 'list[0]', 'is undefined'],
    [new Map([[1, 2]]), '', 'is a Map'],
    [{ seen: new Set() }, 'seen', 'is a Set'],
    [{ problem: new TypeError('x') }, 'problem', 'is an Error'],
    [{ pattern: /a/u }, 'pattern', 'is a RegExp'],
    [{ later: Promise.resolve() }, 'later', 'is a Promise'],
    [{ bytes: new Uint8Array(3) }, 'bytes', 'is binary'],
    [{ query: new URLSearchParams('a=1') }, 'query', 'is an URLSearchParams'],
    [[new Date(Number.NaN)], '[0]', 'is an invalid Date'],
    [circle, 'self', 'contains itself'],
    [{ a: [circle] }, 'a[0].self', 'contains itself'],
    [nested(JSON_DEPTH_MAX + 1), '', `more than ${JSON_DEPTH_MAX} levels`],
    [nested(200_000), '', `more than ${JSON_DEPTH_MAX} levels`],
    [
      {
        get broken() {
          throw new Error('getter failed');
        },
      },
      'broken',
      'getter failed',
    ],
  ])('refuses case %# with the part and the reason', (value, part, reason) => {
    const outcome = jsonOf(value);
    expect(outcome).toMatchObject({ ok: false, part, reason: expect.stringContaining(reason) });
  });

  it('keeps what is nested as deeply as is allowed', () => {
    expect(jsonOf(nested(JSON_DEPTH_MAX)).ok).toBe(true);
  });

  it('agrees with JSON.stringify about everything that it keeps', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const outcome = jsonOf(value);
        expect(outcome.ok && JSON.stringify(outcome.json)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('keeps keys that would mean something to an object', () => {
    const outcome = jsonOf(JSON.parse('{"__proto__":{"a":1},"constructor":2}'));
    const text = outcome.ok && JSON.stringify(outcome.json);
    expect(text).toBe('{"__proto__":{"a":1},"constructor":2}');
  });

  it('gives a copy that later changes do not reach', () => {
    const value = { list: [1] };
    const outcome = jsonOf(value);
    value.list.push(2);
    expect(outcome).toEqual({ ok: true, json: { list: [1] } });
  });

  it('counts the bytes of the JSON text, quotes included', () => {
    expect(jsonOf('x'.repeat(JSON_BYTES_MAX - 2)).ok).toBe(true);
    expect(jsonOf('x'.repeat(JSON_BYTES_MAX - 1)).ok).toBe(false);
    expect(jsonOf('每'.repeat(JSON_BYTES_MAX / 3 - 1)).ok).toBe(true);
    expect(jsonOf('每'.repeat(JSON_BYTES_MAX / 3)).ok).toBe(false);
    expect(jsonOf('"'.repeat(JSON_BYTES_MAX / 2)).ok).toBe(false);
  });

  it('stops walking through a huge value', () => {
    let readCount = 0;
    const rows = new Proxy([], {
      get(_target, key) {
        if (key === 'length') return 1e7;
        if (key === 'toJSON') return undefined;
        readCount += 1;
        return 1;
      },
    });
    expect(jsonOf(rows)).toMatchObject({ ok: false, reason: expect.stringContaining('256 KiB') });
    expect(readCount).toBeLessThan(JSON_BYTES_MAX);
  });
});
