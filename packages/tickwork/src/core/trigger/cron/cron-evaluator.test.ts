import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test } from 'vitest';
import type { DstRule } from '../../time/dst-rule.ts';
import { ZoneTable } from '../../time/zone-table.ts';
import { CronCompiler } from './cron-compiler.ts';
import type { CronEvaluator } from './cron-evaluator.ts';

const compiler = new CronCompiler(new ZoneTable(temporalZoneData()));

interface Setting {
  readonly dst?: DstRule;
  readonly dialect?: 'standard' | 'quartz';
  readonly seed?: string;
}

function cron(expression: string, zone: string, setting: Setting = {}): CronEvaluator {
  const { dialect = 'standard', dst, seed = 'job' } = setting;
  const spec = { expression, zone, dialect, ...(dst === undefined ? {} : { dst }) };
  return compiler.compile(spec, { seed });
}

function instant(text: string): number {
  return Date.parse(/Z$/.test(text) ? text : `${text}Z`);
}

/** The instants after `after` as `MM-DD HH:MM` in UTC, and the way back must be the same. */
function fires(evaluator: CronEvaluator, after: string, count: number): string[] {
  const found: number[] = [];
  let at: number | null = instant(after);
  for (let i = 0; i < count; i++) {
    at = at === null ? null : evaluator.next(at);
    if (at === null) break;
    found.push(at);
  }
  for (let i = 1; i < found.length; i++) {
    expect(evaluator.prev(found[i] ?? 0)).toBe(found[i - 1]);
  }
  return found.map((each) => new Date(each).toISOString().slice(5, 16).replace('T', ' '));
}

describe('a lost local time of a daily job fires at the first instant after the gap', () => {
  test.each([
    // zone, expression, after, expected
    ['Europe/Berlin', '30 2 * * *', '2026-03-28T12:00', ['03-29 01:00', '03-30 00:30']],
    ['America/New_York', '30 2 * * *', '2026-03-07T12:00', ['03-08 07:00', '03-09 06:30']],
    ['Australia/Sydney', '30 2 * * *', '2026-10-03T00:00', ['10-03 16:00', '10-04 15:30']],
    ['America/Santiago', '30 0 * * *', '2026-09-05T12:00', ['09-06 04:00', '09-07 03:30']],
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-03T00:00', ['10-03 15:30', '10-04 15:15']],
    ['Asia/Beirut', '0 0 * * *', '2026-03-28T12:00', ['03-28 22:00', '03-29 21:00']],
    ['Asia/Beirut', '30 0 * * *', '2026-03-28T12:00', ['03-28 22:00', '03-29 21:30']],
    ['Africa/Cairo', '0 0 * * *', '2026-04-23T12:00', ['04-23 22:00', '04-24 21:00']],
    ['America/Sao_Paulo', '0 0 * * *', '2018-11-03T12:00', ['11-04 03:00', '11-05 02:00']],
    [
      'Pacific/Apia',
      '0 12 * * *',
      '2011-12-29T00:00',
      ['12-29 22:00', '12-30 10:00', '12-30 22:00'],
    ],
    // Several lost times fire once, and a regular one at that instant is the same.
    ['Europe/Berlin', '*/15 2 * * *', '2026-03-28T12:00', ['03-29 01:00', '03-30 00:00']],
    ['Europe/Berlin', '30 2,3 * * *', '2026-03-28T12:00', ['03-29 01:00', '03-29 01:30']],
    ['Europe/Berlin', '0 2,3 * * *', '2026-03-28T12:00', ['03-29 01:00', '03-30 00:00']],
    ['Europe/Berlin', '30 2 29 3 *', '2026-01-01T00:00', ['03-29 01:00', '03-29 00:30']],
  ] as const)('%s %s', (zone, expression, after, expected) => {
    expect(fires(cron(expression, zone), after, expected.length)).toEqual(expected);
  });
});

