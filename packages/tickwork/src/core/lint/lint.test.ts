import { describe, expect, it } from 'vitest';
import { createTestScheduler } from '../../testing/manual-scheduler.ts';
import type { LintOptions, LintReport } from '../operations/questions-api.ts';
import { lintRules } from './rules.ts';

const figures = (p95Ms: number) => ({ runCount: 9, meanMs: p95Ms, p95Ms });

async function lint(options: LintOptions): Promise<LintReport> {
  const test = await createTestScheduler({ start: '2027-01-01T00:00Z', timezone: 'UTC' });
  try {
    const source = { kind: 'api', id: '' } as const;
    const holidays = ['2027-01-01..2199-12-31'];
    await test.scheduler.applyCalendars({ never: { holidays } }, source);
    return await test.scheduler.lint({ durations: {}, ...options });
  } finally {
    await test.close();
  }
}

async function found(job: object, durationMs?: number): Promise<string[]> {
  const jobs = { job: { task: 'work', timeout: '1m', ...job } as never };
  const durations = durationMs === undefined ? {} : { job: figures(durationMs) };
  const { findings } = await lint({ jobs, durations });
  return findings.map(({ rule, severity }) => (severity === 'note' ? `${rule} (note)` : rule));
}

const berlin = { zone: 'Europe/Berlin' };

describe('each rule finds its trap and leaves good jobs alone', () => {
  it.each<[string, object, string[], number?]>([
    ['a good job', { daily: '04:00', ...berlin }, []],
    ['a calendar that excludes all', { daily: '04:00', calendar: 'never' }, ['never-fires']],
    ['an end in the past', { every: '1h', endAt: '2026-12-01' }, ['never-fires']],
    ['a job after one that is not there', { after: 'joob' }, ['unknown-job']],
    ['the same in a list', { trigger: [{ daily: '04:00' }, { after: 'joob' }] }, ['unknown-job']],
    ['a manual job', { manual: true }, []],
    ['days of month or week', { cron: '0 5 13 * fri' }, ['either-day']],
    ['days of month and week', { cron: '0 5 13 * +fri' }, []],
    ['the 31st', { monthly: '31 09:00' }, ['missing-day']],
    ['the 1st and the 31st', { monthly: '1,31 09:00' }, ['missing-day']],
    ['the 31st before the last', { monthly: '-31 09:00' }, ['missing-day']],
    ['every month from a 31st on', { everyMonths: 1, anchor: '2026-01-31' }, ['missing-day']],
    ['every second month from a 31st on', { everyMonths: 6, anchor: '2026-01-31' }, []],
    ['the 28th', { monthly: '28 09:00' }, []],
    ['the last day', { monthly: 'last 09:00' }, []],
    ['the 31st and the last', { monthly: '31,last 09:00' }, []],
    ['the fifth Friday', { monthly: '5th fri 09:00' }, ['missing-day (note)']],
    ['the last Friday', { monthly: 'last fri 09:00' }, []],
    ['31 in cron', { cron: '0 9 31 * *' }, ['missing-day']],
    ['30 in cron', { cron: '0 9 30 * *' }, ['missing-day']],
    ['29 in cron', { cron: '0 9 29 * *' }, ['missing-day']],
    ['29 to 31 in cron', { cron: '0 9 29-31 * *' }, ['missing-day']],
    ['31W in cron', { cron: '0 9 31W * *' }, ['missing-day']],
    ['L-30 in cron', { cron: '0 9 L-30 * *' }, ['missing-day']],
    ['the fifth Friday in cron', { cron: '0 9 * * fri#5' }, ['missing-day (note)']],
    ['28 to 31 in cron', { cron: '0 9 28-31 * *' }, []],
    ['odd days in cron', { cron: '0 9 1-31/2 * *' }, []],
    ['steps of days in cron', { cron: '0 9 */7 * *' }, []],
    ['L in cron', { cron: '0 9 L * *' }, []],
    ['31 in long months', { cron: '0 9 31 1,3,5,7,8,10,12 *' }, []],
    ['30 but in February', { cron: '0 9 30 1,3-12 *' }, []],
    ['29 February', { cron: '0 9 29 2 *' }, ['missing-day']],
    ['31 and Mondays', { cron: '0 9 31 * +mon' }, []],
    ['the ends of all months', { cron: ['0 9 31 * *', '0 9 30 4,6,9,11 *', '0 9 28 2 *'] }, []],
    ['minutes in sevens', { cron: '*/7 * * * *', retry: 0 }, ['uneven-step']],
    ['minutes in fives', { cron: '*/5 * * * *', retry: 0 }, []],
    ['hours in fives', { cron: '5 */5 * * *' }, ['uneven-step']],
    ['0-59/45', { cron: '0-59/45 * * * *' }, ['uneven-step']],
    [
      'a lost and a repeated time',
      { daily: '02:30', ...berlin },
      ['clock-change', 'clock-change (note)'],
    ],
    [
      'a dropped time',
      { daily: '02:30', ...berlin, dst: { gap: 'skip', overlap: 'both' } },
      ['clock-change'],
    ],
    ['every hour', { cron: '30 * * * *', ...berlin }, []],
    ['no clock changes', { daily: '02:30', zone: 'Asia/Shanghai' }, []],
    ['slow runs', { every: '1m', retry: 0 }, ['slow-run'], 61_000],
    ['fast runs', { every: '1m', retry: 0 }, [], 59_000],
    ['slow runs side by side', { every: '1m', overlap: 'allow' }, [], 61_000],
    ['retries within the interval', { every: '16s' }, []],
    ['retries beyond the interval', { every: '14s' }, ['long-retries']],
    ['a flood after downtime', { every: '10m', misfire: 'fire-all' }, ['many-missed']],
    ['a few after downtime', { every: '10h', misfire: 'fire-all' }, []],
    ['no timeout', { every: '1h', timeout: null }, ['no-timeout']],
  ])('%s', async (_name, job, rules, durationMs) => {
    expect(await found(job, durationMs)).toEqual(rules);
  });

  it.each<[unknown, string | null]>([
    [{ password: 'hunter2' }, 'input.password'],
    [{ db: [{ apiKey: 'abcd1234' }] }, 'input.db.0.apiKey'],
    [{ note: 'AKIAABCDEFGHIJKLMNOP' }, 'input.note'],
    [{ url: 'postgres://root:hunter2@db/x' }, 'input.url'],
    [['--password', 'hunter2'], 'input.1'],
    [['--token=abcdef'], 'input.0'],
    [{ password: '$' + '{DB_PASSWORD}' }, null],
    [{ passwordFile: '/run/secrets/db' }, null],
    [{ tokens: 4096, tokenCount: 12 }, null],
    [{ author: 'Basil', compass: 'north', url: 'https://example.org/a:b@c' }, null],
    [['--password-file', '/etc/x'], null],
  ])('a secret in %j', async (input, path) => {
    const { findings } = await lint({
      jobs: { job: { daily: '04:00', task: 'work', input } as never },
    });
    expect(findings.map((each) => each.path.join('.'))).toEqual(path === null ? [] : [path]);
    expect(JSON.stringify(findings)).not.toMatch(/hunter2|AKIA|abcd/);
  });

  it('a herd at minute 0', async () => {
    const jobs = (minute: string) =>
      Object.fromEntries(
        Array.from({ length: 12 }, (_, i) => [
          `job${i}`,
          { cron: `${minute} ${i} * * *`, task: 'work' } as never,
        ]),
      );
    const herd = await lint({ jobs: jobs('0') });
    expect(herd.findings).toMatchObject([{ rule: 'same-minute', jobName: null }]);
    expect((await lint({ jobs: jobs('H') })).findings).toEqual([]);
  });
});

