import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../time/civil.ts';
import { formatDate, formatLocal, parseDate, parseLocal } from '../time/date-text.ts';
import { Calendar } from './calendar.ts';
import { calendarSource } from './calendar-source.ts';
import { calendarVersion } from './calendar-version.ts';
import { type CalendarInput, parseCalendar, parseCalendars } from './parse-calendar.ts';
import { mondayToFriday, nthWorkday, rollDay } from './workdays.ts';

function calendar(input: CalendarInput): Calendar {
  return new Calendar('test', parseCalendar(input));
}

function day(text: string): number {
  return parseDate(text) ?? Number.NaN;
}

function admits(tested: Calendar, text: string): boolean {
  return tested.admits(parseLocal(text) ?? Number.NaN);
}

describe('China 2025', () => {
  const url = new URL('../../../../../examples/calendars/china-2025.json', import.meta.url);
  const china = calendar(JSON.parse(readFileSync(url, 'utf8')) as CalendarInput);

  const cases: readonly (readonly [string, boolean])[] = [
    ['2025-01-01', false],
    ['2025-01-26', true], // Sunday before the Spring Festival
    ['2025-01-27', true],
    ['2025-01-28', false],
    ['2025-02-04', false],
    ['2025-02-05', true],
    ['2025-02-08', true], // Saturday after it
    ['2025-02-09', false],
    ['2025-04-27', true],
    ['2025-06-02', false],
    ['2025-09-28', true],
    ['2025-10-01', false],
    ['2025-10-08', false],
    ['2025-10-11', true],
    ['2025-10-12', false],
  ];
  for (const [date, works] of cases) {
    test(`${date} is ${works ? 'a working day' : 'off'}`, () => {
      expect(china.isWorkday(day(date))).toBe(works);
    });
  }

  test('has the 248 working days that the notice leaves in 2025', () => {
    let count = 0;
    for (let i = day('2025-01-01'); i <= day('2025-12-31'); i++) if (china.isWorkday(i)) count++;
    expect(count).toBe(248);
  });

  test('the last working day of January is the 27th', () => {
    const found = nthWorkday(china, { year: 2025, month: 1, nth: -1 });
    expect(formatDate(found ?? 0)).toBe('2025-01-27');
  });
});

test('China 2026 gives back the 13 days of its holidays that are not weekends', () => {
  const url = new URL('../../../../../examples/calendars/china-2026.json', import.meta.url);
  const china = calendar(JSON.parse(readFileSync(url, 'utf8')) as CalendarInput);
  let count = 0;
  for (let i = day('2026-01-01'); i <= day('2026-12-31'); i++) if (china.isWorkday(i)) count++;
  expect(count).toBe(248);
});