describe('a repeated local time of a daily job fires in its first copy', () => {
  test.each([
    ['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00', ['10-25 00:30', '10-26 01:30']],
    ['America/New_York', '30 1 * * *', '2026-10-31T12:00', ['11-01 05:30', '11-02 06:30']],
    ['Australia/Sydney', '30 2 * * *', '2026-04-04T00:00', ['04-04 15:30', '04-05 16:30']],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-04T00:00', ['04-04 14:45', '04-05 15:15']],
    ['Africa/Cairo', '30 23 * * *', '2026-10-29T12:00', ['10-29 20:30', '10-30 21:30']],
    ['America/Sao_Paulo', '30 23 * * *', '2018-02-17T12:00', ['02-18 01:30', '02-19 02:30']],
    [
      'Europe/Berlin',
      '*/30 2 * * *',
      '2026-10-24T12:00',
      ['10-25 00:00', '10-25 00:30', '10-26 01:00'],
    ],
    // Asked for from within the second copy.
    ['Europe/Berlin', '30 2 * * *', '2026-10-25T01:10', ['10-26 01:30']],
  ] as const)('%s %s', (zone, expression, after, expected) => {
    expect(fires(cron(expression, zone), after, expected.length)).toEqual(expected);
  });
});

describe('an hourly job keeps its hours', () => {
  test.each([
    [
      'Europe/Berlin',
      '30 * * * *',
      '2026-03-29T00:00',
      ['03-29 00:30', '03-29 01:30', '03-29 02:30'],
    ],
    [
      'Europe/Berlin',
      '30 * * * *',
      '2026-10-24T23:45',
      ['10-25 00:30', '10-25 01:30', '10-25 02:30'],
    ],
    ['Australia/Lord_Howe', '0 * * * *', '2026-10-03T14:30', ['10-03 16:00', '10-03 17:00']],
    [
      'Australia/Lord_Howe',
      '*/30 * * * *',
      '2026-04-04T14:00',
      ['04-04 14:30', '04-04 15:00', '04-04 15:30'],
    ],
    // 02:00 is lost: */2 goes on at 04:00.
    ['Europe/Berlin', '0 */2 * * *', '2026-03-28T22:00', ['03-28 23:00', '03-29 02:00']],
    // 02:00 comes twice: */2 fires in both.
    [
      'Europe/Berlin',
      '0 */2 * * *',
      '2026-10-24T22:30',
      ['10-25 00:00', '10-25 01:00', '10-25 03:00'],
    ],
    [
      'Pacific/Apia',
      '0 * * * *',
      '2011-12-30T08:30',
      ['12-30 09:00', '12-30 10:00', '12-30 11:00'],
    ],
  ] as const)('%s %s', (zone, expression, after, expected) => {
    expect(fires(cron(expression, zone), after, expected.length)).toEqual(expected);
  });
});

test.each([
  ['* * * * *', 'interval-like'],
  ['0 */2 * * *', 'interval-like'],
  ['0 *,5 * * *', 'interval-like'],
  ['0 0-23 * * *', 'interval-like'],
  ['0 0/1 * * *', 'interval-like'],
  ['0 0-11,12-23 * * *', 'interval-like'],
  ['*/15 2 * * *', 'time-of-day'],
  ['0 0-22 * * *', 'time-of-day'],
  ['0 H/2 * * *', 'time-of-day'],
])('the hour field of %s is %s', (expression, kind) => {
  expect(cron(expression, 'UTC').hourKind).toBe(kind);
});

describe('the rule for clock changes may be set', () => {
  const gap = '2026-03-28T12:00';
  const overlap = '2026-10-24T12:00';
  test.each([
    ['30 2 * * *', gap, { gap: 'skip', overlap: 'first' }, ['03-30 00:30']],
    ['30 2 * * *', gap, { gap: 'after', overlap: 'first' }, ['03-29 01:00']],
    ['30 2 * * *', overlap, { gap: 'skip', overlap: 'both' }, ['10-25 00:30', '10-25 01:30']],
    ['30 2 * * *', overlap, { gap: 'skip', overlap: 'last' }, ['10-25 01:30', '10-26 01:30']],
    ['30 2 * * *', '2026-10-25T01:00', { gap: 'skip', overlap: 'last' }, ['10-25 01:30']],
    // Minutes of the repeated hour, last copies only: an hour without a fire.
    [
      '59 * * * *',
      '2026-10-24T23:30',
      { gap: 'skip', overlap: 'last' },
      ['10-24 23:59', '10-25 01:59'],
    ],
    [
      '59 * * * *',
      '2026-10-24T23:30',
      { gap: 'skip', overlap: 'first' },
      ['10-24 23:59', '10-25 00:59', '10-25 02:59'],
    ],
    [
      '30 * * * *',
      '2026-03-29T00:00',
      { gap: 'after', overlap: 'both' },
      ['03-29 00:30', '03-29 01:00', '03-29 01:30'],
    ],
  ] as const)('%s after %s with %o', (expression, after, dst, expected) => {
    const evaluator = cron(expression, 'Europe/Berlin', { dst });
    expect(fires(evaluator, after, expected.length)).toEqual(expected);
  });
});

