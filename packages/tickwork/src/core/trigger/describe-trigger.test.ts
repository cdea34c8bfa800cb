import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test } from 'vitest';
import { calendarSource } from '../calendar/calendar-source.ts';
import { parseCalendar } from '../calendar/parse-calendar.ts';
import { ZoneTable } from '../time/zone-table.ts';
import { compileTrigger } from './compile-trigger.ts';
import { parseTrigger } from './parse-trigger.ts';
import type { TriggerInput } from './trigger-input.ts';

const zones = new ZoneTable(temporalZoneData());
const calendars = calendarSource({ cn: parseCalendar({ weekends: 'sat-sun' }) });
const zone = 'Asia/Shanghai';

const cases: readonly (readonly [TriggerInput | readonly TriggerInput[], string, string])[] = [
  [{ every: '30s' }, 'every 30 seconds', '每 30 秒'],
  [{ every: '1h' }, 'every hour', '每小时'],
  [{ every: '90m' }, 'every 1 hour 30 minutes', '每 1 小时 30 分钟'],
  [{ every: '2w' }, 'every 2 weeks', '每 2 周'],
  [{ every: '250ms' }, 'every 250 milliseconds', '每 250 毫秒'],
  [
    { every: '5m', from: 'end' },
    '5 minutes after the end of the previous run',
    '上次运行结束后 5 分钟',
  ],
  [{ daily: '02:00' }, 'every day at 02:00 (Asia/Shanghai)', '每天 02:00(Asia/Shanghai)'],
  [
    { daily: ['09:00', '12:30', '17:00'], zone: 'UTC' },
    'every day at 09:00, 12:30 and 17:00 (UTC)',
    '每天 09:00、12:30 和 17:00(UTC)',
  ],
  [
    { everyDays: 2, at: '02:30', anchor: '2026-01-01', zone: 'UTC', dst: 'ocps' },
    'every 2 days at 02:30 (UTC, lost times skipped), counted from 2026-01-01',
    '每 2 天 02:30(UTC,跳过夏令时缺失的时刻)(自 2026-01-01 起算)',
  ],
  [
    { weekly: 'mon,wed,fri 09:00', zone: 'UTC' },
    'every week on Monday, Wednesday and Friday at 09:00 (UTC)',
    '每周一、三、五 09:00(UTC)',
  ],
  [
    { everyWeeks: 2, on: 'sun', at: '08:00', anchor: '2026-01-04', zone: 'UTC' },
    'every 2 weeks on Sunday at 08:00 (UTC), counted from 2026-01-04',
    '每 2 周的周日 08:00(UTC)(自 2026-01-04 起算)',
  ],
  [
    { monthly: '1,22,last 09:00', zone: 'UTC' },
    'every month on the 1st, the 22nd and the last day at 09:00 (UTC)',
    '每月 1 日、22 日和最后一天 09:00(UTC)',
  ],
  [
    { monthly: '-2,2nd tue,last fri 09:00', zone: 'UTC' },
    'every month on the 2nd to last day, the 2nd Tuesday and the last Friday at 09:00 (UTC)',
    '每月倒数第 2 天、第 2 个周二和最后一个周五 09:00(UTC)',
  ],
  [
    { everyMonths: 3, on: '1st workday', at: '18:00', anchor: '2026-01-01', calendar: 'cn' },
    'every 3 months on the 1st working day at 18:00 (Asia/Shanghai), counted from 2026-01-01' +
      ', by calendar cn',
    '每 3 个月的第 1 个工作日 18:00(Asia/Shanghai)(自 2026-01-01 起算),按日历 cn',
  ],
  [
    { once: '2026-12-01T09:00' },
    'once at 2026-12-01 01:00 UTC',
    '在 2026-12-01 01:00 UTC 执行一次',
  ],
  [
    { random: { min: '10m', max: '1h', activeHours: '08:00..22:00', weekdayWeights: { sun: 0 } } },
    'at random intervals of 10 minutes to 1 hour, within 08:00–22:00 (Asia/Shanghai)' +
      ', not on Sunday',
    '每隔 10 分钟至 1 小时随机执行,限 08:00–22:00(Asia/Shanghai),周日除外',
  ],
  [{ startup: true }, 'when the cluster starts', '集群启动时'],
  [{ startup: 'node' }, 'when a node starts', '每个节点启动时'],
  [{ after: ['a', 'b'] }, 'when a or b succeeds', 'a 或 b 成功后'],
  [{ after: 'a', on: 'completion' }, 'when a ends', 'a 结束后'],
  [{ manual: true }, 'only by hand', '仅手动触发'],
  [
    [{ every: '1h' }, { after: 'a', on: 'failure' }],
    'every hour; or when a fails',
    '每小时;或 a 失败后',
  ],
  [
    {
      every: '10m',
      startAt: '2026-01-01T08:00',
      endAt: '2026-06-30',
      limit: 5,
      jitter: '30s',
      calendar: 'cn',
    },
    'every 10 minutes, by calendar cn, from 2026-01-01 00:00 UTC' +
      ', until 2026-06-30 15:59:59.999 UTC, at most 5 times, delayed by up to 30 seconds',
    '每 10 分钟,按日历 cn,自 2026-01-01 00:00 UTC 起,至 2026-06-30 15:59:59.999 UTC 止' +
      ',最多 5 次,随机延后最多 30 秒',
  ],
  [
    { daily: '09:00', zone: 'UTC', calendar: 'cn', roll: 'following', limit: 1 },
    'every day at 09:00 (UTC), by calendar cn, moved to the next working day, at most once',
    '每天 09:00(UTC),按日历 cn,顺延至下一个工作日,最多 1 次',
  ],
];

describe('descriptions', () => {
  for (const [input, english, chinese] of cases) {
    test(JSON.stringify(input), () => {
      const spec = parseTrigger(input, { zone, now: Date.UTC(2026, 0, 1), zones });
      const trigger = compileTrigger(spec, { zones, calendars, jobName: 'job' });
      expect(trigger.describe('en')).toBe(english);
      expect(trigger.describe('zh-CN')).toBe(chinese);
    });
  }

  test('cron is described in both languages, with its zone', () => {
    const spec = parseTrigger('30 2 * * *', { zone, now: 0, zones });
    const trigger = compileTrigger(spec, { zones, calendars, jobName: 'job' });
    expect(trigger.describe('en')).toContain('02:30');
    expect(trigger.describe('zh-CN')).toContain(zone);
  });
});
