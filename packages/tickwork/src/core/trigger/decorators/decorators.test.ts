import { instantsOf } from '@tickwork/verify/conformance/trigger-conformance.ts';
import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test } from 'vitest';
import { Calendar } from '../../calendar/calendar.ts';
import { calendarSource } from '../../calendar/calendar-source.ts';
import { type CalendarInput, parseCalendar } from '../../calendar/parse-calendar.ts';
import { freshMemory } from '../../model/trigger-memory.ts';
import type { TriggerSpec } from '../../model/trigger-spec.ts';
import { ZoneTable } from '../../time/zone-table.ts';
import { compileTrigger } from '../compile-trigger.ts';
import { parseTrigger } from '../parse-trigger.ts';
import type { Trigger } from '../trigger.ts';
import type { TriggerInput } from '../trigger-input.ts';
import { judgedReadings } from '../wall-clock/calendar-days.ts';
import type { LocalReadings } from '../wall-clock/local-readings.ts';
import { TimedDays } from '../wall-clock/timed-days.ts';

const zones = new ZoneTable(temporalZoneData());
const from = Date.UTC(2026, 0, 1);

function compile(
  input: TriggerInput | readonly TriggerInput[] | TriggerSpec,
  calendars: Readonly<Record<string, CalendarInput>> = {},
): Trigger {
  const specs = Object.entries(calendars).map(([name, calendar]) => [
    name,
    parseCalendar(calendar),
  ]);
  const spec =
    typeof input === 'object' && 'kind' in input
      ? input
      : parseTrigger(input, { zone: 'UTC', now: from, zones });
  const source = calendarSource(Object.fromEntries(specs));
  return compileTrigger(spec, { zones, calendars: source, jobName: 'job' });
}

/** Mondays at 09:00, and how often somebody asked for one. */
function countQuestions(): { readings: LocalReadings; count: () => number } {
  let questions = 0;
  const mondays = { nextDay: (day: number) => day + ((11 - (day % 7)) % 7) };
  const inner = new TimedDays(['09:00'], mondays);
  const atOrAfter: LocalReadings['atOrAfter'] = (local) => {
    questions++;
    return inner.atOrAfter(local);
  };
  return { readings: { atOrAfter }, count: () => questions };
}

function isoOf(instants: readonly number[]): readonly string[] {
  return instants.map((at) => new Date(at).toISOString().slice(0, 16));
}

describe('window and limit', () => {
  test('both ends of the window are inclusive', () => {
    const trigger = compile({ every: '1h', startAt: '2026-02-01', endAt: '2026-02-01T02:00' });
    expect(isoOf(instantsOf(trigger, from, 10))).toEqual([
      '2026-02-01T00:00',
      '2026-02-01T01:00',
      '2026-02-01T02:00',
    ]);
  });

  test('a date alone as the end includes that day', () => {
    const trigger = compile({ daily: ['00:00', '23:59:59'], endAt: '2026-01-02' });
    expect(instantsOf(trigger, from - 1, 10)).toHaveLength(4);
  });

  test('the limit counts by the memory', () => {
    expect(instantsOf(compile({ every: '1h', limit: 3 }), from, 10)).toHaveLength(3);
    const spent = { ...freshMemory(from), fireCount: 3 };
    expect(compile({ every: '1h', limit: 3 }).next(from, spent)).toBeNull();
  });

  test('members of a union have their own windows', () => {
    const trigger = compile([
      { daily: '10:00', endAt: '2026-01-02' },
      { once: '2026-01-05T00:00' },
    ]);
    expect(isoOf(instantsOf(trigger, from, 10))).toEqual([
      '2026-01-01T10:00',
      '2026-01-02T10:00',
      '2026-01-05T00:00',
    ]);
  });
});

