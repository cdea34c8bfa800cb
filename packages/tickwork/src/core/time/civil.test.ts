import { expect, test } from 'vitest';
import {
  civilFromDays,
  DAY_MS,
  daysFromCivil,
  isLeapYear,
  monthLength,
  weekdayOf,
} from './civil.ts';

test('every day from 1900 to 2300 agrees with the Date of the language', () => {
  const first = Date.UTC(1900, 0, 1) / DAY_MS;
  const last = Date.UTC(2300, 11, 31) / DAY_MS;
  for (let day = first; day <= last; day++) {
    const date = new Date(day * DAY_MS);
    const expected = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()] as const;
    const civil = civilFromDays(day);
    if (
      civil.year !== expected[0] ||
      civil.month !== expected[1] ||
      civil.day !== expected[2] ||
      daysFromCivil(...expected) !== day ||
      weekdayOf(day) !== date.getUTCDay()
    ) {
      expect.fail(`${date.toISOString()}: ${JSON.stringify(civil)}`);
    }
  }
});

test('a day outside its month is counted on', () => {
  expect(daysFromCivil(2026, 2, 29)).toBe(daysFromCivil(2026, 3, 1));
  expect(daysFromCivil(2026, 3, 0)).toBe(daysFromCivil(2026, 2, 28));
});

test.each([
  [1900, false, 28],
  [2000, true, 29],
  [2024, true, 29],
  [2026, false, 28],
  [2100, false, 28],
])('February of %i', (year, leap, length) => {
  expect(isLeapYear(year)).toBe(leap);
  expect(monthLength(year, 2)).toBe(length);
});
