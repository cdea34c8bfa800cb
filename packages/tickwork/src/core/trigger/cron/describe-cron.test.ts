import { expect, test } from 'vitest';
import { describeCron } from './describe-cron.ts';
import { parseCron } from './parse-cron.ts';

test.each([
  ['* * * * *', 'every minute', '每分钟'],
  ['*/5 * * * *', 'every 5 minutes', '每 5 分钟'],
  ['* * * * * *', 'every second', '每秒'],
  ['0 * * * *', 'every hour', '每小时'],
  ['5 * * * *', 'every hour at minute 5', '每小时的第 5 分'],
  ['0 */6 * * *', 'every 6 hours', '每 6 小时'],
  ['30 2 * * *', 'at 02:30 every day', '每天 02:30'],
  ['30 0 2,14 * * *', 'at 02:00:30 and 14:00:30 every day', '每天 02:00:30、14:00:30'],
  ['0 9 * * 1-5', 'at 09:00, Monday to Friday', '每周一至周五 09:00'],
  ['0 22 * * SUN', 'at 22:00 on Sunday', '每周日 22:00'],
  ['0 8-18 * * *', 'every hour from 08:00 to 18:00', '08:00 至 18:00 每小时'],
  [
    '*/10 8-18 * * 1-5',
    'every 10 minutes from 08:00 to 18:59, Monday to Friday',
    '每周一至周五 08:00 至 18:59 每 10 分钟',
  ],
  ['15,45 8-18 * * *', 'at minutes 15 and 45 of hours 8 to 18', '8 至 18 时的 15 分、45 分'],
  ['0 0 1,15 * *', 'at 00:00 on the 1st and 15th of the month', '每月 1 日、15 日 00:00'],
  ['0 0 29 2 *', 'at 00:00 on 29 February', '每年 2 月 29 日 00:00'],
  ['0 0 L * *', 'at 00:00 on the last day of the month', '每月最后一天 00:00'],
  ['0 0 LW * *', 'at 00:00 on the last working day of the month', '每月最后一个工作日 00:00'],
  ['0 0 * * 5L', 'at 00:00 on the last Friday of the month', '当月最后一个周五 00:00'],
  ['0 0 13 * 5', 'at 00:00 on the 13th of the month or on Friday', '每月 13 日或每周五 00:00'],
  [
    '0 0 13 * +5',
    'at 00:00 on the 13th of the month if that is Friday',
    '每月 13 日且为周五 00:00',
  ],
  ['0 0 * 3 *', 'at 00:00 every day in March', '每年 3 月 每天 00:00'],
  ['15 30 */7 * * *', 'at second 15 of minute 30 of every 7th hour', '每 7 小时的 30 分的 15 秒'],
])('%s', (expression, english, chinese) => {
  const parsed = parseCron(expression);
  expect(describeCron(parsed, 'en')).toBe(english);
  expect(describeCron(parsed, 'zh-CN')).toBe(chinese);
});

test('a hash is described by what it chose for the job', () => {
  const parsed = parseCron('H 3 * * *');
  const texts = ['a', 'b', 'c', 'd'].map((job) => describeCron(parsed, 'en', job));
  expect(texts[0]).toMatch(/^at 03:\d\d every day$/);
  expect(new Set(texts).size).toBeGreaterThan(1);
});
