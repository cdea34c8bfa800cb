import { describe, expect, it } from 'vitest';
import { jsonOf, RESULT_BYTES_MAX } from './json-of.ts';

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

  it.each([
    [Number.NaN, 'NaN is no JSON value'],
    [Number.POSITIVE_INFINITY, 'Infinity is no JSON value'],
    [{ price: Number.NaN }, 'at key "price": NaN'],
    [{ rows: [1, Number.NaN] }, 'at key "1": NaN'],
    [10n, 'bigint'],
    [() => 1, 'function'],
    [{ run() {} }, 'at key "run": a function'],
    [Symbol('x'), 'symbol'],
    [[undefined], 'undefined in an array'],
    [new Map([[1, 2]]), 'Map'],
    [{ seen: new Set() }, 'at key "seen": a Set'],
    [circle, 'circular'],
    [nested(200_000), 'nested too deeply'],
    [
      {
        get broken() {
          throw new Error('getter failed');
        },
      },
      'getter failed',
    ],
  ])('refuses case %# with its reason', (value, reason) => {
    const outcome = jsonOf(value);
    expect(outcome.ok).toBe(false);
    expect(!outcome.ok && outcome.reason).toContain(reason);
  });

  it('gives a copy that later changes do not reach', () => {
    const value = { list: [1] };
    const outcome = jsonOf(value);
    value.list.push(2);
    expect(outcome).toEqual({ ok: true, json: { list: [1] } });
  });

  it('counts the bytes of the JSON text, quotes included', () => {
    expect(jsonOf('x'.repeat(RESULT_BYTES_MAX - 2)).ok).toBe(true);
    expect(jsonOf('x'.repeat(RESULT_BYTES_MAX - 1)).ok).toBe(false);
    expect(jsonOf('每'.repeat(RESULT_BYTES_MAX / 3 - 1)).ok).toBe(true);
    expect(jsonOf('每'.repeat(RESULT_BYTES_MAX / 3)).ok).toBe(false);
    expect(jsonOf('"'.repeat(RESULT_BYTES_MAX / 2)).ok).toBe(false);
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
    expect(readCount).toBeLessThan(RESULT_BYTES_MAX);
  });
});
