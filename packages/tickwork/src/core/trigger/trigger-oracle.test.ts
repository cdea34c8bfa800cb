import { isKnown, scheduleInstants } from '@tickwork/verify/oracle/schedule-oracle.ts';
import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test } from 'vitest';
import { stableFraction } from '../base/hash.ts';
import { noCalendars } from '../calendar/calendar-source.ts';
import { freshMemory } from '../model/trigger-memory.ts';
import type { MonthDay, TriggerSpec } from '../model/trigger-spec.ts';
import type { DstRule } from '../time/dst-rule.ts';
import { ZoneTable } from '../time/zone-table.ts';
import { compileTrigger } from './compile-trigger.ts';

/**
 * Random daily, weekly, monthly, interval and union triggers against a
 * brute-force walk over dates with clocks out of `Temporal`. Half of the
 * windows lie at a clock change. A failure prints its case number; the same number
 * makes the same case.
 */
const CASES = 5000;
const DAY = 86_400_000;
const zones = new ZoneTable(temporalZoneData());

/** Both hemispheres, half-hour changes, changes at midnight, a lost day, none at all. */
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'America/Santiago',
  'Pacific/Apia',
  'Africa/Casablanca',
  'Asia/Shanghai',
  'America/St_Johns',
  'UTC',
];
const TIMES = [
  '00:00',
  '00:30',
  '01:00',
  '01:30',
  '02:00',
  '02:15',
  '02:30',
  '03:00',
  '12:00',
  '23:30',
];

class Dice {
  readonly #seed: string;
  #count = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  below(end: number): number {
    return Math.floor(stableFraction(`${this.#seed}/${this.#count++}`) * end);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  some<T>(list: readonly T[], most: number): readonly T[] {
    const chosen = new Set(Array.from({ length: 1 + this.below(most) }, () => this.of(list)));
    return list.filter((entry) => chosen.has(entry));
  }
}

function randomWall(dice: Dice) {
  const dst: DstRule = {
    gap: dice.of(['after', 'after', 'skip']),
    overlap: dice.of(['first', 'first', 'both', 'last']),
  };
  const every = dice.of([1, 1, 1, 2, 3, 5]);
  const anchor =
    every > 1 ? { anchorDate: `20${10 + dice.below(30)}-0${1 + dice.below(9)}-15` } : {};
  return { times: dice.some(TIMES, 4), zone: dice.of(ZONES), dst, every, ...anchor };
}

function randomMonthDay(dice: Dice): MonthDay {
  switch (dice.below(3)) {
    case 0:
      return { day: 1 + dice.below(31) };
    case 1:
      return { day: -1 - dice.below(31) };
    default:
      return { nth: dice.of([1, 2, 3, 4, 5, -1, -2]), weekday: 1 + dice.below(7) };
  }
}

function randomSpec(dice: Dice, mayUnite: boolean): TriggerSpec {
  const start = dice.below(6) === 0 ? { startAt: dice.below(25_000) * DAY } : {};
  switch (dice.below(mayUnite ? 6 : 4)) {
    case 0:
      return { kind: 'daily', ...randomWall(dice), ...start };
    case 1: {
      const weekdays = dice.some([1, 2, 3, 4, 5, 6, 7], 3);
      return { kind: 'weekly', weekdays, ...randomWall(dice), ...start };
    }
    case 2: {
      const days = Array.from({ length: 1 + dice.below(3) }, () => randomMonthDay(dice));
      return { kind: 'monthly', days, ...randomWall(dice), ...start };
    }
    case 3: {
      const everyMs = dice.of([3_600_000, 5_400_000, 7 * DAY, 12_345_678]);
      return { kind: 'interval', everyMs, anchorAt: dice.below(DAY) };
    }
    default:
      return {
        kind: 'any',
        of: Array.from({ length: 2 + dice.below(2) }, () => randomSpec(dice, false)),
      };
  }
}

/** The instant before which a window begins: half of them just before a clock change. */
function randomFrom(dice: Dice, spec: TriggerSpec): number {
  const at = dice.below(83_000) * DAY + dice.below(DAY);
  const name = 'zone' in spec ? spec.zone : dice.of(ZONES);
  const change = zones.get(name).nextChange(at);
  if (change === null || dice.below(2) === 0) return at;
  return Math.max(0, change - dice.of([1, 0, -1, 1_800_000, 3_600_000, DAY, 2 * DAY]));
}

describe('triggers and the brute-force oracle', () => {
  for (let block = 0; block < 10; block++) {
    const size = CASES / 10;
    test(`agree in the cases ${block * size} to ${(block + 1) * size - 1}`, () => {
      let found = 0;
      for (let i = block * size; i < (block + 1) * size; i++) found += check(i);
      // Most windows hold instants, or the comparison would mean little.
      expect(found).toBeGreaterThan(size * 3);
    }, 60_000);
  }
});

function check(number: number): number {
  const dice = new Dice(`case ${number}`);
  const spec = randomSpec(dice, true);
  expect(isKnown(spec)).toBe(true);
  const from = randomFrom(dice, spec);
  const to = from + dice.of([3, 10, 70]) * DAY;
  const expected = scheduleInstants(spec, { anchorAt: 0 }, from, to);
  const trigger = compileTrigger(spec, { zones, calendars: noCalendars, jobName: 'oracle' });
  const actual: number[] = [];
  let at = trigger.next(from, freshMemory(0));
  while (at !== null && at <= to) {
    actual.push(at);
    at = trigger.next(at, freshMemory(0));
  }
  const limit = 7_258_118_400_000;
  expect({ number, spec, from, instants: actual }).toEqual({
    number,
    spec,
    from,
    instants: (expected ?? []).filter((instant) => instant < limit),
  });
  return actual.length;
}
