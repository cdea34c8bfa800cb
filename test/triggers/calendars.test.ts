import { describe, expect, test } from 'vitest';
import { parseCalendar } from '../../packages/tickwork/src/core/calendar/parse-calendar.ts';
import { CalendarOracle } from '../../packages/verify/src/oracle/calendar-oracle.ts';
import { compareCalendars } from './compare-calendars.ts';

test('calendars, rolls and clock changes are as the oracle says', { timeout: 180_000 }, () => {
  const comparison = compareCalendars({ count: 1500, seed: 20_260_329 });
  expect(comparison.examples).toEqual([]);
  expect(comparison.differences).toBe(0);
  expect(comparison.zones).toBeGreaterThan(200);
  // Each way in which the rules collide must occur, or nothing is proved.
  expect(comparison.met.rolled).toBeGreaterThan(100);
  expect(comparison.met.lost).toBeGreaterThan(30);
  for (const count of Object.values(comparison.met)) expect(count).toBeGreaterThan(5);
});

describe('the oracle of calendars can be trusted', () => {
  const calendar = new CalendarOracle(
    parseCalendar({
      weekends: 'sun',
      holidays: ['2026-03-31'],
      layers: [
        { effect: 'exclude', times: '22:00..06:00' },
        { effect: 'exclude', intervals: '2026-03-30T12:00..2026-04-01T00:00' },
      ],
    }),
  );
  const local = (text: string) => Date.parse(`${text}:00Z`);
  const day = (text: string) => local(`${text}T00:00`) / 86_400_000;

  test.each([
    ['2026-03-28T12:00', true], // Saturday
    ['2026-03-28T22:00', false],
    ['2026-03-29T12:00', false], // Sunday
    ['2026-03-30T05:59', false],
    ['2026-03-30T06:00', true],
    ['2026-03-30T12:00', false],
    ['2026-04-01T06:00', true],
  ])('%s is admitted: %s', (text, expected) => {
    expect(calendar.admits(local(text))).toBe(expected);
  });

  test.each([
    ['2026-03-28T22:30', null],
    ['2026-03-28T03:00', '2026-03-28T06:00'],
    // A Sunday is closed in the hours of the night alone.
    ['2026-03-29T03:00', '2026-03-29T06:00'],
    ['2026-03-29T12:00', '2026-03-29T12:00'],
    ['2026-03-31T08:00', null],
  ])('from %s the hours are open at %s', (text, expected) => {
    const open = calendar.openFrom(local(text));
    expect(open === null ? null : new Date(open).toISOString().slice(0, 16)).toBe(expected);
  });

  test('days roll over all that is closed', () => {
    expect(calendar.roll(day('2026-03-29'), 'following')).toBe(day('2026-03-30'));
    expect(calendar.roll(day('2026-03-31'), 'following')).toBe(day('2026-04-01'));
    expect(calendar.roll(day('2026-03-31'), 'modified-following')).toBe(day('2026-03-30'));
    expect(calendar.roll(day('2026-03-31'), 'skip')).toBeNull();
  });
});
