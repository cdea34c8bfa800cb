import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test } from 'vitest';
import { calendarSource } from '../../calendar/calendar-source.ts';
import { type CalendarInput, parseCalendar } from '../../calendar/parse-calendar.ts';
import { freshMemory } from '../../model/trigger-memory.ts';
import { ZoneTable } from '../../time/zone-table.ts';
import { compileTrigger } from '../compile-trigger.ts';
import { parseTrigger } from '../parse-trigger.ts';
import type { Trigger } from '../trigger.ts';
import type { TriggerInput } from '../trigger-input.ts';

/** Calendars and rolls at clock changes; random cases are in `test/triggers/calendars.test.ts`. */
const zones = new ZoneTable(temporalZoneData());

function compile(
  input: TriggerInput | readonly TriggerInput[],
  calendars: Readonly<Record<string, CalendarInput>>,
): Trigger {
  const spec = parseTrigger(input, { zone: 'UTC', now: 0, zones });
  const parsed = Object.entries(calendars).map(([name, each]) => [name, parseCalendar(each)]);
  const source = calendarSource(Object.fromEntries(parsed));
  return compileTrigger(spec, { zones, calendars: source, jobName: 'job' });
}

/** Readings of the clock of a zone; `!` after those that must be skipped. */
function readings(trigger: Trigger, zone: string, from: string, count: number): readonly string[] {
  const found: string[] = [];
  let at: number | null = Date.parse(from);
  for (let i = 0; i < count; i++) {
    at = trigger.next(at, freshMemory(0));
    if (at === null) break;
    const text = new Date(zones.get(zone).localAt(at)).toISOString().slice(0, 16);
    found.push(trigger.excludes?.(at, freshMemory(0)) === true ? `${text} !` : text);
  }
  return found;
}

describe('a lost time of an excluded day', () => {
  const calendars = { c: { weekends: 'sat-sun' } };

  test('rolls as it was written and merges with that of the day it comes to', () => {
    const zone = 'Europe/Berlin';
    const trigger = compile({ daily: '02:30', zone, calendar: 'c', roll: 'following' }, calendars);
    expect(readings(trigger, zone, '2026-03-27T12:00Z', 2)).toEqual([
      '2026-03-30T02:30',
      '2026-03-31T02:30',
    ]);
  });

  test('also by cron, backwards, and as a member of a union', () => {
    const zone = 'Europe/Berlin';
    const back = { cron: '30 2 * * *', zone, calendar: 'c', roll: 'preceding' } as const;
    expect(readings(compile(back, calendars), zone, '2026-03-26T12:00Z', 2)).toEqual([
      '2026-03-27T02:30',
      '2026-03-30T02:30',
    ]);
    const union = compile(
      {
        any: [{ daily: '02:30' }, { weekly: 'mon 02:30' }],
        zone,
        calendar: 'c',
        roll: 'following',
      },
      calendars,
    );
    expect(readings(union, zone, '2026-03-27T12:00Z', 2)).toEqual([
      '2026-03-30T02:30',
      '2026-03-31T02:30',
    ]);
  });

  test('a time that comes twice on the day it is moved to fires by the choice of the job', () => {
    const zone = 'America/New_York';
    // 2026-11-01 is the Sunday of the change; Saturday is off.
    const weekly = { weekly: 'sat 01:30', zone, calendar: 'c', roll: 'following' } as const;
    const off = { c: { weekends: 'sat' } };
    const first = compile(weekly, off).next(Date.parse('2026-10-30T00:00Z'), freshMemory(0));
    expect(first).toBe(Date.parse('2026-11-01T05:30Z'));
    const last = compile({ ...weekly, dst: { overlap: 'last' } }, off);
    expect(last.next(Date.parse('2026-10-30T00:00Z'), freshMemory(0))).toBe(
      Date.parse('2026-11-01T06:30Z'),
    );
  });
});

describe('a time of a working day that is lost to midnight', () => {
  const zone = 'America/Nuuk';
  const sundays = { c: { weekends: 'sun' } };

  test.each(['skip', 'preceding', 'following'] as const)('is kept, roll %s', (roll) => {
    const trigger = compile({ daily: '23:30', zone, calendar: 'c', roll }, sundays);
    expect(readings(trigger, zone, '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T00:00',
      '2026-03-30T23:30',
    ]);
  });

  test('and moved on where excluded hours say so', () => {
    const nights: CalendarInput = {
      weekends: 'sun',
      layers: [{ effect: 'exclude', times: '00:00..06:00' }],
    };
    const trigger = compile({ daily: '23:30', zone, calendar: 'c' }, { c: nights });
    expect(readings(trigger, zone, '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T06:00',
      '2026-03-30T23:30',
    ]);
    // Asked between the end of the gap and there, it is still to come.
    const between = Date.parse('2026-03-29T04:00Z');
    expect(readings(trigger, zone, new Date(between).toISOString(), 1)).toEqual([
      '2026-03-29T06:00',
    ]);
  });
});

describe('excluded hours after a gap', () => {
  const zone = 'Europe/Berlin';
  const daily = { daily: ['02:30', '05:00'], zone, calendar: 'c' };

  test('move what was lost to the first moment that they leave open', () => {
    const hour: CalendarInput = { layers: [{ effect: 'exclude', times: '03:00..04:15' }] };
    const trigger = compile(daily, { c: hour });
    expect(readings(trigger, zone, '2026-03-28T12:00Z', 3)).toEqual([
      '2026-03-29T04:15',
      '2026-03-29T05:00',
      '2026-03-30T02:30',
    ]);
  });

  test('it is skipped, and not forgotten, if they leave none', () => {
    const day: CalendarInput = { layers: [{ effect: 'exclude', times: '03:00..00:00' }] };
    const trigger = compile(daily, { c: day });
    expect(readings(trigger, zone, '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T03:00 !',
      '2026-03-30T02:30',
    ]);
    const union = compile([daily, { once: '2026-03-29T01:00:00Z', allowPast: true }], { c: day });
    // The other member fires at the same instant and may.
    expect(readings(union, zone, '2026-03-28T12:00Z', 1)).toEqual(['2026-03-29T03:00']);
  });
});

test('a calendar reads the clock of the trigger, also where the expression names the zone', () => {
  // Sunday 08:00 in Tokyo is still Saturday in UTC.
  const trigger = compile(
    { cron: 'CRON_TZ=Asia/Tokyo 0 8 * * *', calendar: 'c' },
    { c: { weekends: 'sun' } },
  );
  expect(readings(trigger, 'Asia/Tokyo', '2026-05-02T00:00Z', 2)).toEqual([
    '2026-05-04T08:00',
    '2026-05-05T08:00',
  ]);
});

test('the calendar of a union decides what the working days of its members are', () => {
  const trigger = compile(
    { any: [{ monthly: '1st workday 09:00' }, { monthly: '15 09:00' }], calendar: 'c' },
    { c: { weekends: 'sat-sun', holidays: ['2026-07-01'] } },
  );
  expect(readings(trigger, 'UTC', '2026-06-30T00:00Z', 2)).toEqual([
    '2026-07-02T09:00',
    '2026-07-15T09:00',
  ]);
});
