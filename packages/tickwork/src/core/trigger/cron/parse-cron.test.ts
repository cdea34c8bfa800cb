import { describe, expect, test } from 'vitest';
import { parseEvery } from './every.ts';
import { formatCron } from './format-cron.ts';
import { parseCron } from './parse-cron.ts';

const MINUTE = 60_000;

describe('the canonical text', () => {
  test.each([
    // written, canonical
    ['*/5 * * * *', '*/5 * * * *'],
    ['0 30 2 * * *', '30 2 * * *'],
    ['0 30 2 * * * *', '30 2 * * *'],
    ['15 30 2 * * * 2030', '15 30 2 * * * 2030'],
    ['  30\t2 * JAN,feb Mon-FRI ', '30 2 * 1,2 1-5'],
    ['0 0 * * FRI-SUN', '0 0 * * 5-7'],
    ['0 0 * * 7', '0 0 * * 0'],
    ['0 0 * * 7-7', '0 0 * * 0'],
    ['5/15 1/2 5/10 2/3 1/2', '5-59/15 1-23/2 5-31/10 2-12/3 1-6/2'],
    ['0 0 ? * ?', '0 0 * * *'],
    ['0 0 lw * *', '0 0 LW * *'],
    ['0 0 L-0 * *', '0 0 L * *'],
    ['0 0 l-00,15 * *', '0 0 L,15 * *'],
    ['0 0 L-0W * *', '0 0 LW * *'],
    ['0 0 L-3w * *', '0 0 L-3W * *'],
    ['0 0 L,15,l-2 * *', '0 0 L,15,L-2 * *'],
    ['0 0 15W * *', '0 0 15W * *'],
    ['0 0 * * friL,mon#2,2#l', '0 0 * * 5#L,1#2,2#L'],
    ['0 0 13 * +FRI', '0 0 13 * +5'],
    ['H H/2 H H(3-9)/2 h(mon-fri)', 'H H/2 H H(3-9)/2 H(1-5)'],
    ['0~30 * * * *', 'H(0-30) * * * *'],
    ['CRON_TZ=Asia/Shanghai 0 9 * * *', 'CRON_TZ=Asia/Shanghai 0 9 * * *'],
    ['TZ=UTC @Daily', 'CRON_TZ=UTC 0 0 * * *'],
    ['@yearly', '0 0 1 1 *'],
    ['@ANNUALLY', '0 0 1 1 *'],
    ['@monthly', '0 0 1 * *'],
    ['@weekly', '0 0 * * 0'],
    ['@midnight', '0 0 * * *'],
    ['@hourly', '0 * * * *'],
  ])('%s', (written, canonical) => {
    const expression = parseCron(written);
    expect(formatCron(expression)).toBe(canonical);
    expect(parseCron(canonical)).toEqual(expression);
  });

  test.each([
    ['0 0 ? * 1', '0 0 * * 0'],
    ['0 0 ? * SUN,2-6', '0 0 * * 0,1-5'],
    ['0 0 ? * FRI-MON', '0 0 * * 5-6,0-1'],
    ['0 0 ? * L', '0 0 * * 6'],
    ['0 0 ? * 6L', '0 0 * * 5#L'],
    ['0 22-2 * * ?', '0 22-23,0-2 * * *'],
    ['0 22-4/3 * * ?', '0 22-23/3,1-4/3 * * *'],
    ['0 0 1 NOV-FEB ?', '0 0 1 11-12,1-2 *'],
  ])('%s in quartz', (written, canonical) => {
    const expression = parseCron(written, { dialect: 'quartz' });
    expect(formatCron(expression)).toBe(canonical);
    expect(parseCron(canonical)).toEqual(expression);
  });
});

