import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { convertCrontab } from './convert-crontab.ts';
import { mergeCrontab } from './merge-crontab.ts';
import { readCrontab } from './read-crontab.ts';

const sample = `# m h dom mon dow command
SHELL=/bin/bash
PATH="/usr/local/bin:/usr/bin"
MAILTO=ops@example.com
CRON_TZ=Asia/Tokyo
*/5 * * * * /opt/app/bin/poll --fast 2>&1
0 3 * * * mail -s "100\\%" root%line one%line two
@daily   /opt/app/bin/poll
@reboot /opt/boot.sh
MAILTO=
15 4 */2 * 1 tidy
this is wrong
`;

describe('readCrontab', () => {
  const crontab = readCrontab(sample, { system: false });

  it('reads schedules, commands, percent signs and the variables above a line', () => {
    expect(
      crontab.entries.map(({ line, schedule, command, stdin }) => [line, schedule, command, stdin]),
    ).toEqual([
      [6, '*/5 * * * *', '/opt/app/bin/poll --fast 2>&1', null],
      [7, '0 3 * * *', 'mail -s "100%" root', 'line one\nline two\n'],
      [8, '@daily', '/opt/app/bin/poll', null],
      [9, '@reboot', '/opt/boot.sh', null],
      [11, '15 4 */2 * 1', 'tidy', null],
    ]);
    expect(crontab.entries[0]?.variables).toMatchObject({ PATH: '/usr/local/bin:/usr/bin' });
    expect(crontab.mistakes).toEqual([{ line: 12, text: 'this is wrong' }]);
  });

  it('takes the user column of /etc/crontab', () => {
    const { entries } = readCrontab('17 * * * * root cd / && run-parts /etc/cron.hourly', {
      system: true,
    });
    expect(entries).toMatchObject([
      { user: 'root', command: 'cd / && run-parts /etc/cron.hourly' },
    ]);
  });
});

describe('convertCrontab', () => {
  const { config, differences } = convertCrontab(readCrontab(sample, { system: false }), 'UTC');

  it('makes jobs that mean the same', () => {
    expect(config).toMatchObject({
      timezone: 'UTC',
      scripts: { roots: ['./scripts'], env: ['PATH'] },
      defaults: { misfire: 'skip', overlap: 'allow', retry: 0, timeout: false },
      jobs: {
        poll: {
          cron: '*/5 * * * *',
          zone: 'Asia/Tokyo',
          script: { args: ['/bin/bash', '/opt/app/bin/poll --fast 2>&1'] },
        },
        mail: { script: { args: ['/bin/bash', expect.any(String), 'line one\nline two\n'] } },
        'poll-2': { cron: '@daily' },
        'boot.sh': { startup: 'node' },
        tidy: { cron: '15 4 */2 * 1' },
      },
    });
  });

  it('names what remains different', () => {
    const text = differences.join('\n');
    expect(text).toContain('line 6: MAILTO=ops@example.com is not used.');
    expect(text).toContain('line 11: cron runs 15 4 */2 * 1 on days that match both');
    expect(text).not.toContain('line 11: MAILTO');
  });
});

describe('mergeCrontab', () => {
  const { config } = convertCrontab(
    readCrontab('PATH=/bin\n* * * * * echo a\n@reboot echo b\n', { system: false }),
    'Asia/Tokyo',
  );

  it('adds jobs and keeps comments and what is there', () => {
    const text =
      '# ours\nscripts: { roots: [./bin] }\njobs:\n  echo: { every: 1h, task: t } # one\n';
    const merged = mergeCrontab(text, config) ?? '';
    expect(merged).toContain('# ours');
    expect(merged).toContain('# one');
    expect(parse(merged)).toMatchObject({
      scripts: { roots: ['./bin', './scripts'], env: ['PATH'] },
      jobs: {
        echo: { every: '1h' },
        'echo-2': { cron: '* * * * *', zone: 'Asia/Tokyo', misfire: 'skip', timeout: false },
        'echo-3': { startup: 'node', overlap: 'allow' },
      },
    });
  });

  it('begins an empty file and leaves a broken one alone', () => {
    expect(parse(mergeCrontab('', config) ?? '')).toMatchObject({ jobs: { echo: {} } });
    expect(mergeCrontab('- a list', config)).toBe(null);
    expect(mergeCrontab('a: [', config)).toBe(null);
  });
});

describe('a command that leaves a process in the background', () => {
  const note = 'line 1: leaves a process in the background';
  const notesOf = (command: string): string =>
    convertCrontab(
      readCrontab(`@reboot ${command}\n`, { system: false }),
      'UTC',
    ).differences.join();

  it.each(['nohup server &', '/opt/a & /opt/b', '(server &)', 'x && y &', 'a > log 2>&1 &'])(
    'is told: %s',
    (command) => expect(notesOf(command)).toContain(note),
  );

  it.each([
    'a && b',
    'a > log 2>&1',
    'a &> log',
    'curl "http://x/?a=1&b=2"',
    "echo 'a & b'",
    'a \\& b',
  ])('is none: %s', (command) => expect(notesOf(command)).not.toContain(note));
});
