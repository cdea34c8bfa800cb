import { expect, it } from 'vitest';
import { TickworkError } from './errors.ts';

const message = (value: unknown, field = 'a'): string =>
  new TickworkError('INVALID_INPUT', { field, value, reason: 'is wrong.' }).message;

it.each([
  ['x', 'a: "x" — is wrong.'],
  [undefined, 'a: is wrong.'],
  [null, 'a: null — is wrong.'],
  [5n, 'a: 5 — is wrong.'],
  [() => 5, 'a: function — is wrong.'],
  [Symbol('s'), 'a: symbol — is wrong.'],
  [{ b: ['c'] }, 'a: {"b":["c"]} — is wrong.'],
  ['x'.repeat(10_000), `a: "${'x'.repeat(119)}… — is wrong.`],
  [{ b: 'x'.repeat(10_000) }, `a: {"b":"${'x'.repeat(114)}… — is wrong.`],
])('shows the value %#', (value, expected) => expect(message(value)).toBe(expected));

it('cuts a long field', () => {
  expect(message(1, 'f'.repeat(10_000))).toBe(`${'f'.repeat(300)}…: 1 — is wrong.`);
});
