import { instantsOf } from '@tickwork/verify/conformance/trigger-conformance.ts';
import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test } from 'vitest';
import { stableFraction } from '../../base/hash.ts';
import { noCalendars } from '../../calendar/calendar-source.ts';
import { freshMemory } from '../../model/trigger-memory.ts';
import { ZoneTable } from '../../time/zone-table.ts';
import { compileTrigger } from '../compile-trigger.ts';
import { parseTrigger } from '../parse-trigger.ts';
import type { Trigger } from '../trigger.ts';
import type { TriggerInput } from '../trigger-input.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const zones = new ZoneTable(temporalZoneData());
const from = Date.UTC(2026, 2, 20);

function compile(input: TriggerInput | readonly TriggerInput[], jobName = 'job'): Trigger {
  const spec = parseTrigger(input, { zone: 'Europe/Berlin', now: from, zones });
  return compileTrigger(spec, { zones, calendars: noCalendars, jobName });
}

function gapsOf(instants: readonly number[]): readonly number[] {
  return instants.slice(1).map((at, i) => at - (instants[i] ?? 0));
}

function localOf(at: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('Europe/Berlin');
}

describe('lengths', () => {
  test('are drawn by hash of seed, job and former instant, uniform in min..max', () => {
    const instants = instantsOf(
      compile({ random: { min: '10m', max: '20m', seed: 7 } }),
      from,
      4000,
    );
    let at = from;
    for (const instant of instants) {
      const width = 10 * MINUTE + 1;
      at += 10 * MINUTE + Math.floor(stableFraction(`7|job|${at}`) * width);
      expect(instant).toBe(at);
    }
    const quarters = [0, 0, 0, 0];
    for (const gap of gapsOf(instants)) {
      const quarter = Math.min(3, Math.floor(((gap - 10 * MINUTE) / (10 * MINUTE)) * 4));
      quarters[quarter] = (quarters[quarter] ?? 0) + 1;
    }
    // 1,000 each are expected; five standard deviations are 137.
    for (const count of quarters) expect(Math.abs(count - 1000)).toBeLessThan(137);
  });

  test('differ between jobs and seeds, not between compilations', () => {
    const input: TriggerInput = { random: { min: '1m', max: '60m' } };
    const other: TriggerInput = { random: { min: '1m', max: '60m', seed: 'x' } };
    const first = instantsOf(compile(input), from, 5);
    expect(instantsOf(compile(input), from, 5)).toEqual(first);
    expect(instantsOf(compile(input, 'other'), from, 5)).not.toEqual(first);
    expect(instantsOf(compile(other), from, 5)).not.toEqual(first);
  });

  test('min and max are both reached when they are near', () => {
    const gaps = gapsOf(instantsOf(compile({ random: { min: '10ms', max: '12ms' } }), from, 200));
    expect([...new Set(gaps)].sort()).toEqual([10, 11, 12]);
  });
});

describe('active hours and weekdays', () => {
  test('nothing falls outside of them, over both clock changes of a year', () => {
    const instants = instantsOf(
      compile({ random: { min: '20m', max: '50m', activeHours: '08:00..12:00,22:00..02:30' } }),
      from,
      5000,
    );
    for (const at of instants) {
      const { hour, minute } = localOf(at);
      const time = hour * 60 + minute;
      expect(time < 150 || (time >= 480 && time < 720) || time >= 1320).toBe(true);
    }
    expect((instants.at(-1) ?? 0) - from).toBeGreaterThan(240 * DAY);
    for (const gap of gapsOf(instants)) expect(gap).toBeGreaterThanOrEqual(20 * MINUTE);
  });

  test('within a stretch no length exceeds max, and behind one it begins anew', () => {
    const instants = instantsOf(
      compile({ random: { min: '20m', max: '50m', activeHours: '08:00..22:00' } }),
      from,
      2000,
    );
    for (const [i, gap] of gapsOf(instants).entries()) {
      const [former, next] = [localOf(instants[i] ?? 0), localOf(instants[i + 1] ?? 0)];
      if (former.day === next.day) expect(gap).toBeLessThanOrEqual(50 * MINUTE);
      else expect(next.hour).toBe(8);
    }
  });

  test('the first instant of a day is spread, not at its opening', () => {
    const instants = instantsOf(
      compile({ random: { min: '1h', max: '3h', activeHours: '09:00-17:00' } }),
      from,
      600,
    );
    const first = instants.filter((at, i) => localOf(at).day !== localOf(instants[i - 1] ?? 0).day);
    const hours = new Set(first.map((at) => localOf(at).hour));
    // The width of the draw, max − min, from the opening on.
    expect([...hours].sort((left, right) => left - right)).toEqual([9, 10]);
  });

  test('a day of weight 2 gets twice as many as one of weight 1, one of weight 0 none', () => {
    const weekdayWeights = { mon: 2, sun: 0 };
    const instants = instantsOf(
      compile({ random: { min: '5m', max: '15m', weekdayWeights } }),
      from,
      20_000,
    );
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (const at of instants) {
      const index = localOf(at).dayOfWeek - 1;
      counts[index] = (counts[index] ?? 0) + 1;
    }
    expect(counts[6]).toBe(0);
    const others = counts.slice(1, 6).reduce((sum, count) => sum + count, 0) / 5;
    expect((counts[0] ?? 0) / others).toBeGreaterThan(1.85);
    expect((counts[0] ?? 0) / others).toBeLessThan(2.15);
  });
});

describe('a long stop', () => {
  test('years behind the former instant the answer comes at once and stays the same', () => {
    const trigger = compile({
      random: { min: '10ms', max: '1s', activeHours: '08:00-09:00', weekdayWeights: { mon: 0 } },
    });
    const memory = freshMemory(from);
    const after = from + 3000 * DAY + 12_345;
    const at = trigger.next(after, memory) ?? 0;
    expect(at).toBeGreaterThan(after);
    for (const share of [0.1, 0.5, 0.99]) {
      expect(trigger.next(Math.floor(after + (at - after) * share), memory)).toBe(at);
    }
  });

  test('without the memory of what was fired a walk finds a strictly rising row', () => {
    const trigger = compile({ random: { min: '1m', max: '3m', activeHours: '10:00-11:00' } });
    const memory = freshMemory(from);
    let at = from;
    for (let i = 0; i < 3000; i++) {
      const next = trigger.next(at, memory) ?? 0;
      expect(next).toBeGreaterThan(at);
      expect(trigger.next(next - 1, memory)).toBe(next);
      at = next;
    }
  });
});

test('random members of a union keep their own chains', () => {
  const first: TriggerInput = { random: { min: '1h', max: '4h', seed: 'a' } };
  const second: TriggerInput = { random: { min: '2h', max: '3h', seed: 'b' } };
  const grid: TriggerInput = { every: '5h', phase: '0s' };
  const merged = new Set(
    [first, second, grid].flatMap((input) => [...instantsOf(compile(input), from, 300)]),
  );
  const expected = [...merged].sort((left, right) => left - right).slice(0, 200);
  expect(instantsOf(compile([first, second, grid]), from, 200)).toEqual(expected);
});
