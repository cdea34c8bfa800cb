import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { convertCrontab } from './convert-crontab.ts';
import { crontabConfig } from './crontab-config.ts';
import { mergeCrontab } from './merge-crontab.ts';
import { readCrontab } from './read-crontab.ts';

function convert(text: string, system = false) {
  return convertCrontab(readCrontab(text, { system }));
}

describe('convertCrontab', () => {
  it('makes jobs that mean the same', () => {
    const { lines } = convert(
      [
        'SHELL=/bin/bash',
        'PATH=/usr/bin',
        'MAILTO=ops@example.com',
        'CRON_TZ=Asia/Tokyo',
        'TZ=Asia/Seoul',
        'LOGNAME=bob',
        'RANDOM_DELAY=5',
        '0 3 * * * report%one line',
        '0 4 * * * -s mail $MAILTO',
        '@reboot /opt/boot.sh',
      ].join('\n'),
    );
    const env = { PATH: '/usr/bin', TZ: 'Asia/Seoul' };
    const path = 'crontab-line.sh';
    expect(Object.fromEntries(lines.map(({ name, job }) => [name, job]))).toEqual({
      report: {
        cron: '0 3 * * *',
        zone: 'Asia/Tokyo',
        jitter: '5m',
        script: { path, args: ['/bin/bash', 'report', 'one line\n'], env },
        description: 'crontab line 8',
      },
      mail: {
        cron: '0 4 * * *',
        zone: 'Asia/Tokyo',
        jitter: '5m',
        overlap: 'skip',
        script: {
          path,
          args: ['/bin/bash', 'mail $MAILTO'],
          env: { ...env, MAILTO: 'ops@example.com' },
        },
        description: 'crontab line 9',
      },
      boot: {
        startup: 'node',
        script: { path, args: ['/bin/bash', '/opt/boot.sh'], env },
        description: 'crontab line 10',
      },
    });
    expect(crontabConfig(lines, 'UTC')).toMatchObject({
      timezone: 'UTC',
      scripts: { env: ['MAILTO', 'PATH', 'TZ'] },
    });
  });

  it('tells each difference once, with its lines', () => {
    const many = Array.from({ length: 15 }, (_, i) => `${i} 1 * * * root ls`);
    const text = ['MAILTO=ops', 'TZ=Asia/Tokyo', ...many, '@reboot root nohup server &'].join('\n');
    const { differences } = convert(text, true);
    const all = differences.join('\n');
    expect(all.match(/MAILTO/gu)).toHaveLength(1);
    expect(all).toContain('lines 3, 4, 5, 6, 7 and 11 more: ran as root;');
    expect(all).toContain('TZ=Asia/Tokyo is handed to the command and does not move its times');
    expect(all).toContain('line 18: runs at each start of tickwork;');
    expect(all).toContain('line 18: leaves a process in the background: it goes on');
    expect(differences).toHaveLength(7);
  });

  it('tells of what cron does not expand, of ~ and of names that cron sets', () => {
    const { differences } = convert('PATH=$PATH:/opt\nUSER=bob\n~ 1 * * * a && b\n');
    const all = differences.join('\n');
    expect(all).toContain('line 3: cron expands no variables: the command gets PATH=$PATH:/opt');
    expect(all).toContain('line 3: USER is left out: cron sets it itself.');
    expect(all).toContain('line 3: ~ became a time');
    expect(all).not.toContain('background');
  });

  it('lists lines without a meaning, in their order', () => {
    const { lines, mistakes } = convert('61 * * * * a\nnonsense\n* * * * * b\n0 0 * * sat-mon c');
    expect(lines.map(({ name }) => name)).toEqual(['b']);
    expect(mistakes.map(({ line }) => line)).toEqual([1, 2, 4]);
  });
});

describe('a command that leaves a process in the background', () => {
  const note = 'line 1: leaves a process in the background';
  const notesOf = (command: string): string => convert(`@reboot ${command}\n`).differences.join();

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

describe('mergeCrontab', () => {
  const crontab = readCrontab('PATH=/bin\n* * * * * echo a\n@reboot echo b\n', { system: false });
  const taken = new Set(['echo']);
  const config = crontabConfig(convertCrontab(crontab, { taken }).lines, 'Asia/Tokyo');

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
    expect(parse(merged).jobs['echo-3']).not.toHaveProperty('zone');
  });

  it('adds to JSON as JSON', () => {
    const merged = mergeCrontab('{ "jobs": { "a": { "every": "1h", "task": "t" } } }', config);
    expect(Object.keys(JSON.parse(merged ?? '').jobs)).toEqual(['a', 'echo-2', 'echo-3']);
  });

  it.each(['', 'jobs:\n', 'jobs: {}\n'])('begins in %j', (text) => {
    expect(parse(mergeCrontab(text, config) ?? '')).toMatchObject({ jobs: { 'echo-2': {} } });
  });

  it.each(['- a list', 'a: [', 'jobs: text', 'scripts: 5'])('leaves %j alone', (text) => {
    expect(mergeCrontab(text, config)).toBe(null);
  });
});
