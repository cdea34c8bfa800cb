import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test } from 'vitest';
import { isTickworkError } from '../base/errors.ts';
import { ZoneTable } from '../time/zone-table.ts';
import { type ParseDefaults, parseTrigger, triggerKeys } from './parse-trigger.ts';
import type { TriggerInput } from './trigger-input.ts';

const zones = new ZoneTable(temporalZoneData());
const now = Date.UTC(2026, 5, 15, 12);
const defaults: ParseDefaults = { zone: 'UTC', now, zones };

function parse(input: unknown, changes: Partial<ParseDefaults> = {}) {
  return parseTrigger(input as TriggerInput, { ...defaults, ...changes });
}

const dst = { gap: 'after', overlap: 'first' };
const wall = { zone: 'UTC', every: 1, dst };

describe('what is written and what is stored', () => {
  const cases: readonly (readonly [unknown, unknown])[] = [
    [{ every: '30s' }, { kind: 'interval', everyMs: 30_000 }],
    [{ every: 'PT1H30M' }, { kind: 'interval', everyMs: 5_400_000 }],
    [
      { every: '10m', anchor: '2026-01-01T00:05' },
      { kind: 'interval', everyMs: 600_000, anchorAt: Date.UTC(2026, 0, 1, 0, 5) },
    ],
    [
      { every: '1h', startAt: '2026-01-01T00:30', limit: 5 },
      {
        kind: 'interval',
        everyMs: 3_600_000,
        anchorAt: Date.UTC(2026, 0, 1, 0, 30),
        startAt: Date.UTC(2026, 0, 1, 0, 30),
        runsMax: 5,
      },
    ],
    [
      { every: '5m', from: 'end' },
      { kind: 'fixed-delay', delayMs: 300_000 },
    ],
    ['*/5 * * * *', { kind: 'cron', expression: '*/5 * * * *', zone: 'UTC', dialect: 'standard' }],
    [
      { cron: 'CRON_TZ=asia/tokyo 0 9 * * *' },
      { kind: 'cron', expression: '0 9 * * *', zone: 'Asia/Tokyo', dialect: 'standard' },
    ],
    [
      { cron: '@daily', zone: 'Europe/Berlin', dst: 'ocps' },
      {
        kind: 'cron',
        expression: '@daily',
        zone: 'Europe/Berlin',
        dialect: 'standard',
        dst: { gap: 'skip', overlap: 'first' },
      },
    ],
    [
      // What is not written of `dst` is what the hour field decides.
      { cron: '0 * * * *', dst: { overlap: 'last' } },
      {
        kind: 'cron',
        expression: '0 * * * *',
        zone: 'UTC',
        dialect: 'standard',
        dst: { gap: 'skip', overlap: 'last' },
      },
    ],
    ['@every 90m/5m', { kind: 'interval', everyMs: 5_400_000, anchorAt: 300_000 }],
    [{ daily: '2:00' }, { kind: 'daily', times: ['02:00'], ...wall }],
    [
      { daily: ['17:00', '09:00', '09:00:00', '09:00:30'] },
      { kind: 'daily', times: ['09:00', '09:00:30', '17:00'], ...wall },
    ],
    [
      { weekly: 'fri,mon-wed 09:00,17:00' },
      { kind: 'weekly', weekdays: [1, 2, 3, 5], times: ['09:00', '17:00'], ...wall },
    ],
    [
      { weekly: { on: [7, 'Saturday'], at: '10:00' } },
      { kind: 'weekly', weekdays: [6, 7], times: ['10:00'], ...wall },
    ],
    [
      { weekly: ['mon 09:00', 'fri 17:00', 'tue 09:00'], jitter: '1m' },
      {
        kind: 'any',
        of: [
          { kind: 'weekly', weekdays: [1, 2], times: ['09:00'], ...wall },
          { kind: 'weekly', weekdays: [5], times: ['17:00'], ...wall },
        ],
        jitterMs: 60_000,
      },
    ],
    [
      { monthly: '1,-2,last 09:00' },
      { kind: 'monthly', days: [{ day: 1 }, { day: -2 }, { day: -1 }], times: ['09:00'], ...wall },
    ],
    [
      { monthly: '2nd tue,last fri 10:00' },
      {
        kind: 'monthly',
        days: [
          { nth: 2, weekday: 2 },
          { nth: -1, weekday: 5 },
        ],
        times: ['10:00'],
        ...wall,
      },
    ],
    [
      { monthly: { on: ['1st workday', 'last working day'], at: '09:00' } },
      {
        kind: 'monthly',
        days: [
          { nth: 1, workday: true },
          { nth: -1, workday: true },
        ],
        times: ['09:00'],
        ...wall,
      },
    ],
    [
      { everyDays: 2, at: '02:30', anchor: '2026-01-01' },
      { kind: 'daily', times: ['02:30'], ...wall, every: 2, anchorDate: '2026-01-01' },
    ],
    [
      { everyWeeks: 2 },
      {
        kind: 'weekly',
        weekdays: [1],
        times: ['00:00'],
        ...wall,
        every: 2,
        anchorDate: '2026-06-15',
      },
    ],
    [
      { everyMonths: 3, at: '08:00', anchor: '2026-01-31' },
      {
        kind: 'monthly',
        days: [{ day: 31 }],
        times: ['08:00'],
        ...wall,
        every: 3,
        anchorDate: '2026-01-31',
      },
    ],
    [
      { once: '2026-12-01T09:00', zone: 'Asia/Shanghai' },
      { kind: 'once', at: Date.UTC(2026, 11, 1, 1) },
    ],
    [{ once: '2026-12-01T09:00:00+02:00' }, { kind: 'once', at: Date.UTC(2026, 11, 1, 7) }],
    [{ once: now + 5 }, { kind: 'once', at: now + 5 }],
    [{ once: new Date(now - 999) }, { kind: 'once', at: now - 999 }],
    [
      { once: '2020-01-01', allowPast: true },
      { kind: 'once', at: Date.UTC(2020, 0, 1), allowPast: true },
    ],
    [
      { random: { min: '10m', max: '30m', seed: 7, activeHours: '22:00-02:00' } },
      {
        kind: 'random',
        minMs: 600_000,
        maxMs: 1_800_000,
        seed: '7',
        activeHours: [
          { from: '00:00', to: '02:00' },
          { from: '22:00', to: '24:00' },
        ],
        zone: 'UTC',
      },
    ],
    [
      { random: { min: '1s', max: '1s', weekdayWeights: { sun: 0, sat: 0.5 } } },
      {
        kind: 'random',
        minMs: 1000,
        maxMs: 1000,
        seed: '',
        weekdayWeights: [1, 1, 1, 1, 1, 0.5, 0],
        zone: 'UTC',
      },
    ],
    [{ startup: true }, { kind: 'startup', scope: 'cluster' }],
    [{ startup: 'node' }, { kind: 'startup', scope: 'node' }],
    [{ after: 'a, b' }, { kind: 'after', jobs: ['a, b'], on: 'success' }],
    [
      { after: ['a', 'b', 'a'], on: 'failure' },
      { kind: 'after', jobs: ['a', 'b'], on: 'failure' },
    ],
    [{ manual: true }, { kind: 'manual' }],
    [
      [{ every: '1h' }, '@hourly'],
      {
        kind: 'any',
        of: [
          { kind: 'interval', everyMs: 3_600_000 },
          { kind: 'cron', expression: '@hourly', zone: 'UTC', dialect: 'standard' },
        ],
      },
    ],
    [
      { any: [{ every: '1h' }], limit: 2 },
      { kind: 'interval', everyMs: 3_600_000, runsMax: 2 },
    ],
    [
      { any: [{ daily: '09:00' }, { daily: '10:00', zone: 'UTC' }], zone: 'Asia/Tokyo' },
      {
        kind: 'any',
        of: [
          { kind: 'daily', times: ['09:00'], ...wall, zone: 'Asia/Tokyo' },
          { kind: 'daily', times: ['10:00'], ...wall },
        ],
      },
    ],
    [
      { daily: '09:00', calendar: 'cn', roll: 'following', endAt: '2026-12-31' },
      {
        kind: 'daily',
        times: ['09:00'],
        ...wall,
        calendar: 'cn',
        calendarZone: 'UTC',
        roll: 'following',
        endAt: Date.UTC(2027, 0, 1) - 1,
      },
    ],
  ];
  for (const [input, expected] of cases) {
    test(JSON.stringify(input), () => {
      const spec = parse(input);
      expect(spec).toEqual(expected);
      expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    });
  }

  test('bounds of members and of the union are kept apart', () => {
    const spec = parse({ any: [{ every: '1h', endAt: '2027-01-01' }], endAt: '2026-09-01' });
    expect(spec).toMatchObject({ kind: 'any', endAt: Date.UTC(2026, 8, 2) - 1 });
  });

  test('the keys of all forms are known to callers that mix them with others', () => {
    expect(triggerKeys).toEqual(
      expect.arrayContaining(['every', 'any', 'on', 'at', 'zone', 'limit']),
    );
  });
});

