import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test } from 'vitest';
import type { DstRule } from '../../time/dst-rule.ts';
import { ZoneTable } from '../../time/zone-table.ts';
import { TimedDays } from './timed-days.ts';
import { WallClockTrigger } from './wall-clock-trigger.ts';

const zones = new ZoneTable(temporalZoneData());
const everyDay = { nextDay: (day: number) => day };

function wallClock(zone: string, times: readonly string[], dst: DstRule): WallClockTrigger {
  const readings = new TimedDays(times, everyDay);
  const describe = () => 'every day';
  return new WallClockTrigger(
    { kind: 'daily', readings, zone: zones.get(zone), dst, describe },
    [],
  );
}

function walk(zone: string, times: readonly string[], dst: DstRule, from: string, count: number) {
  const search = wallClock(zone, times, dst);
  const found: string[] = [];
  let at = Date.parse(from);
  for (let i = 0; i < count; i++) {
    at = search.next(at) ?? Number.NaN;
    found.push(new Date(at).toISOString().replace(':00.000Z', 'Z'));
  }
  return found;
}

const both: DstRule = { gap: 'after', overlap: 'both' };
const last: DstRule = { gap: 'after', overlap: 'last' };
const first: DstRule = { gap: 'after', overlap: 'first' };

// St. John's went back from 00:01 to 23:01 of the day before: on 2006-10-29 at 02:31 UTC.
describe('a clock that goes back over midnight', () => {
  const times = ['00:00', '23:30'];

  test('both copies: the second 23:30 comes after the first 00:00 of the next day', () => {
    expect(walk('America/St_Johns', times, both, '2006-10-29T01:00Z', 5)).toEqual([
      '2006-10-29T02:00Z', // 23:30 on the 28th
      '2006-10-29T02:30Z', // 00:00 on the 29th
      '2006-10-29T03:00Z', // 23:30 on the 28th again
      '2006-10-29T03:30Z', // 00:00 on the 29th again
      '2006-10-30T03:00Z',
    ]);
  });

  test('last copies: nothing is lost when asked within the first 00:00', () => {
    expect(walk('America/St_Johns', times, last, '2006-10-29T02:30:30Z', 2)).toEqual([
      '2006-10-29T03:00Z',
      '2006-10-29T03:30Z',
    ]);
  });

  test('first copies: nothing is fired again', () => {
    expect(walk('America/St_Johns', times, first, '2006-10-29T01:00Z', 3)).toEqual([
      '2006-10-29T02:00Z',
      '2006-10-29T02:30Z',
      '2006-10-30T03:00Z',
    ]);
  });
});

describe('lost times', () => {
  test('all of a day that does not exist fire once, and the next day fires too', () => {
    expect(walk('Pacific/Apia', ['09:00', '12:00'], first, '2011-12-29T23:00Z', 4)).toEqual([
      '2011-12-30T10:00Z', // 31 December 00:00, the first instant after the 30th
      '2011-12-30T19:00Z',
      '2011-12-30T22:00Z',
      '2011-12-31T19:00Z',
    ]);
  });

  test('merge with a regular time at the end of the gap', () => {
    const times = ['02:00', '02:30', '03:00'];
    expect(walk('Europe/Berlin', times, first, '2026-03-29T00:00Z', 2)).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-30T00:00Z',
    ]);
  });

  test('are dropped where the rule says so', () => {
    const ocps: DstRule = { gap: 'skip', overlap: 'first' };
    expect(walk('Europe/Berlin', ['02:30'], ocps, '2026-03-28T12:00Z', 1)).toEqual([
      '2026-03-30T00:30Z',
    ]);
  });
});

test('the years before 1970 and after 2199 have no instants', () => {
  const search = wallClock('Asia/Tokyo', ['00:00'], first);
  expect(search.next(-1e12)).toBe(Date.UTC(1970, 0, 1, 15));
  expect(search.next(Date.UTC(2199, 11, 31, 15))).toBeNull();
});
