import { describe, expect, test } from 'vitest';
import type { DurationOptions } from './duration.ts';
import { formatDuration, parseDuration } from './duration.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  ['500ms', 500],
  ['30s', 30 * SECOND],
  ['5m', 5 * MINUTE],
  ['1h30m', 90 * MINUTE],
  ['2d', 2 * DAY],
  ['1w', 7 * DAY],
  ['1.5h', 90 * MINUTE],
  ['1H30M', 90 * MINUTE],
  [' 90m ', 90 * MINUTE],
  ['1d500ms', DAY + 500],
  ['0s', 0],
  ['PT30S', 30 * SECOND],
  ['pt0.015s', 15],
  ['PT1,5S', 1500],
  ['P1DT12H', 36 * HOUR],
  ['P2W', 14 * DAY],
  ['PT900.00000005S', 900 * SECOND],
])('%s is read', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  ['', 'is empty.'],
  ['5', 'has no unit.'],
  ['m', 'numbers with units'],
  ['5x', 'numbers with units'],
  ['5m1h', 'numbers with units'],
  ['1m1m', 'numbers with units'],
  ['-5m', 'numbers with units'],
  ['1h 30m', 'numbers with units'],
  ['1.m', 'numbers with units'],
  ['P', 'no ISO duration'],
  ['PT', 'no ISO duration'],
  ['P1M', 'no ISO duration'],
  ['PT1D', 'no ISO duration'],
  ['P1DT', 'no ISO duration'],
  ['P1S', 'no ISO duration'],
  ['9'.repeat(65), 'too long'],
  ['999999999d', 'is longer than'],
])('%j is refused', (text, reason) => {
  const refused = expect(() => parseDuration(text, { field: 'every' }));
  refused.toThrow(expect.objectContaining({ code: 'INVALID_DURATION', field: 'every' }));
  refused.toThrow(reason);
});

describe('a number alone', () => {
  test.each<[string | number, DurationOptions, number]>([
    [30, { bareUnit: 's' }, 30 * SECOND],
    ['30', { bareUnit: 's' }, 30 * SECOND],
    ['1.5', { bareUnit: 's' }, 1500],
    [250, { bareUnit: 'ms' }, 250],
  ])('%s as %o', (input, options, ms) => {
    expect(parseDuration(input, options)).toBe(ms);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('%s is refused', (input) => {
    expect(() => parseDuration(input, { bareUnit: 's' })).toThrow('is no length of time');
  });
});

test('limits name themselves', () => {
  expect(() => parseDuration('1s', { minMs: MINUTE })).toThrow('is shorter than 1m.');
  expect(() => parseDuration('2m', { maxMs: MINUTE })).toThrow('is longer than 1m.');
});

test.each([
  [0, '0s'],
  [500, '500ms'],
  [90 * MINUTE, '1h30m'],
  [DAY + 500, '1d500ms'],
  [14 * DAY, '2w'],
  [8 * DAY, '8d'],
  [-5 * MINUTE, '-5m'],
])('%i ms is written %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
  if (ms >= 0) expect(parseDuration(text)).toBe(ms);
});