describe('a refusal says what is wrong and what to write', () => {
  test.each([
    // text, reason, remedy
    ['50-10 * * * *', 'minute: the range "50-10" runs backwards', '"50-59,0-10 * * * *"'],
    ['0 0 * * FRI-MON', 'day of week: the range', '"0 0 * * FRI-SAT,SUN-MON"'],
    ['0 0 * * 6-0', 'day of week: the range', '"0 0 * * 6,0"'],
    ['0 0 1 DEC-JAN *', 'month: the range', '"0 0 1 DEC,JAN *"'],
    ['0 0 0 1 1 * 2030-2025', 'year: the range', '"0 0 0 1 1 * 2025-2030"'],
    ['0 22-2/2 * * *', 'hour: the range "22-2/2" runs backwards', 'a list of the values'],
    ['*/90 * * * *', 'a step of 90 is larger than the field', '"@every 90m"'],
    ['*/60 * * * *', 'a step of 60 is larger', 'Write a step of 1 to 59'],
    ['0 0 */31 * *', 'day of month: a step of 31', 'Write a step of 1 to 30.'],
    ['*/0 * * * *', 'minute: a step of 0 never moves.', 'Write a step of 1 to 59.'],
    ['60 * * * * *', 'second: "60" is not within 0-59. There are no leap', '0 to 59'],
    ['0 24 * * *', 'hour: "24" is not within 0-23.', 'Write a number from 0 to 23.'],
    ['0 0 * * MONDAY', '"MONDAY" is not a value', 'SUN-SAT'],
    ['0 0 * * 7/2', 'steps cannot start at 7', 'Write 0 for Sunday'],
    ['? * * * *', '"?" may stand in the day fields only', 'Write "*"'],
    ['0 0 1,? * *', '"?" stands beside other values', 'alone'],
    ['0 0 1,15W * *', '"W" stands in a list', 'only value'],
    ['0 0 LW,1 * *', '"W" stands in a list', 'only value'],
    ['0 0 L-31 * *', 'is not within L-0 to L-30', 'L for the last day'],
    ['0 0 L- * *', '"L-" is not a value', '1-31'],
    ['0 0 L-W * *', '"L-W" is not a value', '1-31'],
    ['0 0 * * L', '"L" needs a weekday', 'FRI#L'],
    ['0 0 * * 1#6', 'is not within #1 to #5', '#L'],
    ['0 0 * * +', '"+" stands alone', '+MON'],
    ['0 0 * * * ,1', 'day of week: a value is missing', '"*"'],
    ['1,,2 * * * *', 'a value is missing', '"*"'],
    ['0~30/5 * * * *', '"~" takes no step', 'H(a-b)/n'],
    ['30~0 * * * *', 'runs backwards', 'smaller first'],
    ['H(30-0) * * * *', 'runs backwards', 'smaller first'],
    ['0 0 0 1 1 * H', 'year: "H" is not a value', '1970-2199'],
    ['', 'the expression has 0 fields', '"30 2 * * *"'],
    ['* * * *', 'the expression has 4 fields', '"30 2 * * *"'],
    ['* * * * * * * *', 'more than 7 fields', '"30 2 * * *"'],
    ['@fortnightly', 'the nickname "@fortnightly" is unknown', '@daily'],
    ['@reboot', '@reboot is no time', '"startup"'],
    ['@every 5m', '@every is an interval', '"interval"'],
    ['TZ= 0 0 * * *', 'the zone prefix names no zone', 'CRON_TZ=UTC'],
    [`${'1,'.repeat(127)}1 * * * *`, '263 characters; 256 are allowed', 'ranges'],
  ])('%s', (text, reason, remedy) => {
    let thrown: unknown;
    try {
      parseCron(text, { field: 'jobs[0].cron' });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'INVALID_CRON', field: 'jobs[0].cron', value: text });
    const { reason: gotReason, remedy: gotRemedy } = thrown as { reason: string; remedy: string };
    expect(gotReason).toContain(reason);
    expect(gotRemedy).toContain(remedy);
  });

  test('the corrected text of a refusal is accepted', () => {
    for (const text of ['50-10 * * * *', '0 0 * * FRI-MON', '0 0 * * 7-MON', '0 20-6 * * *']) {
      let remedy = '';
      try {
        parseCron(text);
      } catch (error) {
        remedy = (error as { remedy: string }).remedy;
      }
      const corrected = /"(.*)"/.exec(remedy)?.[1] ?? '';
      expect(() => parseCron(corrected), remedy).not.toThrow();
    }
  });

  test('the limit of the length limits lists too', () => {
    const list = (count: number) => `${Array.from({ length: count }, () => '1').join(',')} * * * *`;
    expect(() => parseCron(list(124))).not.toThrow();
    expect(() => parseCron(list(125))).toThrow('256 are allowed');
  });
});

describe('@every', () => {
  test.each([
    ['@every 90m', 90 * MINUTE, 0],
    ['@EVERY 90m/5m', 90 * MINUTE, 5 * MINUTE],
    ['CRON_TZ=UTC @every 1h30m', 90 * MINUTE, 0],
    ['@every PT90M / 30s', 90 * MINUTE, 30_000],
  ])('%s', (text, everyMs, phaseMs) => {
    expect(parseEvery(text)).toEqual({ everyMs, phaseMs });
  });

  test.each(['@everyday', '* * * * *', '', '@daily'])('%s is none', (text) => {
    expect(parseEvery(text)).toBeNull();
  });

  test.each(['@every', '@every Xm', '@every 0s', '@every 5m/5m', '@every 5', '@every -5m'])(
    '%s is refused',
    (text) => {
      expect(() => parseEvery(text)).toThrow(expect.objectContaining({ code: 'INVALID_CRON' }));
    },
  );
});
