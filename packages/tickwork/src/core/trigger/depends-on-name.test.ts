import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { expect, test } from 'vitest';
import { calendarSource } from '../calendar/calendar-source.ts';
import { freshMemory } from '../model/trigger-memory.ts';
import type { CronSpec, TriggerSpec } from '../model/trigger-spec.ts';
import { ZoneTable } from '../time/zone-table.ts';
import { compileTrigger } from './compile-trigger.ts';
import { dependsOnName } from './depends-on-name.ts';
import { parseTrigger } from './parse-trigger.ts';
import type { TriggerInput } from './trigger-input.ts';

const cron = (expression: string, dialect: CronSpec['dialect'] = 'standard'): CronSpec => ({
  ...{ kind: 'cron', expression, zone: 'UTC' },
  dialect,
});
const interval: TriggerSpec = { kind: 'interval', everyMs: 1000 };
const random: TriggerSpec = { kind: 'random', minMs: 1, maxMs: 2, seed: 's', zone: 'UTC' };

test.each<[TriggerSpec]>([
  [cron('H * * * *')],
  [cron('0 H(2-5) * * THU')],
  [cron('10~20 * * * *')],
  [cron('0 0 H * * ?', 'quartz')],
  [{ ...interval, jitterMs: 1 }],
  [{ ...cron('0 * * * *'), jitterMs: 5 }],
  [random],
  [{ kind: 'any', of: [interval, random] }],
  [{ kind: 'any', of: [cron('H * * * *')] }],
])('the name of the job matters to %o', (spec) => {
  expect(dependsOnName(spec)).toBe(true);
});

test.each<[TriggerSpec]>([
  [cron('*/5 * * * *')],
  [cron('@hourly')],
  [cron('0 0 * MAR THU')],
  [interval],
  [{ ...interval, jitterMs: 0 }],
  [{ kind: 'any', of: [interval, cron('@hourly')] }],
  [{ kind: 'manual' }],
])('the name of the job does not matter to %o', (spec) => {
  expect(dependsOnName(spec)).toBe(false);
});

const zones = new ZoneTable(temporalZoneData());
const now = Date.UTC(2026, 2, 25, 12);
const randomInput = { random: { min: '1h', max: '9h' } };

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
  [{ daily: '02:30' }, false],
  [{ weekly: 'mon 09:00' }, false],
  [{ monthly: 'last 09:00' }, false],
  [{ once: '2026-12-01T09:00' }, false],
  [{ startup: true }, false],
  [{ after: 'import' }, false],
  [{ manual: true }, false],
  [randomInput, true],
  [[{ daily: '09:00' }, { every: '7h' }], false],
  [[{ daily: '09:00' }, randomInput], true],
  [[{ daily: '09:00' }, { cron: 'H 7 * * *' }], true],
];

test.each(cases)('tells whether names decide about the instants of %j', (input, uses) => {
  const spec = parseTrigger(input, { zone: 'Europe/Berlin', now, zones });
  expect(dependsOnName(spec)).toBe(uses);
  const memory = freshMemory(now);
  const found = new Set(
    Array.from({ length: 20 }, (_, i) => {
      const env = { zones, calendars: calendarSource({}), jobName: `job-${i}` };
      return compileTrigger(spec, env).next(now, memory);
    }),
  );
  expect(found.size > 1).toBe(uses);
});