describe('layers', () => {
  test('the last layer that covers a moment decides', () => {
    const tested = calendar({
      layers: [
        { effect: 'exclude', days: '2026-05-01..2026-05-10' },
        { effect: 'include', days: ['2026-05-05', '2026-05-09'] },
        { effect: 'exclude', days: '2026-05-09' },
      ],
    });
    expect(
      ['2026-04-30', '2026-05-01', '2026-05-05', '2026-05-09', '2026-05-11'].map((date) =>
        tested.isWorkday(day(date)),
      ),
    ).toEqual([true, false, true, false, true]);
  });

  test('a calendar of inclusions alone admits nothing else', () => {
    const tested = calendar({ layers: [{ effect: 'include', days: ['03-15', '2026-07-01'] }] });
    expect(tested.isWorkday(day('2031-03-15'))).toBe(true);
    expect(tested.isWorkday(day('2026-07-01'))).toBe(true);
    expect(tested.isWorkday(day('2027-07-01'))).toBe(false);
  });

  test('times over midnight reach into the next day, also at its ends', () => {
    const tested = calendar({
      layers: [{ effect: 'exclude', weekdays: 'fri', times: '22:00..06:00' }],
    });
    // 2026-05-01 is a Friday.
    const cases: readonly (readonly [string, boolean])[] = [
      ['2026-05-01T05:59', true],
      ['2026-05-01T21:59:59', true],
      ['2026-05-01T22:00', false],
      ['2026-05-02T05:59:59', false],
      ['2026-05-02T06:00', true],
      ['2026-05-02T22:00', true],
    ];
    for (const [text, expected] of cases)
      expect([text, admits(tested, text)]).toEqual([text, expected]);
  });

  test('intervals are half open and overlapping ones are found', () => {
    const tested = calendar({
      layers: [
        {
          effect: 'exclude',
          intervals: [
            { from: '2026-12-20', to: '2027-01-10T00:00' },
            { from: '2026-12-24T18:00', to: '2026-12-24T19:00' },
          ],
        },
      ],
    });
    expect(admits(tested, '2026-12-19T23:59:59')).toBe(true);
    expect(admits(tested, '2026-12-20T00:00')).toBe(false);
    expect(admits(tested, '2027-01-09T23:59:59')).toBe(false);
    expect(admits(tested, '2027-01-10T00:00')).toBe(true);
    expect(tested.isWorkday(day('2026-12-25'))).toBe(false);
  });

  test('the next admitted moment skips days and parts of days', () => {
    const tested = calendar({
      weekends: 'sat-sun',
      layers: [{ effect: 'exclude', times: '18:00..09:00' }],
    });
    const next = (text: string) => formatLocal(tested.nextAdmitted(parseLocal(text) ?? 0) ?? 0);
    expect(next('2026-05-01T17:59:59')).toBe('2026-05-01T17:59:59');
    expect(next('2026-05-01T18:00')).toBe('2026-05-04T09:00:00');
  });

  test('a calendar that excludes everything ends its search', () => {
    const tested = calendar({ weekends: 'mon-sun' });
    expect(tested.nextAdmitted(0)).toBeNull();
    expect(rollDay(20_000, 'following', tested)).toBeNull();
  });

  test('the painted answer equals a plain reading of the layers on every day of 40 years', () => {
    const tested = calendar({
      weekends: [6, 7],
      holidays: ['12-25', '02-29'],
      workdays: ['2028-02-27'],
    });
    for (let i = day('2000-01-01'); i < day('2040-01-01'); i++) {
      const text = formatDate(i);
      const weekday = new Date(i * DAY_MS).getUTCDay();
      const off = weekday % 6 === 0 || text.endsWith('-12-25') || text.endsWith('-02-29');
      expect([text, tested.isWorkday(i)]).toEqual([text, text === '2028-02-27' || !off]);
    }
  });
});

describe('rolling', () => {
  // 2026-05-30 and 31 are a Saturday and a Sunday at the end of a month.
  const cases: readonly (readonly [string, Parameters<typeof rollDay>[1], string | null])[] = [
    ['2026-05-29', 'following', '2026-05-29'],
    ['2026-05-30', 'skip', null],
    ['2026-05-30', 'following', '2026-06-01'],
    ['2026-05-30', 'preceding', '2026-05-29'],
    ['2026-05-30', 'modified-following', '2026-05-29'],
    ['2026-05-09', 'modified-following', '2026-05-11'],
    ['2026-08-01', 'modified-preceding', '2026-08-03'],
    ['2026-08-02', 'preceding', '2026-07-31'],
  ];
  for (const [from, rule, expected] of cases) {
    test(`${from} ${rule} is ${expected}`, () => {
      const rolled = rollDay(day(from), rule, mondayToFriday);
      expect(rolled === null ? null : formatDate(rolled)).toBe(expected);
    });
  }

  test('a month without so many working days has no 24th one', () => {
    expect(nthWorkday(mondayToFriday, { year: 2026, month: 2, nth: 20 })).toBe(day('2026-02-27'));
    expect(nthWorkday(mondayToFriday, { year: 2026, month: 2, nth: 21 })).toBeNull();
  });
});

