import { expect, test } from 'vitest';
import { dependsOnName } from './depends-on-name.ts';
import type { CronSpec, TriggerSpec } from './spec.ts';

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
