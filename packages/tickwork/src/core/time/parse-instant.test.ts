import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test } from 'vitest';
import { type InstantOptions, parseInstant } from './parse-instant.ts';
import { ZoneTable } from './zone-table.ts';

const zones = new ZoneTable(temporalZoneData());
const berlin: InstantOptions = { zone: zones.get('Europe/Berlin'), field: 'at' };

function isoOf(input: unknown, options: InstantOptions = berlin): string {
  return new Date(parseInstant(input, options)).toISOString();
}

describe('parseInstant', () => {
  const cases: readonly (readonly [unknown, string])[] = [
    ['2026-12-01', '2026-11-30T23:00:00.000Z'],
    ['2026-12-01T09:00', '2026-12-01T08:00:00.000Z'],
    [' 2026-12-01 9:00:30.5 ', '2026-12-01T08:00:30.500Z'],
    ['2026-07-01T09:00', '2026-07-01T07:00:00.000Z'],
    ['2026-12-01T09:00:00.1239Z', '2026-12-01T09:00:00.123Z'],
    ['2026-12-01T09:00+08:00', '2026-12-01T01:00:00.000Z'],
    ['2026-12-01T09:00-0330', '2026-12-01T12:30:00.000Z'],
    ['2026-12-01t09:00z', '2026-12-01T09:00:00.000Z'],
    ['2026-03-29T02:30', '2026-03-29T01:00:00.000Z'],
    ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [new Date(1234), '1970-01-01T00:00:01.234Z'],
  ];
  for (const [input, expected] of cases) {
    test(`${String(input)} is ${expected}`, () => expect(isoOf(input)).toBe(expected));
  }

  test('follows the rule for clock changes', () => {
    const last: InstantOptions = { ...berlin, dst: { gap: 'skip', overlap: 'last' } };
    expect(isoOf('2026-10-25T02:30', last)).toBe('2026-10-25T01:30:00.000Z');
    expect(() => isoOf('2026-03-29T02:30', last)).toThrow(/no date-time/);
  });

  test('a date alone can mean its last millisecond, also where midnight is lost', () => {
    const end: InstantOptions = { ...berlin, dateAs: 'end' };
    expect(isoOf('2026-10-25', end)).toBe('2026-10-25T22:59:59.999Z');
    const beirut = zones.get('Asia/Beirut');
    expect(isoOf('2026-03-29', { zone: beirut })).toBe('2026-03-28T22:00:00.000Z');
    expect(isoOf('2026-03-28', { zone: beirut, dateAs: 'end' })).toBe('2026-03-28T21:59:59.999Z');
  });

  const wrong: readonly unknown[] = [
    '',
    'now',
    '2026-02-29',
    '2026-13-01T00:00',
    '2026-12-01T24:00',
    '2026-12-01T09',
    '2026-12-01T09:00+25:00',
    '1969-12-31T00:00Z',
    '2200-01-01T00:00Z',
    -1,
    Number.NaN,
    1e18,
    new Date(Number.NaN),
    null,
    {},
  ];
  for (const input of wrong) {
    test(`refuses ${String(input)}`, () => {
      expect(() => parseInstant(input, berlin)).toThrow(
        expect.objectContaining({ code: 'INVALID_INSTANT', field: 'at' }),
      );
    });
  }
});
