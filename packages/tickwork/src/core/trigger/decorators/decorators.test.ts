import { instantsOf } from '@tickwork/verify/conformance/trigger-conformance.ts';
import { oracleZone } from '@tickwork/verify/oracle/cron-oracle.ts';
import { scheduleInstants } from '@tickwork/verify/oracle/schedule-oracle.ts';
import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test } from 'vitest';
import { stableFraction } from '../../base/hash.ts';
import { Calendar } from '../../calendar/calendar.ts';
import { calendarSource } from '../../calendar/calendar-source.ts';
import { type CalendarInput, parseCalendar } from '../../calendar/parse-calendar.ts';
import { freshMemory } from '../../model/trigger-memory.ts';
import type { RollRule, TriggerSpec } from '../../model/trigger-spec.ts';
import { ZoneTable } from '../../time/zone-table.ts';
import { compileTrigger } from '../compile-trigger.ts';
import { parseTrigger } from '../parse-trigger.ts';
import type { Trigger } from '../trigger.ts';
import type { TriggerInput } from '../trigger-input.ts';
import { withCalendarRoll } from './calendar-roll.ts';
import { withCalendarSkip } from './calendar-skip.ts';

const DAY = 86_400_000;
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

function countQuestions(inner: Trigger): { trigger: Trigger; count: () => number } {
  let questions = 0;
  const next: Trigger['next'] = (after, memory) => {
    questions++;
    return inner.next(after, memory);
  };
  const trigger: Trigger = { kind: 'counted', next, describe: () => 'counted' };
  return { trigger, count: () => questions };
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
    for (const roll of [{}, { roll: 'following' }, { roll: 'preceding' }] as const) {
      const spec = parseTrigger({ weekly: 'mon 09:00' }, { zone: 'UTC', now: from, zones });
      const calendar = new Calendar('c', parseCalendar({ weekends: 'mon-sun' }));
      const asked = countQuestions(compile(spec));
      const zone = zones.get('UTC');
      const tested =
        'roll' in roll
          ? withCalendarRoll(asked.trigger, roll.roll, { calendar, zone })
          : withCalendarSkip(asked.trigger, calendar, zone);
      expect(tested.next(from, freshMemory(from))).toBeNull();
      expect(asked.count()).toBeLessThanOrEqual(3);
    }
    const mondays = new Calendar('c', parseCalendar({ weekends: 'mon' }));
    const asked = countQuestions(compile({ weekly: 'mon 09:00' }));
    const tested = withCalendarSkip(asked.trigger, mondays, zones.get('UTC'));
    expect(tested.next(from, freshMemory(from))).toBeNull();
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

describe('rolling and a naive roll over all instants around', () => {
  const ROLLS: readonly RollRule[] = [
    'following',
    'preceding',
    'modified-following',
    'modified-preceding',
  ];
  const ZONES = ['Europe/Berlin', 'America/Santiago', 'Pacific/Apia', 'UTC'];

  test('agree in 400 random cases', () => {
    for (let number = 0; number < 400; number++) check(number);
  }, 60_000);

  function check(number: number): void {
    let count = 0;
    const below = (end: number) => Math.floor(stableFraction(`roll ${number}/${count++}`) * end);
    const zone = ZONES[below(4)] ?? 'UTC';
    const roll = ROLLS[below(4)] ?? 'following';
    const begin = Date.UTC(2005 + below(30), below(12), 1 + below(28), below(24));
    const weekends = new Set([below(7), below(7)]);
    const holidays = new Set(
      Array.from({ length: below(60) }, () => Math.floor(begin / DAY) - 20 + below(90)),
    );
    const isOff = (day: number) => weekends.has((day + 4) % 7) || holidays.has(day);
    const calendar: CalendarInput = {
      weekends: [...weekends].map((weekday) => weekday || 7),
      ...(holidays.size === 0
        ? {}
        : { holidays: [...holidays].map((day) => new Date(day * DAY).toISOString().slice(0, 10)) }),
    };
    const at = ['02:30', '00:00', '12:00', '23:59'].slice(below(3), 4);
    const base = parseTrigger(
      [
        { daily: at, zone },
        { weekly: { on: 'sat,sun,mon', at }, zone },
        { monthly: { on: '1,15,last', at }, zone },
      ][below(3)] as TriggerInput,
      { zone, now: 0, zones },
    );
    const trigger = compile({ ...base, calendar: 'c', calendarZone: zone, roll }, { c: calendar });
    const expected = naiveRoll(base, zone, roll, isOff, begin);
    const end = begin + 40 * DAY;
    const actual: number[] = [];
    let next = trigger.next(begin, freshMemory(0));
    while (next !== null && next <= end) {
      actual.push(next);
      next = trigger.next(next, freshMemory(0));
    }
    const wanted = expected.filter((instant) => instant > begin && instant <= end);
    expect({ number, instants: isoOf(actual) }).toEqual({ number, instants: isoOf(wanted) });
  }

  function naiveRoll(
    base: TriggerSpec,
    zone: string,
    roll: RollRule,
    isOff: (day: number) => boolean,
    begin: number,
  ): readonly number[] {
    const clock = oracleZone(zone);
    const span = 100 * DAY;
    const instants = scheduleInstants(base, { anchorAt: 0 }, begin - span, begin + 40 * DAY + span);
    const moved = new Set<number>();
    for (const at of instants ?? []) {
      const text = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
      const day = Date.UTC(text.year, text.month - 1, text.day) / DAY;
      const time = Date.UTC(1970, 0, 1, text.hour, text.minute, text.second);
      const target = naiveDay(day, roll, isOff);
      const local = target * DAY + time;
      const copy = clock.instantsOf(local)[0];
      moved.add(target === day ? at : (copy ?? clock.gapEnd(local)));
    }
    return [...moved].sort((left, right) => left - right);
  }

  function naiveDay(day: number, roll: RollRule, isOff: (day: number) => boolean): number {
    const step = (by: number) => {
      let found = day;
      while (isOff(found)) found += by;
      return found;
    };
    const month = (of: number) => new Date(of * DAY).toISOString().slice(0, 7);
    const forward = step(1);
    const back = step(-1);
    if (roll === 'following') return forward;
    if (roll === 'preceding') return back;
    if (roll === 'modified-following') return month(forward) === month(day) ? forward : back;
    return month(back) === month(day) ? back : forward;
  }
});