describe('short-room', () => {
  const rate = { max: 10, per: '1h' };
  const shared = { concurrency: { key: 'db', max: 2 }, task: 'work' } as const;

  it('tells of rates that allow fewer starts than there are instants', async () => {
    const jobs = { crawl: { every: '1m', retry: 0, task: 'work', rate } as never };
    const { findings } = await lint({ jobs });
    expect(findings).toMatchObject([{ rule: 'short-room', jobName: null }]);
    expect(findings[0]?.message).toBe(
      'rate of job:crawl: within a day crawl asks for 6.0 times the starts that its rate ' +
        'allows (10 in 1h).',
    );
    const seldom = { crawl: { every: '6m', retry: 0, task: 'work', rate } as never };
    expect((await lint({ jobs: seldom })).findings).toEqual([]);
  });

  it('adds up the jobs that share a key, by what their runs take', async () => {
    const one = { ...shared, every: '10m', retry: 0, timeout: '30m' } as never;
    const jobs = { a: one, b: one, c: one };
    const durations = (ms: number) => ({ a: figures(ms), b: figures(ms), c: figures(ms) });
    const { findings } = await lint({ jobs, durations: durations(480_000) });
    expect(findings.map(({ rule }) => rule)).toEqual(['short-room']);
    expect(findings[0]?.message).toContain('a, b, c ask for 1.2 times its room (2 at once)');
    expect((await lint({ jobs, durations: durations(390_000) })).findings).toEqual([]);
    expect((await lint({ jobs })).findings).toEqual([]);
  });
});

describe('lint', () => {
  it('lists the dates of clock changes', async () => {
    const { findings } = await lint({ jobs: { job: { daily: '02:30', ...berlin, task: 'w' } } });
    expect(findings[0]?.message).toBe(
      'Its time of day does not exist in Europe/Berlin on 2027-03-28, 2028-03-26; ' +
        'it runs at 03:00 then.',
    );
    expect(findings[0]?.instantsAt).toEqual([Date.UTC(2027, 2, 28, 1), Date.UTC(2028, 2, 26, 1)]);
    expect(findings[1]?.message).toContain(
      'comes twice in Europe/Berlin on 2027-10-31, 2028-10-29',
    );
  });

  it('names the months that have no such day, and what to write', async () => {
    const cron = ['0 9 29,31 * *'];
    const { findings } = await lint({ jobs: { job: { cron, task: 'work' } as never } });
    expect(findings).toMatchObject([
      {
        rule: 'missing-day',
        message: 'It leaves out February (but for leap years): no day 29 or 31 there.',
        remedy: expect.stringContaining('Write last (in cron L)'),
      },
    ]);
  });

  it('takes stored jobs and what their runs took', async () => {
    const test = await createTestScheduler();
    test.scheduler.task('slow', () => test.sleep('90s'));
    await test.scheduler.job('slow', { every: '1m', task: 'slow', retry: 0 } as never);
    await test.scheduler.job('off', { every: '1m', task: 'slow', status: 'disabled' });
    await test.advanceBy('30m');
    const { slow } = await test.scheduler.durations();
    expect(slow).toMatchObject({ meanMs: 90_000, p95Ms: 90_000 });
    const { jobCount, findings } = await test.scheduler.lint();
    expect([jobCount, findings.map((each) => each.rule)]).toEqual([1, ['slow-run']]);
  });

  it('refuses wrong definitions', async () => {
    await expect(lint({ jobs: { job: { cron: '61 * * * *', task: 'w' } } })).rejects.toMatchObject({
      code: 'INVALID_CRON',
    });
  });

  it('has rules with names of their own', () => {
    expect(new Set(lintRules.map((rule) => rule.id)).size).toBe(lintRules.length);
  });
});
