import { describe, expect, test } from 'vitest';
import type { ZoneTransitions } from '../../time/zone-data.ts';
import { ZoneTable } from '../../time/zone-table.ts';
import { calendarFromIcs, type IcsOptions } from './ics.ts';

const HOUR = 3_600_000;

/** Two fixed zones are enough: real ones are tested where they are made. */
const zones = new ZoneTable({
  version: 'test',
  names: () => ['UTC', 'Asia/Shanghai'],
  hostZone: () => 'UTC',
  transitions: (name): ZoneTransitions | null => {
    const offset = new Map([
      ['UTC', 0],
      ['Asia/Shanghai', 8 * HOUR],
    ]).get(name);
    if (offset === undefined) return null;
    return { name, startAt: Float64Array.of(-Infinity), offsetMs: Float64Array.of(offset) };
  },
});

function read(lines: readonly string[], options: Partial<IcsOptions> = {}) {
  const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
  return calendarFromIcs(text, { zone: 'Asia/Shanghai', zones, ...options });
}

function event(...lines: readonly string[]): string[] {
  return ['BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT'];
}

function datesOf(...lines: readonly string[]): readonly string[] {
  return read(event(...lines)).layers[0]?.dates ?? [];
}

describe('days', () => {
  test('the end of an event of days is exclusive', () => {
    const spec = read(event('DTSTART;VALUE=DATE:20251001', 'DTEND;VALUE=DATE:20251009'));
    expect(spec).toEqual({
      otherwise: 'include',
      layers: [
        {
          name: 'holidays',
          effect: 'exclude',
          ranges: [{ from: '2025-10-01', to: '2025-10-08' }],
        },
      ],
    });
  });

  test('an event of days without an end lasts one day; folded lines are joined', () => {
    expect(datesOf('DTSTART;VALUE=DA', ' TE:2025', '\t0101')).toEqual(['2025-01-01']);
  });

  test('cancelled events and alarms inside an event are passed over', () => {
    const spec = read([
      ...event('DTSTART;VALUE=DATE:20250101', 'STATUS:CANCELLED'),
      ...event('DTSTART;VALUE=DATE:20250102', 'BEGIN:VALARM', 'DTSTART:99', 'END:VALARM'),
    ]);
    expect(spec.layers[0]?.dates).toEqual(['2025-01-02']);
  });

  test('summaries can mark working days', () => {
    const spec = read(
      [
        ...event('SUMMARY:春节', 'DTSTART;VALUE=DATE:20250128', 'DTEND;VALUE=DATE:20250205'),
        ...event('SUMMARY:春节(班)', 'DTSTART;VALUE=DATE:20250126'),
      ],
      { workdaySummaries: ['班'] },
    );
    expect(spec.layers.map((layer) => [layer.name, layer.effect])).toEqual([
      ['holidays', 'exclude'],
      ['workdays', 'include'],
    ]);
  });
});