describe('dates', () => {
  test.each([
    ['0 0 29 2 *', '2096-03-01T00:00', '2104-02-29T00:00'],
    ['0 0 29 2 +MON', '2196-03-01T00:00', null],
    ['0 0 29 2 +MON', '2024-03-01T00:00', '2044-02-29T00:00'],
    ['0 0 31W * *', '2026-04-01T00:00', '2026-05-29T00:00'],
    ['0 0 1W * *', '2026-07-31T00:00', '2026-08-03T00:00'],
    ['0 0 LW * *', '2026-05-01T00:00', '2026-05-29T00:00'],
    // L-0 is L, as in Quartz.
    ['0 0 L-0 * *', '2026-02-01T00:00', '2026-02-28T00:00'],
    ['0 0 L-0 2 *', '2027-03-01T00:00', '2028-02-29T00:00'],
    ['0 0 L-0W * *', '2026-05-01T00:00', '2026-05-29T00:00'],
    ['0 0 L-30 * *', '2026-02-01T00:00', '2026-03-01T00:00'],
    ['0 0 * * 5#5', '2026-02-01T00:00', '2026-05-29T00:00'],
    ['0 0 * * 0L', '2026-02-01T00:00', '2026-02-22T00:00'],
    ['0 0 13 * 5', '2026-02-01T00:00', '2026-02-06T00:00'],
    ['0 0 13 * +5', '2026-02-14T00:00', '2026-03-13T00:00'],
    ['0 0 */2 * MON', '2026-02-01T00:00', '2026-02-02T00:00'],
    ['0 0 0 1 1 * 2030', '2031-01-01T00:00', null],
    ['59 59 23 31 12 * 2199', '2026-01-01T00:00', '2199-12-31T23:59:59'],
    ['* * * * *', '2199-12-31T23:59', null],
  ])('%s after %s', (expression, after, expected) => {
    const found = cron(expression, 'UTC').next(instant(after));
    expect(found).toBe(expected === null ? null : instant(expected));
  });

  test('a date that never comes is found out', () => {
    for (const never of ['0 0 30 2 *', '0 0 31 4,6 *', '0 0 1 1 +1#2']) {
      expect(cron(never, 'UTC').firesAtAll(), never).toBe(false);
    }
    expect(cron('0 0 30 2 MON', 'UTC').firesAtAll()).toBe(true);
  });

  test('the years 1970 and 2199 end the search on both sides, in every zone', () => {
    const tokyo = cron('0 0 * * *', 'Asia/Tokyo');
    expect(tokyo.next(Number.NEGATIVE_INFINITY)).toBe(instant('1970-01-01T15:00'));
    expect(tokyo.prev(Number.POSITIVE_INFINITY)).toBe(instant('2199-12-30T15:00'));
    expect(tokyo.prev(instant('1970-01-01T15:00'))).toBeNull();
    expect(tokyo.next(instant('2199-12-30T15:00'))).toBeNull();
    for (const odd of [Number.NaN, 1e300, -1e300, 0.5]) {
      expect(() => [tokyo.next(odd), tokyo.prev(odd)]).not.toThrow();
    }
  });

  test('parts of a second round towards the answer', () => {
    const second = cron('* * * * * *', 'UTC');
    expect(second.next(instant('2026-01-01T00:00:00.500Z'))).toBe(instant('2026-01-01T00:00:01Z'));
    expect(second.prev(instant('2026-01-01T00:00:00.500Z'))).toBe(instant('2026-01-01T00:00:00Z'));
    expect(second.matches(instant('2026-01-01T00:00:00Z'))).toBe(true);
    expect(second.matches(instant('2026-01-01T00:00:00.001Z'))).toBe(false);
  });
});

