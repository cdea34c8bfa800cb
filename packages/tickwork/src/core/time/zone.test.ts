import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test } from 'vitest';
import { ZoneTable } from './zone-table.ts';

const zones = new ZoneTable(temporalZoneData());
const at = (text: string) => Date.parse(text);
const local = (text: string) => Date.parse(`${text}Z`);

describe('a reading of the wall clock', () => {
  test.each([
    // zone, reading, place
    ['UTC', '2026-06-01T12:00', { kind: 'once', at: '2026-06-01T12:00Z' }],
    ['Europe/Berlin', '2026-06-01T12:00', { kind: 'once', at: '2026-06-01T10:00Z' }],
    ['Europe/Berlin', '2026-03-29T02:30', { kind: 'gap', at: '2026-03-29T01:00Z' }],
    ['Europe/Berlin', '2026-03-29T03:00', { kind: 'once', at: '2026-03-29T01:00Z' }],
    ['Europe/Berlin', '2026-10-25T02:30', ['2026-10-25T00:30Z', '2026-10-25T01:30Z']],
    ['Australia/Sydney', '2026-10-04T02:30', { kind: 'gap', at: '2026-10-03T16:00Z' }],
    ['Australia/Sydney', '2026-04-05T02:30', ['2026-04-04T15:30Z', '2026-04-04T16:30Z']],
    ['Australia/Lord_Howe', '2026-04-05T01:45', ['2026-04-04T14:45Z', '2026-04-04T15:15Z']],
    ['Pacific/Apia', '2011-12-30T12:00', { kind: 'gap', at: '2011-12-30T10:00Z' }],
    ['America/St_Johns', '2006-10-29T00:00', ['2006-10-29T02:30Z', '2006-10-29T03:30Z']],
  ] as const)('%s %s', (name, reading, expected) => {
    const place = zones.get(name).placeOf(local(reading));
    if ('kind' in expected) {
      expect(place).toEqual({ kind: expected.kind, at: at(expected.at) });
    } else {
      expect(place).toEqual({ kind: 'overlap', first: at(expected[0]), last: at(expected[1]) });
    }
  });
});

test('the rule for clock changes picks the instants', () => {
  const berlin = zones.get('Europe/Berlin');
  const lost = local('2026-03-29T02:30');
  const twice = local('2026-10-25T02:30');
  const first = at('2026-10-25T00:30Z');
  const last = at('2026-10-25T01:30Z');
  const ask = (reading: number, gap: 'after' | 'skip', overlap: 'first' | 'both' | 'last') =>
    berlin.instantsOf(reading, { gap, overlap });
  expect(ask(lost, 'after', 'first')).toEqual([at('2026-03-29T01:00Z')]);
  expect(ask(lost, 'skip', 'first')).toEqual([]);
  expect(ask(twice, 'skip', 'first')).toEqual([first]);
  expect(ask(twice, 'skip', 'last')).toEqual([last]);
  expect(ask(twice, 'skip', 'both')).toEqual([first, last]);
});

test('offsets are right whatever the order of the questions', () => {
  const zone = zones.get('America/New_York');
  const questions = [0, 3, 1, 2, 0, 3, 2, 1].map(
    (i) => at('2026-01-15T12:00Z') + i * 7_776_000_000,
  );
  for (const question of questions) {
    const expected =
      Temporal.Instant.fromEpochMilliseconds(question).toZonedDateTimeISO(
        'America/New_York',
      ).offsetNanoseconds;
    expect(zone.offsetAt(question)).toBe(expected / 1e6);
  }
  expect(zone.localAt(at('2026-07-01T12:00Z'))).toBe(local('2026-07-01T08:00'));
  expect(zone.nextChange(at('2026-01-15T12:00Z'))).toBe(at('2026-03-08T07:00Z'));
  expect(zones.get('Asia/Shanghai').nextChange(at('2026-01-15T12:00Z'))).toBeNull();
});

describe('a table of zones', () => {
  test('gives one zone for one name', () => {
    expect(zones.get('Asia/Tokyo')).toBe(zones.get('Asia/Tokyo'));
    expect(zones.host().name).toBe('UTC');
  });

  test.each([
    ['Europe/Berln', 'Europe/Berlin'],
    ['Berlin', 'Europe/Berlin'],
    ['America/New York', 'America/New_York'],
    ['Asia/Shangai', 'Asia/Shanghai'],
  ])('suggests names for %s', (wrong, right) => {
    expect(zones.suggest(wrong)[0]).toBe(right);
    expect(() => zones.get(wrong, 'job.timezone')).toThrow(
      expect.objectContaining({ code: 'INVALID_ZONE', field: 'job.timezone', value: wrong }),
    );
    expect(() => zones.get(wrong)).toThrow(`Did you mean ${right}`);
  });

  test('has an answer for names that resemble nothing', () => {
    expect(() => zones.get('qqqqqqqq')).toThrow('Write a name such as Europe/Berlin');
    expect(zones.find('x'.repeat(100_000))).toBeNull();
    expect(zones.find('')).toBeNull();
  });
});