describe('parseCalendar', () => {
  const wrong: readonly (readonly [unknown, string, RegExp])[] = [
    [[], 'calendar', /no object/],
    [{ holiday: [] }, 'calendar.holiday', /Did you mean `holidays`/],
    [{ holidays: ['2026-02-29'] }, 'calendar.holidays[0]', /is no date/],
    [{ holidays: ['2026-02-03..2026-02-01'] }, 'calendar.holidays[0]', /ends before/],
    [
      { holidays: [{ from: '2026-01-01', until: '2026-01-02' }] },
      'calendar.holidays[0]',
      /no date/,
    ],
    [{ holidays: [] }, 'calendar.holidays', /is empty/],
    [{ weekends: 'frei' }, 'calendar.weekends', /no weekday/],
    [{ otherwise: 'maybe' }, 'calendar.otherwise', /no effect/],
    [{ layers: {} }, 'calendar.layers', /no list/],
    [{ layers: [{ effect: 'exclude' }] }, 'calendar.layers[0]', /covers nothing/],
    [{ layers: [{ effect: 'exclude', days: '13-01' }] }, 'calendar.layers[0].days[0]', /no date/],
    [
      { layers: [{ effect: 'exclude', times: '25:00..26:00' }] },
      'calendar.layers[0].times',
      /times/,
    ],
    [{ layers: [{ effect: 'off', days: '01-01' }] }, 'calendar.layers[0].effect', /include/],
    [
      { layers: [{ effect: 'exclude', intervals: '2026-01-02..2026-01-01' }] },
      'calendar.layers[0].intervals',
      /does not end/,
    ],
  ];
  for (const [input, field, message] of wrong) {
    test(`refuses ${JSON.stringify(input)} at ${field}`, () => {
      expect(() => parseCalendar(input)).toThrow(message);
      expect(() => parseCalendar(input)).toThrow(
        expect.objectContaining({ code: 'INVALID_CALENDAR', field }),
      );
    });
  }

  test('the stored form is read again as it is', () => {
    const spec = parseCalendar({
      weekends: 'sat-sun',
      holidays: ['2026-01-01', '2026-10-01..2026-10-08', '12-25'],
      workdays: '2026-10-10',
      layers: [{ name: 'night', effect: 'exclude', times: '22:00..06:00', weekdays: 'fri-mon' }],
    });
    const stored: unknown = JSON.parse(JSON.stringify(spec));
    expect(parseCalendar(stored)).toEqual(spec);
    expect(calendarVersion(parseCalendar(stored))).toBe(calendarVersion(spec));
  });

  test('the version changes with the content', () => {
    const version = (date: string) => calendarVersion(parseCalendar({ holidays: date }));
    expect(version('2026-01-01')).not.toBe(version('2026-01-02'));
    expect(version('2026-01-01')).toMatch(/^[0-9a-f]{16}$/);
  });

  test('a source knows its names only, also awkward ones', () => {
    const source = calendarSource({ cn: parseCalendar({ weekends: 'sun' }) });
    expect(source.get('cn')).toBe(source.get('cn'));
    expect(source.get('toString')).toBeUndefined();
  });
});

test.each([
  [{ weekends: 'sat,'.repeat(5_000) }, 'calendar.weekends'],
  [{ holidays: ['12-25', 'x'.repeat(20_000)] }, 'calendar.holidays[1]'],
])('long texts are refused before they are read: %#', (input, field) => {
  const reason = 'has 20000 characters; at most 10000 are read.';
  expect(() => parseCalendar(input)).toThrow(expect.objectContaining({ field, reason }));
});

test('the name of a calendar is checked', () => {
  expect(parseCalendars({ work: { weekends: 'sat' } }).work?.layers).toHaveLength(1);
  for (const name of ['', 'a\ud800', 'cafe\u0301']) {
    const error = expect.objectContaining({ field: `calendars.${name}`, value: name });
    expect(() => parseCalendars({ [name]: {} })).toThrow(error);
  }
});