describe('calendar', () => {
  const china: CalendarInput = {
    weekends: 'sat-sun',
    holidays: ['2026-10-01..2026-10-07'],
    workdays: ['2026-09-20', '2026-10-10'],
  };

  test('excluded days drop, make-up days do not', () => {
    const trigger = compile({ daily: '09:00', calendar: 'cn' }, { cn: china });
    const october = instantsOf(trigger, Date.UTC(2026, 8, 30), 5);
    expect(isoOf(october).map((text) => text.slice(0, 10))).toEqual([
      '2026-09-30',
      '2026-10-08',
      '2026-10-09',
      '2026-10-10',
      '2026-10-12',
    ]);
  });

  test('several days that roll to one working day fire once a time', () => {
    const trigger = compile(
      { daily: ['09:00', '17:00'], calendar: 'cn', roll: 'following' },
      { cn: china },
    );
    const october = instantsOf(trigger, Date.UTC(2026, 8, 30, 20), 3);
    expect(isoOf(october)).toEqual(['2026-10-08T09:00', '2026-10-08T17:00', '2026-10-09T09:00']);
  });

  test('working days of a month are those of the calendar', () => {
    const input: TriggerInput = { monthly: '1st workday,last workday 09:00', calendar: 'cn' };
    const found = instantsOf(compile(input, { cn: china }), Date.UTC(2026, 8, 29), 3);
    expect(isoOf(found).map((text) => text.slice(0, 10))).toEqual([
      '2026-09-30',
      '2026-10-08',
      '2026-10-30',
    ]);
  });

  test('the calendar is read in the zone of the trigger', () => {
    const trigger = compile(
      { every: '12h', phase: '0s', zone: 'Asia/Shanghai', calendar: 'new-year' },
      { 'new-year': { holidays: ['2026-01-02'] } },
    );
    // 2 January in Shanghai is 16:00 UTC of the 1st to 16:00 UTC of the 2nd.
    expect(isoOf(instantsOf(trigger, from, 3))).toEqual([
      '2026-01-01T12:00',
      '2026-01-03T00:00',
      '2026-01-03T12:00',
    ]);
  });

  test('excluded hours are passed over in one step, however dense the trigger is', () => {
    const trigger = compile(
      { every: '10ms', calendar: 'day' },
      { day: { layers: [{ effect: 'exclude', times: '18:00..09:00' }] } },
    );
    expect(trigger.next(Date.UTC(2026, 0, 1, 18), freshMemory(from))).toBe(Date.UTC(2026, 0, 2, 9));
  });

  test('a calendar that is not there is named', () => {
    expect(() => compile({ daily: '09:00', calendar: 'cn' })).toThrow(
      expect.objectContaining({ code: 'CALENDAR_NOT_FOUND', value: 'cn' }),
    );
  });

  test('a search among excluded instants is bounded, and null at its end', () => {
    const closed = new Calendar('c', parseCalendar({ weekends: 'mon-sun' }));
    for (const roll of ['skip', 'following', 'preceding'] as const) {
      const asked = countQuestions();
      const tested = judgedReadings(asked.readings, { calendar: closed, roll });
      expect(tested.atOrAfter(from)).toBe(Number.POSITIVE_INFINITY);
      expect(asked.count()).toBeLessThanOrEqual(3);
    }
    const mondays = new Calendar('c', parseCalendar({ weekends: 'mon' }));
    const asked = countQuestions();
    const tested = judgedReadings(asked.readings, { calendar: mondays, roll: 'skip' });
    expect(tested.atOrAfter(from)).toBe(Number.POSITIVE_INFINITY);
    expect(asked.count()).toBeLessThanOrEqual(1000);
  });

  test('rolls beyond a year of days off are dropped', () => {
    const closed: CalendarInput = { holidays: '2026-02-01..2028-01-31' };
    const trigger = compile(
      { monthly: '15 09:00', calendar: 'c', roll: 'following' },
      { c: closed },
    );
    expect(isoOf(instantsOf(trigger, Date.UTC(2026, 0, 16), 2))).toEqual([
      '2028-02-01T09:00',
      '2028-02-15T09:00',
    ]);
  });
});
