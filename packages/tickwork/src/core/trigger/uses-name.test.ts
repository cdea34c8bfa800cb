import { expect, it } from 'vitest';
import { temporalZoneData } from '../../testing/temporal-zone-data.ts';
import { calendarSource } from '../calendar/calendar-source.ts';
import { ZoneTable } from '../time/zone-table.ts';
import { compileTrigger } from './compile-trigger.ts';
import { parseTrigger } from './parse-trigger.ts';
import { freshMemory } from './trigger.ts';
import type { TriggerInput } from './trigger-input.ts';
import { usesName } from './uses-name.ts';

const zones = new ZoneTable(temporalZoneData());
const now = Date.UTC(2026, 2, 25, 12);
const random = { random: { min: '1h', max: '9h' } };

const cases: readonly (readonly [TriggerInput | readonly TriggerInput[], boolean])[] = [
  ['30 2 * * *', false],
  ['@hourly', false],
  ['0 9 * MAR THU', false],
  ['H 2 * * *', true],
  ['0 H(9-17) * * *', true],
  ['0~40 2 * * *', true],
  [{ cron: 'H H * * ?', dialect: 'quartz' }, true],
  [{ every: '7s' }, false],
  [{ every: '5m', from: 'end' }, false],
  [{ daily: '02:30', jitter: '10m' }, false],
  [{ weekly: 'mon 09:00' }, false],
  [{ monthly: 'last 09:00' }, false],
  [{ once: '2026-12-01T09:00' }, false],
  [{ startup: true }, false],
  [{ after: 'import' }, false],
  [{ manual: true }, false],
  [random, true],
  [[{ daily: '09:00' }, { every: '7h' }], false],
  [[{ daily: '09:00' }, random], true],
  [[{ daily: '09:00' }, { cron: 'H 7 * * *' }], true],
];

it.each(cases)('usesName tells whether names decide about the instants of %j', (input, uses) => {
  const spec = parseTrigger(input, { zone: 'Europe/Berlin', now, zones });
  expect(usesName(spec)).toBe(uses);
  const memory = freshMemory(now);
  const found = new Set(
    Array.from({ length: 20 }, (_, i) => {
      const env = { zones, calendars: calendarSource({}), jobName: `job-${i}` };
      return compileTrigger(spec, env).next(now, memory);
    }),
  );
  expect(found.size > 1).toBe(uses);
});