describe('refusals name the place and the remedy', () => {
  const cases: readonly (readonly [unknown, string, string, RegExp])[] = [
    [7, 'INVALID_TRIGGER', 'trigger', /is no trigger/],
    [{}, 'INVALID_TRIGGER', 'trigger', /Write one of every, cron/],
    [{ evry: '1h' }, 'INVALID_TRIGGER', 'trigger', /Did you mean `every`/],
    [{ every: '1h', cron: '* * * * *' }, 'INVALID_TRIGGER', 'trigger', /`every` and `cron`/],
    [{ every: '1h', strtAt: 0 }, 'INVALID_TRIGGER', 'strtAt', /Did you mean `startAt`/],
    [{ every: '1h', on: 'mon' }, 'INVALID_TRIGGER', 'on', /no option of `every`/],
    [{ every: 30 }, 'INVALID_DURATION', 'every', /no unit/],
    [{ every: '5ms' }, 'INVALID_DURATION', 'every', /shorter than 10ms/],
    [{ every: '200y' }, 'INVALID_DURATION', 'every', /no duration/],
    [{ every: '1h', anchor: 'x' }, 'INVALID_INSTANT', 'anchor', /no date-time/],
    [{ every: '1h', phase: '2h' }, 'INVALID_TRIGGER', 'phase', /not shorter/],
    [{ every: '1h', from: 'end', phase: '1m' }, 'INVALID_TRIGGER', 'phase', /means nothing/],
    [{ every: '1h', from: 'begin' }, 'INVALID_TRIGGER', 'from', /`start`, `end`/],
    [{ every: '1h', dst: 'ocps' }, 'INVALID_TRIGGER', 'dst', /means nothing/],
    [{ every: '1h', roll: 'following', calendar: 'c' }, 'INVALID_TRIGGER', 'roll', /means nothing/],
    [
      { cron: '@every 1h', roll: 'preceding', calendar: 'c' },
      'INVALID_TRIGGER',
      'roll',
      /interval/,
    ],
    [
      { any: [{ daily: '09:00' }, { every: '1h' }], roll: 'following', calendar: 'c' },
      'INVALID_TRIGGER',
      'roll',
      /Put it on the members/,
    ],
    [{ every: '1h', jitter: '1h' }, 'INVALID_TRIGGER', 'jitter', /not shorter than the 1h/],
    [{ daily: '09:00,09:10', jitter: '10m' }, 'INVALID_TRIGGER', 'jitter', /10m between/],
    [{ every: '1h', limit: 0 }, 'INVALID_TRIGGER', 'limit', /whole number/],
    [{ every: '1h', limit: 1, runsMax: 2 }, 'INVALID_TRIGGER', 'limit', /same as/],
    [{ every: '1h', zone: 'Europe/Berln' }, 'INVALID_ZONE', 'zone', /Europe\/Berlin/],
    [{ daily: '24:00' }, 'INVALID_TRIGGER', 'daily', /no time of day/],
    [{ daily: [] }, 'INVALID_TRIGGER', 'daily', /empty/],
    [{ daily: ['09:00', '9h'] }, 'INVALID_TRIGGER', 'daily[1]', /no time of day/],
    [{ daily: '09:00', dst: 'never' }, 'INVALID_TRIGGER', 'dst', /no rule/],
    [{ daily: '09:00', dst: { gap: 'last' } }, 'INVALID_TRIGGER', 'dst.gap', /`after`, `skip`/],
    [{ daily: '09:00', roll: 'following' }, 'INVALID_TRIGGER', 'roll', /without `calendar`/],
    [{ daily: '09:00', calendar: 'c', roll: 'up' }, 'INVALID_TRIGGER', 'roll', /following/],
    [{ weekly: 'mon' }, 'INVALID_TRIGGER', 'weekly', /days and then a time/],
    [{ weekly: 'moon 09:00' }, 'INVALID_TRIGGER', 'weekly', /no weekday/],
    [{ weekly: [{ on: 'mon', att: '1:00' }] }, 'INVALID_TRIGGER', 'weekly[0].att', /mean `at`/],
    [{ monthly: '0 09:00' }, 'INVALID_TRIGGER', 'monthly', /no day of a month/],
    [{ monthly: '6th fri 09:00' }, 'INVALID_TRIGGER', 'monthly', /no day of a month/],
    [{ everyDays: 0 }, 'INVALID_TRIGGER', 'everyDays', /from 1 to 3660/],
    [{ everyDays: 2, anchor: '1.1.2026' }, 'INVALID_TRIGGER', 'anchor', /YYYY-MM-DD/],
    [
      { everyMonths: 12, on: 31, anchor: '2026-02-01' },
      'NEVER_FIRES',
      'trigger',
      /never fires up to the year 2199/,
    ],
    [{ cron: '0 0 30 2 *' }, 'NEVER_FIRES', 'trigger', /never fires/],
    [{ cron: '0 9 * *' }, 'INVALID_CRON', 'cron', /4 fields/],
    [{ cron: '@reboot' }, 'INVALID_CRON', 'cron', /startup/],
    [{ cron: 'TZ=Asia/Tokyo @daily', zone: 'UTC' }, 'INVALID_TRIGGER', 'cron', /another zone/],
    [{ once: '2026-06-15T11:59:58Z' }, 'RUN_AT_PAST', 'once', /allowPast/],
    [{ once: 'tomorrow' }, 'INVALID_INSTANT', 'once', /no date-time/],
    [{ once: '2026-12-01', allowPast: 1 }, 'INVALID_TRIGGER', 'allowPast', /true nor false/],
    [{ once: '2026-12-01', endAt: '2026-11-01' }, 'NEVER_FIRES', 'trigger', /never fires between/],
    [{ every: '1h', startAt: '2027-01-01', endAt: 0 }, 'INVALID_TRIGGER', 'endAt', /lies before/],
    [{ random: '1h' }, 'INVALID_TRIGGER', 'random', /no object/],
    [{ random: { min: '2h', max: '1h' } }, 'INVALID_TRIGGER', 'random.max', /shorter than `min`/],
    [{ random: { min: '1h' } }, 'INVALID_TRIGGER', 'random.max', /no text/],
    [
      { random: { min: '1h', max: '2h', weekdayWeights: [1, 2] } },
      'INVALID_TRIGGER',
      'random.weekdayWeights',
      /seven numbers/,
    ],
    [
      { random: { min: '1h', max: '2h', activeHours: '8-9' } },
      'INVALID_TRIGGER',
      'random.activeHours',
      /no span of hours/,
    ],
    [{ startup: false }, 'INVALID_TRIGGER', 'startup', /`cluster`, `node`/],
    [{ after: [] }, 'INVALID_TRIGGER', 'after', /empty/],
    [{ after: '' }, 'INVALID_TRIGGER', 'after', /no text/],
    [{ manual: false }, 'INVALID_TRIGGER', 'manual', /not true/],
    [[], 'INVALID_TRIGGER', 'trigger', /members/],
    [{ any: {} }, 'INVALID_TRIGGER', 'any', /no list/],
    [[{ any: [] }], 'INVALID_TRIGGER', 'trigger[0].any', /union in a union/],
    [[{ every: '1h', limit: 2 }], 'INVALID_TRIGGER', 'trigger[0].limit', /whole union/],
    [[{ every: '1h' }, { every: 'x' }], 'INVALID_DURATION', 'trigger[1].every', /duration/],
    [{ any: [{ every: '1h' }], dst: 'ocps' }, 'INVALID_TRIGGER', 'dst', /option of the members/],
    [[{ daily: '09:00' }, { cron: '0 0 31 4 *' }], 'NEVER_FIRES', 'trigger[1]', /never fires/],
  ];
  for (const [input, code, field, message] of cases) {
    test(JSON.stringify(input), () => {
      const error = errorOf(() => parse(input));
      expect({ code: error.code, field: error.field }).toEqual({ code, field });
      expect(error.message).toMatch(message);
      expect(error.remedy).not.toBe('');
    });
  }

  test('the place of the trigger leads the path', () => {
    const field = 'jobs.backup.trigger';
    const place = (input: unknown) => errorOf(() => parse(input, { field })).field;
    expect(place({ every: '1h', jiter: '1s' })).toBe('jobs.backup.trigger.jiter');
    expect(place([{ daily: '25:00' }])).toBe('jobs.backup.trigger[0].daily');
    expect(place({})).toBe('jobs.backup.trigger');
  });

  test('10,000 mangled inputs are read or refused by the catalogue, never otherwise', () => {
    const words = ['every', 'cron', '1h', '* * * * *', 'mon 09:00', null, true, -1, 1e300, [], {}];
    let state = 1;
    const pick = (): unknown => {
      state = (Math.imul(state, 48_271) >>> 0) % 0x7fffffff;
      return words[state % words.length];
    };
    for (let i = 0; i < 10_000; i++) {
      const key = triggerKeys[i % triggerKeys.length] ?? '';
      const other = triggerKeys[(i * 7 + 3) % triggerKeys.length] ?? '';
      const input = { [key]: pick(), [other]: i % 3 === 0 ? { [String(pick())]: pick() } : pick() };
      try {
        parse(i % 5 === 0 ? [input, pick()] : input);
      } catch (error) {
        expect(isTickworkError(error), `${JSON.stringify(input)}: ${String(error)}`).toBe(true);
      }
    }
  });
});

