import { describe, expect, it } from 'vitest';
import { alikeText } from './alike-text.ts';

/** Each differs from all others. */
const values: readonly (readonly [string, unknown])[] = [
  ['a text', 'x'],
  ['an empty text', ''],
  ['a number', 1],
  ['a number as text', '1'],
  ['the text of a number', 'n1;'],
  ['no number', Number.NaN],
  ['true', true],
  ['its letter', 't'],
  ['false', false],
  ['null', null],
  ['zero', 0],
  ['absent', undefined],
  ['an empty list', []],
  ['a list', ['a', 'b']],
  ['a shorter list', ['ab']],
  ['a list in a list', [['a', 'b']]],
  ['an empty object', {}],
  ['an object', { a: 'b' }],
  ['an object with an absent part', { a: 'b', c: undefined }],
  ['an object of two', { a: 'b', c: 'd' }],
  ['the same in another order', { c: 'd', a: 'b' }],
  ['keys that run into values', { a: 'b1:c1:d' }],
  ['an object in an object', { a: { b: 1 }, c: 2 }],
  ['an object that ends later', { a: { b: 1, c: 2 } }],
  ['an object in a list', [{ a: 'b' }]],
];

describe('alikeText', () => {
  it.each(values)('is the same for two of %s and for nothing else', (what, value) => {
    expect(alikeText(value)).not.toBeNull();
    expect(alikeText(structuredClone(value))).toBe(alikeText(value));
    for (const [other, each] of values) {
      if (other !== what) expect(alikeText(each), other).not.toBe(alikeText(value));
    }
  });

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const listWithMore = Object.assign(['a'], { more: 1 });
  it.each([
    ['a date', { startAt: new Date(0) }],
    ['a function', { task: () => {} }],
    ['a symbol', Symbol('x')],
    ['a large whole number', [1n]],
    ['an object of a class', { zones: new Map() }],
    ['an object without a prototype', Object.create(null)],
    ['a list with holes', new Array(2)],
    ['a list with more than items', listWithMore],
    ['a circle', circle],
    ['a long text', { input: 'x'.repeat(2_001) }],
    ['a long list', Array(2_001).fill('x')],
    ['an object of many', Object.fromEntries(Array.from({ length: 900 }, (_, i) => [i, i]))],
  ])('leaves %s alone', (_, value) => {
    expect(alikeText(value)).toBeNull();
  });
});
