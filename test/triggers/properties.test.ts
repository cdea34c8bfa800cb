import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCron } from '../../packages/tickwork/src/core/trigger/cron/format-cron.ts';
import { parseCron } from '../../packages/tickwork/src/core/trigger/cron/parse-cron.ts';
import { CronOracle, oracleZone } from '../../packages/verify/src/oracle/cron-oracle.ts';
import { randomCron, seededRandom } from '../../packages/verify/src/oracle/random-cron.ts';
import type { EngineQuestion } from './engine.ts';
import { engineCron } from './engine.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
  'Asia/Beirut',
  'America/Sao_Paulo',
];
const LAST = Date.UTC(2199, 11, 31);
const HOUR = 3_600_000;

const question: fc.Arbitrary<EngineQuestion> = fc
  .record({ seed: fc.integer({ min: 0 }), zone: fc.constantFrom(...ZONES) })
  .map(({ seed, zone }) => ({ ...randomCron(seededRandom(seed)), zone }));
const instant = fc.oneof(
  fc.integer({ min: 0, max: LAST }),
  fc
    .record({
      zone: fc.constantFrom(...ZONES),
      pick: fc.nat(),
      by: fc.integer({ min: -108_000, max: 108_000 }),
    })
    .map(({ zone, pick, by }) => {
      const changes = oracleZone(zone).changes(Date.UTC(2000, 0, 1), Date.UTC(2038, 0, 1));
      return (changes[pick % Math.max(1, changes.length)]?.at ?? 0) + by * 1000 + 40 * 86_400_000;
    }),
);

test('next rises strictly, and prev leads back', () => {
  fc.assert(
    fc.property(question, instant, (asked, at) => {
      const cron = engineCron(asked);
      const next = cron.next(at);
      if (next === null) return;
      expect(next).toBeGreaterThan(at);
      expect(cron.prev(next) ?? at).toBeLessThanOrEqual(at);
      expect(cron.prev(next + 1)).toBe(next);
      const second = cron.next(next);
      if (second !== null) expect(cron.prev(second)).toBe(next);
    }),
    { numRuns: 5000 },
  );
});

test('all instants before the next one have the same next one', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  fc.assert(
    fc.property(question, instant, share, (asked, at, part) => {
      const cron = engineCron(asked);
      const next = cron.next(at);
      if (next === null) return;
      const between = Math.min(next - 1, Math.floor(at + (next - at) * part));
      expect(cron.next(between)).toBe(next);
      expect(cron.next(next - 1)).toBe(next);
    }),
    { numRuns: 5000 },
  );
});

test('the canonical text means the same', () => {
  fc.assert(
    fc.property(question, ({ expression, dialect = 'standard' }) => {
      const parsed = parseCron(expression, { dialect });
      const text = formatCron(parsed);
      expect(parseCron(text)).toEqual(parsed);
      expect(formatCron(parseCron(text))).toBe(text);
    }),
    { numRuns: 5000 },
  );
});

test('every second of windows around clock changes is as the oracle says', () => {
  fc.assert(
    fc.property(question, fc.nat(), (asked, pick) => {
      const changes = oracleZone(asked.zone).changes(0, Date.UTC(2100, 0, 1));
      const at = changes[pick % Math.max(1, changes.length)]?.at ?? pick * 1000;
      const from = at - 2 * HOUR;
      const to = at + 2 * HOUR;
      const expected = new CronOracle(asked).between(from, to);
      const cron = engineCron(asked);
      const forward: number[] = [];
      for (let t = cron.next(from - 1); t !== null && t < to; t = cron.next(t)) forward.push(t);
      const backward: number[] = [];
      for (let t = cron.prev(to); t !== null && t >= from; t = cron.prev(t)) backward.push(t);
      expect(forward).toEqual(expected);
      expect(backward.reverse()).toEqual(expected);
    }),
    { numRuns: 400 },
  );
});
