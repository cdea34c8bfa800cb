import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test } from 'vitest';
import { calendarSource } from '../calendar/calendar-source.ts';
import { parseCalendar } from '../calendar/parse-calendar.ts';
import { freshMemory } from '../model/trigger-memory.ts';
import { ZoneTable } from '../time/zone-table.ts';
import { advanceMemory } from '../trigger/advance-memory.ts';
import { compileTrigger } from '../trigger/compile-trigger.ts';
import { parseTrigger } from '../trigger/parse-trigger.ts';
import { planFrom } from '../trigger/plan-from.ts';
import { startAtOf } from '../trigger/start-at.ts';
import type { TriggerInput } from '../trigger/trigger-input.ts';
import { triggerNeeds } from '../trigger/trigger-needs.ts';
import { firesOf, nextFires } from './next-fires.ts';

const zones = new ZoneTable(temporalZoneData());
const calendars = calendarSource({ week: parseCalendar({ weekends: 'sat-sun' }) });
const after = Date.UTC(2026, 0, 1);

function parse(input: TriggerInput | readonly TriggerInput[]) {
  return parseTrigger(input, { zone: 'UTC', now: after, zones });
}

describe('nextFires', () => {
  test('gives ten instants unless asked otherwise, and fewer at the end', () => {
    expect(nextFires({ every: '1h' }, { zones, after })).toHaveLength(10);
    expect(nextFires({ every: '1h', limit: 4 }, { zones, after, count: 1000 })).toHaveLength(4);
    expect(nextFires({ manual: true }, { zones, after })).toEqual([]);
    expect(nextFires({ every: '1h', from: 'end' }, { zones, after })).toHaveLength(1);
  });

  test('refuses more than a thousand', () => {
    const call = () => nextFires({ every: '1h' }, { zones, after, count: 1001 });
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_TRIGGER', field: 'count' }));
  });

  test('takes stored forms and what users write alike', () => {
    const input: TriggerInput = { daily: '09:00', zone: 'Asia/Tokyo', jitter: '10m' };
    expect(firesOf(parse(input), { zones, after })).toEqual(nextFires(input, { zones, after }));
  });

  test('says what a clock change did', () => {
    const notesOf = (from: number) => {
      const input: TriggerInput = { daily: '02:30', zone: 'Europe/Berlin' };
      return nextFires(input, { zones, after: from, count: 2 }).map(({ notes }) => notes);
    };
    expect(notesOf(Date.UTC(2026, 2, 28, 12))).toEqual([
      ['first instant after a clock change in Europe/Berlin that skips 60 minutes'],
      [],
    ]);
    expect(notesOf(Date.UTC(2026, 9, 24, 12))).toEqual([
      ['the local time comes twice in Europe/Berlin: this is the first one'],
      [],
    ]);
  });

  test('says which copy of a repeated hour it is', () => {
    const input: TriggerInput = { cron: '0 * * * *', zone: 'Europe/Berlin' };
    const fires = nextFires(input, { zones, after: Date.UTC(2026, 9, 24, 23, 30), count: 3 });
    expect(fires.map(({ notes }) => notes.join())).toEqual([
      'the local time comes twice in Europe/Berlin: this is the first one',
      'the local time comes twice in Europe/Berlin: this is the second one',
      '',
    ]);
  });

  test('says what was moved by the calendar', () => {
    const input: TriggerInput = { weekly: 'fri,sat 09:00', calendar: 'week', roll: 'following' };
    const fires = nextFires(input, { zones, after, calendars, count: 3 });
    expect(fires.map(({ fireAt, notes }) => [new Date(fireAt).getUTCDate(), notes.length])).toEqual(
      [
        [2, 0],
        [5, 1],
        [9, 0],
      ],
    );
  });
});

describe('jitter', () => {
  const spec = parse({ every: '1h', jitter: '10m' });

  test('is stable, within its bounds and spread', () => {
    const shifts: number[] = [];
    for (let i = 0; i < 2000; i++) {
      const fireAt = after + i * 3_600_000;
      const shift = startAtOf(spec, 'job', fireAt) - fireAt;
      expect(startAtOf(spec, 'job', fireAt) - fireAt).toBe(shift);
      expect(shift).toBeGreaterThanOrEqual(0);
      expect(shift).toBeLessThanOrEqual(600_000);
      shifts.push(shift);
    }
    const mean = shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length;
    // Uniform: 300,000 with a standard deviation of 3,900 for the mean of 2,000.
    expect(Math.abs(mean - 300_000)).toBeLessThan(20_000);
  });

  test('differs between jobs and is none unless asked for', () => {
    expect(startAtOf(spec, 'a', after)).not.toBe(startAtOf(spec, 'b', after));
    expect(startAtOf(parse({ every: '1h' }), 'a', after)).toBe(after);
  });

  test('is inclusive at both ends', () => {
    const tight = { ...spec, jitterMs: 2 };
    const shifts = new Set(
      Array.from({ length: 200 }, (_, i) => startAtOf(tight, 'job', after + i) - after - i),
    );
    expect([...shifts].sort()).toEqual([0, 1, 2]);
  });
});

describe('triggerNeeds', () => {
  test('looks through unions', () => {
    const spec = parse([
      { after: ['a', 'b'], on: 'failure' },
      { after: 'a', on: 'failure' },
      { startup: true },
      { startup: 'node' },
      { every: '1m', from: 'end' },
      { daily: '09:00', zone: 'Asia/Tokyo', calendar: 'week' },
      { every: '1h', calendar: 'other' },
    ]);
    expect(triggerNeeds(spec)).toEqual({
      afterJobs: [
        { job: 'a', on: 'failure' },
        { job: 'b', on: 'failure' },
      ],
      startup: 'node',
      countsFromEnd: true,
      calendars: ['week', 'other'],
      zones: ['Asia/Tokyo', 'UTC'],
    });
  });

  test('is empty for a plain interval', () => {
    expect(triggerNeeds(parse({ every: '1h' }))).toEqual({
      afterJobs: [],
      startup: null,
      countsFromEnd: false,
      calendars: [],
      zones: [],
    });
  });
});

describe('memory', () => {
  test('keeps what belongs to others', () => {
    const spec = parse({ every: '1h' });
    const trigger = compileTrigger(spec, { zones, calendars, jobName: 'job' });
    const memory = { ...freshMemory(after), endedAt: 5, carriedCount: 7 };
    expect(advanceMemory(trigger, memory, after + 10)).toEqual({
      ...memory,
      previousAt: after + 10,
      fireCount: 1,
    });
    expect(memory.fireCount).toBe(0);
  });

  test('a new job that is accepted in the past is planned from just before its instant', () => {
    expect(planFrom(parse({ once: after - 500 }), after)).toBe(after - 501);
    expect(planFrom(parse({ once: 1000, allowPast: true }), after)).toBe(999);
    expect(planFrom(parse({ once: after + 1 }), after)).toBe(after);
    expect(planFrom(parse({ every: '1h' }), after)).toBe(after);
  });
});
