import { triggerConformance } from '@tickwork/verify/conformance/trigger-conformance.ts';
import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test } from 'vitest';
import { parseCalendar } from '../calendar/parse-calendar.ts';
import { INSTANT_END } from '../time/instant.ts';
import { ZoneTable } from '../time/zone-table.ts';
import { parseTrigger } from './parse-trigger.ts';
import type { Trigger } from './trigger.ts';
import type { TriggerInput } from './trigger-input.ts';

const zones = new ZoneTable(temporalZoneData());
const from = Date.UTC(2026, 2, 25, 12);
const calendars = {
  week: parseCalendar({ weekends: 'sat-sun', holidays: ['2026-05-01..2026-05-05', '12-25'] }),
  hours: parseCalendar({ layers: [{ effect: 'exclude', times: '18:00..09:00' }] }),
  never: parseCalendar({ weekends: 'mon-sun' }),
};

const inputs: readonly (TriggerInput | readonly TriggerInput[])[] = [
  { every: '7s' },
  { every: '36h', anchor: '2026-01-01T06:00', startAt: '2026-04-01', endAt: '2026-09-01' },
  { every: '90m', phase: '5m44s', runsMax: 20 },
  { every: '5m', from: 'end' },
  '*/7 2 * * *',
  { cron: '30 2 * * *', zone: 'Europe/Berlin', dst: 'ocps', jitter: '30m' },
  { daily: '02:30', zone: 'America/New_York' },
  { daily: ['00:00', '02:10', '02:50', '23:59:59'], zone: 'Australia/Lord_Howe' },
  { daily: '00:30', zone: 'Asia/Beirut', dst: { overlap: 'both' } },
  {
    everyDays: 3,
    at: '01:30',
    anchor: '2026-01-01',
    zone: 'Europe/London',
    dst: { overlap: 'last' },
  },
  { weekly: ['mon,wed 09:00', 'fri 17:00'], zone: 'Asia/Shanghai' },
  { everyWeeks: 3, on: 'sun', at: '02:30', anchor: '2026-01-04', zone: 'Europe/Berlin' },
  { monthly: ['1,last 09:00', '2nd tue 10:00', '-1 fri 17:00'], zone: 'Pacific/Apia' },
  { monthly: 'last workday 18:00', calendar: 'week' },
  { everyMonths: 5, on: '31', anchor: '2026-01-31' },
  { once: '2026-12-01T09:00', zone: 'Asia/Tokyo' },
  { random: { min: '10m', max: '3h' } },
  {
    random: {
      min: '1m',
      max: '2h',
      activeHours: '22:00-02:30',
      weekdayWeights: { sat: 0, sun: 0.5 },
    },
    zone: 'Europe/Berlin',
  },
  { startup: true },
  { after: ['import', 'clean'], on: 'completion' },
  { manual: true },
  [{ daily: '09:00' }, { every: '7h', phase: '2h' }, { random: { min: '1h', max: '9h' } }],
  {
    any: [
      { random: { min: '1h', max: '2h', seed: 1 } },
      { random: { min: '1h', max: '2h', seed: 2 } },
      { startup: 'node' },
    ],
    limit: 90,
  },
  { daily: '10:00', calendar: 'week' },
  { daily: ['10:00', '02:30'], calendar: 'week', roll: 'following', zone: 'Europe/Berlin' },
  { monthly: '1,15,last 08:00', calendar: 'week', roll: 'modified-preceding' },
  { weekly: 'sat,sun 11:00,12:00', calendar: 'week', roll: 'preceding' },
  { every: '13m', calendar: 'hours' },
  { random: { min: '10m', max: '30m' }, calendar: 'hours' },
  { daily: '10:00', calendar: 'never' },
  { daily: '10:00', calendar: 'never', roll: 'modified-following' },
];

for (const input of inputs) {
  const spec = parseTrigger(input, { zone: 'UTC', now: from, zones });
  describe(`${JSON.stringify(input)} keeps the promises of a trigger`, () => {
    const promises = triggerConformance(spec, { zones, calendars, from, steps: 150 });
    for (const { name, check } of promises) test(name, check);
  });
}

describe('the conformance suite finds broken triggers', () => {
  const spec = parseTrigger({ every: '1h', phase: '0s' }, { zone: 'UTC', now: from, zones });
  const hour = 3_600_000;
  const after = (at: number) => (Math.floor(at / hour) + 1) * hour;
  let calls = 0;
  const broken: readonly (readonly [string, Partial<Trigger>])[] = [
    ['it stands still', { next: (at) => at }],
    ['it has no end', { next: (at) => after(at) }],
    ['it jumps', { next: (at) => (at < from + 9 * hour ? at + hour : null) }],
    [
      'it remembers questions',
      { next: (at) => (at < INSTANT_END / 2 ? after(at + calls++) : null) },
    ],
    ['it says nothing', { describe: () => '' }],
    ['it ends with a stop', { describe: () => 'every hour.' }],
  ];
  for (const [name, change] of broken) {
    test(name, () => {
      const good: Trigger = {
        kind: 'broken',
        next: (at) => (at < from + 9 * hour ? after(at) : null),
        describe: () => 'every hour',
      };
      const compile = () => ({ ...good, ...change });
      const failed = triggerConformance(spec, { zones, from, steps: 20, compile }).filter(
        (each) => {
          try {
            each.check();
            return false;
          } catch {
            return true;
          }
        },
      );
      expect(failed).not.toEqual([]);
    });
  }
});