describe('a hash', () => {
  const minuteOf = (job: string, expression = 'H * * * *') => {
    return new Date(cron(expression, 'UTC', { seed: job }).next(0) ?? 0).getUTCMinutes();
  };

  test('stays the same for a job and spreads over jobs', () => {
    const jobs = Array.from({ length: 600 }, (_, i) => `job ${i}`);
    const counts = new Map<number, number>();
    for (const job of jobs) counts.set(minuteOf(job), (counts.get(minuteOf(job)) ?? 0) + 1);
    expect(counts.size).toBe(60);
    expect(Math.max(...counts.values())).toBeLessThan(30);
  });

  test('never changes between versions', () => {
    expect(['a', 'backup', 'report'].map((job) => minuteOf(job))).toEqual([30, 47, 23]);
  });

  test('stays within its range and keeps its step', () => {
    for (let i = 0; i < 200; i++) {
      const days = cron('0 0 H * *', 'UTC', { seed: `${i}` });
      expect(new Date(days.next(0) ?? 0).getUTCDate()).toBeLessThanOrEqual(28);
      const [first = 0, second = 0] = [
        minuteOf(`${i}`, 'H(10-20) * * * *'),
        minuteOf(`${i}`, '10~20 * * * *'),
      ];
      expect(first).toBeGreaterThanOrEqual(10);
      expect(first).toBeLessThanOrEqual(20);
      expect(second).toBe(first);
      const stepped = cron('H/15 * * * *', 'UTC', { seed: `${i}` });
      const at = stepped.next(0) ?? 0;
      expect((stepped.next(at) ?? 0) - at).toBe(15 * 60_000);
    }
  });
});

describe('the compiler', () => {
  test('shares evaluators of equal schedules', () => {
    const one = cron('0 9 * * *', 'Europe/Berlin');
    expect(cron('0 9 * * *', 'Europe/Berlin', { seed: 'other' })).toBe(one);
    expect(cron('0 9 * * *', 'UTC')).not.toBe(one);
    expect(cron('0 9 * * *', 'Europe/Berlin', { dialect: 'quartz' })).not.toBe(one);
    const skip = { gap: 'skip', overlap: 'first' } as const;
    expect(cron('0 9 * * *', 'Europe/Berlin', { dst: skip })).not.toBe(one);
    const hash = cron('H 9 * * *', 'UTC', { seed: 'a' });
    expect(cron('H 9 * * *', 'UTC', { seed: 'a' })).toBe(hash);
    expect(cron('H 9 * * *', 'UTC', { seed: 'b' })).not.toBe(hash);
  });

  test('keeps no more than its limit', () => {
    const small = new CronCompiler(new ZoneTable(temporalZoneData()), { cacheMax: 2 });
    const ask = (expression: string) =>
      small.compile({ expression, zone: 'UTC', dialect: 'standard' }, { seed: '' });
    const first = ask('1 * * * *');
    ask('2 * * * *');
    expect(ask('1 * * * *')).toBe(first);
    ask('3 * * * *');
    expect(ask('1 * * * *')).toBe(first);
    ask('4 * * * *');
    ask('5 * * * *');
    expect(ask('1 * * * *')).not.toBe(first);
  });

  test('takes the zone of a prefix, and refuses unknown ones', () => {
    const evaluator = cron('CRON_TZ=Asia/Tokyo 0 9 * * *', 'UTC');
    expect(evaluator.zone.name).toBe('Asia/Tokyo');
    expect(() => cron('TZ=Asia/Tokio 0 9 * * *', 'UTC')).toThrow('Did you mean Asia/Tokyo');
    expect(() => cron('* * * * *', 'Nowhere')).toThrow(
      expect.objectContaining({ code: 'INVALID_ZONE', field: 'cron zone' }),
    );
  });
});