describe('recurrence', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      'yearly with a count',
      ['DTSTART;VALUE=DATE:20241225', 'RRULE:FREQ=YEARLY;COUNT=3'],
      ['2024-12-25', '2025-12-25', '2026-12-25'],
    ],
    [
      'the leap day is absent in other years',
      ['DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY;UNTIL=20321231'],
      ['2024-02-29', '2028-02-29', '2032-02-29'],
    ],
    [
      'the fourth Thursday of November',
      ['DTSTART;VALUE=DATE:20251127', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3'],
      ['2025-11-27', '2026-11-26', '2027-11-25'],
    ],
    [
      'the last Monday of May',
      ['DTSTART;VALUE=DATE:20250526', 'RRULE:FREQ=MONTHLY;BYMONTH=5;BYDAY=-1MO;COUNT=2'],
      ['2025-05-26', '2026-05-25'],
    ],
    [
      'monthly on the 31st leaves short months out',
      ['DTSTART;VALUE=DATE:20250131', 'RRULE:FREQ=MONTHLY;COUNT=3'],
      ['2025-01-31', '2025-03-31', '2025-05-31'],
    ],
    [
      'the last day of each second month',
      ['DTSTART;VALUE=DATE:20250131', 'RRULE:FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1;COUNT=3'],
      ['2025-01-31', '2025-03-31', '2025-05-31'],
    ],
    [
      'each second week on two days, an inclusive end, an exception',
      [
        'DTSTART;VALUE=DATE:20250106',
        'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20250205',
        'EXDATE;VALUE=DATE:20250120,20250122',
      ],
      ['2025-01-06', '2025-01-08', '2025-02-03', '2025-02-05'],
    ],
    [
      'weeks that begin on Sunday count another second week',
      ['DTSTART;VALUE=DATE:19970805', 'RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU'],
      ['1997-08-05', '1997-08-17', '1997-08-19', '1997-08-31'],
    ],
    [
      'weeks that begin on Monday (the other half of the pair in RFC 5545)',
      ['DTSTART;VALUE=DATE:19970805', 'RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO'],
      ['1997-08-05', '1997-08-10', '1997-08-19', '1997-08-24'],
    ],
    [
      'further dates',
      ['DTSTART;VALUE=DATE:20250101', 'RDATE;VALUE=DATE:20250601'],
      ['2025-01-01', '2025-06-01'],
    ],
  ];
  for (const [name, lines, expected] of cases) {
    test(name, () => expect(datesOf(...lines)).toEqual(expected));
  }

  test('a rule without an end goes to 2199', () => {
    const dates = datesOf('DTSTART;VALUE=DATE:20250101', 'RRULE:FREQ=YEARLY');
    expect([dates.length, dates.at(-1)]).toEqual([175, '2199-01-01']);
  });

  test('a moved occurrence takes the place of its own day', () => {
    const spec = read([
      ...event('DTSTART;VALUE=DATE:20250106', 'RRULE:FREQ=WEEKLY;COUNT=3'),
      ...event('RECURRENCE-ID;VALUE=DATE:20250113', 'DTSTART;VALUE=DATE:20250114'),
    ]);
    expect(spec.layers[0]?.dates).toEqual(['2025-01-06', '2025-01-14', '2025-01-20']);
  });
});

describe('times', () => {
  const interval = { from: '2025-01-02T02:00:00', to: '2025-01-02T04:00:00' };

  test('UTC times are converted to the zone of the calendar', () => {
    const spec = read(event('DTSTART:20250101T180000Z', 'DTEND:20250101T200000Z'));
    expect(spec.layers[0]?.intervals).toEqual([interval]);
  });

  test('times of a named zone and a duration', () => {
    const spec = read(event('DTSTART;TZID="Asia/Shanghai":20250102T020000', 'DURATION:PT2H'));
    expect(spec.layers[0]?.intervals).toEqual([interval]);
  });

  test('an event without a length covers nothing', () => {
    expect(read(event('DTSTART:20250101T180000Z')).layers).toEqual([]);
  });
});

describe('refusals', () => {
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['no calendar', 'hello:world', /no complete iCalendar/],
    ['an open component', 'BEGIN:VCALENDAR\nBEGIN:VEVENT', /no complete iCalendar/],
    ['a line without a colon', 'BEGIN:VCALENDAR\nX', /line 2: is no property/],
    ['an unknown zone', vevent('DTSTART;TZID=Mars/Base:20250101T000000'), /line 3: .*Mars\/Base/],
    ['no start', vevent('SUMMARY:x'), /no DTSTART/],
    ['no date', vevent('DTSTART;VALUE=DATE:20250230'), /line 3: .*is no date/],
    [
      'a part that is not read',
      vevent('DTSTART:20250101\nRRULE:FREQ=YEARLY;BYSETPOS=1'),
      /BYSETPOS/,
    ],
    ['seconds', vevent('DTSTART:20250101\nRRULE:FREQ=SECONDLY'), /FREQ/],
    ['no interval', vevent('DTSTART:20250101\nRRULE:FREQ=DAILY;INTERVAL=0'), /INTERVAL/],
    ['too many days', vevent('DTSTART:20250101\nRRULE:FREQ=DAILY'), /more than 10000/],
  ];
  for (const [name, text, message] of wrong) {
    test(name, () => {
      const call = () => calendarFromIcs(text, { zone: 'UTC', zones });
      expect(call).toThrow(message);
      expect(call).toThrow(expect.objectContaining({ code: 'INVALID_CALENDAR' }));
    });
  }
});

function vevent(lines: string): string {
  return `BEGIN:VCALENDAR\nBEGIN:VEVENT\n${lines}\nEND:VEVENT\nEND:VCALENDAR`;
}
