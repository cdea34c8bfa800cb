import { expect, test } from 'vitest';
import { cronWarnings } from './cron-warnings.ts';
import { parseCron } from './parse-cron.ts';

test.each([
  ['0 0 */2 * MON', 1],
  ['0 0 1 * */2', 1],
  ['0 0 */2 * +MON', 0],
  ['0 0 */2 * *', 0],
  ['0 0 1 * MON', 0],
  ['*/5 * * * *', 0],
])('%s has %i warnings', (text, count) => {
  const expression = parseCron(text);
  expect(cronWarnings(expression, 'en')).toHaveLength(count);
  expect(cronWarnings(expression, 'zh-CN')).toHaveLength(count);
});

test('the warning says what to write', () => {
  expect(cronWarnings(parseCron('0 0 */2 * MON'), 'en')[0]).toContain('write + before');
});
