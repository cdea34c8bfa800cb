import { describe, expect, test } from 'vitest';
import { CronOracle, oracleZone } from '../../packages/verify/src/oracle/cron-oracle.ts';
import { compareWithOracle } from './compare.ts';

const CASES = 20_000;

test('the engine answers as the oracle does', { timeout: 180_000 }, () => {
  const comparison = compareWithOracle({ count: CASES, seed: 20_260_101, successors: 1 });
  expect(comparison.examples).toEqual([]);
  expect(comparison.differences).toBe(0);
  // Half of the cases near clock changes, in all zones and both directions, or nothing is proved.
  expect(comparison.zones).toBeGreaterThan(550);
  expect(comparison.nearChanges.forward).toBeGreaterThan(CASES / 5);
  expect(comparison.nearChanges.backward).toBeGreaterThan(CASES / 5);
});

describe('the oracle can be trusted', () => {
  test.each([
    ['Europe/Berlin', '2026-03-29T02:30', 0],
    ['Europe/Berlin', '2026-10-25T02:30', 2],
    ['Australia/Lord_Howe', '2026-10-04T02:15', 0],
    ['Australia/Lord_Howe', '2026-04-05T01:45', 2],
    ['Pacific/Apia', '2011-12-30T12:00', 0],
    ['Asia/Beirut', '2026-03-29T00:00', 0],
    ['Africa/Cairo', '2026-10-29T23:30', 2],
    ['UTC', '2026-06-01T12:00', 1],
  ])('%s shows %s as often as Temporal says', (zone, reading, copies) => {
    const instants = oracleZone(zone).instantsOf(Date.parse(`${reading}Z`));
    expect(instants.length).toBe(copies);
    const plain = Temporal.PlainDateTime.from(reading);
    if (copies === 0) {
      const after = plain.toZonedDateTime(zone, { disambiguation: 'later' });
      // The reading at the very end of a gap is the transition itself, which is not before itself.
      const past = after.add({ seconds: 1 });
      const end = past.getTimeZoneTransition('previous')?.epochMilliseconds;
      expect(oracleZone(zone).gapEnd(Date.parse(`${reading}Z`))).toBe(end);
      return;
    }
    for (const [i, disambiguation] of (['earlier', 'later'] as const).entries()) {
      const expected = plain.toZonedDateTime(zone, { disambiguation }).epochMilliseconds;
      expect(instants[Math.min(i, copies - 1)]).toBe(expected);
    }
  });

  test('published dates come out', () => {
    const at = (text: string) => Date.parse(text);
    const berlin = new CronOracle({ expression: '30 2 * * *', zone: 'Europe/Berlin' });
    expect(berlin.next(at('2026-03-28T12:00Z'))).toBe(at('2026-03-29T01:00Z'));
    expect(berlin.next(at('2026-10-25T00:30Z'))).toBe(at('2026-10-26T01:30Z'));
    const leap = new CronOracle({ expression: '0 0 29 2 *', zone: 'UTC' });
    expect(leap.next(at('2096-03-01T00:00Z'))).toBe(at('2104-02-29T00:00Z'));
    expect(leap.prev(at('2104-02-29T00:00Z'))).toBe(at('2096-02-29T00:00Z'));
  });
});