function errorOf(call: () => unknown) {
  try {
    call();
  } catch (error) {
    if (isTickworkError(error)) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('long texts', () => {
  const long = '02:00,'.repeat(2_000);

  test.each([
    [{ every: long }, 'every'],
    [{ daily: long }, 'daily'],
    [{ daily: ['02:00', long] }, 'daily[1]'],
    [{ weekly: { on: long, at: '02:00' } }, 'weekly.on'],
    [{ monthly: { on: '1', at: [long] } }, 'monthly.at[0]'],
    [{ random: { min: '1h', max: '2h', activeHours: long } }, 'random.activeHours'],
    [{ random: { min: '1h', max: '2h', weekdayWeights: { [long]: 1 } } }, 'random.weekdayWeights'],
    [{ any: [{ cron: long }] }, 'any[0].cron'],
    [{ [long]: '1h' }, ''],
  ])('are refused before they are read: %#', (input, field) => {
    const [error] = [() => parse(input)].map(failure);
    expect(error).toMatchObject({
      code: 'INVALID_TRIGGER',
      field,
      reason: 'has 12000 characters; at most 10000 are read.',
    });
    expect(error?.message.length).toBeLessThan(400);
  });
});

function failure(action: () => unknown): Error | null {
  try {
    action();
    return null;
  } catch (error) {
    return error as Error;
  }
}
