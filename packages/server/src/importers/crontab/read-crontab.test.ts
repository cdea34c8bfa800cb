import { describe, expect, it } from 'vitest';
import { readCrontab } from './read-crontab.ts';
import { readVariable } from './read-variable.ts';

function read(text: string, system = false) {
  return readCrontab(text, { system });
}

describe('readCrontab', () => {
  it('reads schedules, commands and the variables above a line', () => {
    const { entries, mistakes } = read(
      [
        '# m h dom mon dow command',
        'PATH="/usr/local/bin:/usr/bin"',
        '*/5 *\t* * *   /opt/poll  --fast 2>&1 ',
        'PATH=/bin',
        '@daily  /opt/poll',
        '-@reboot /opt/boot.sh',
        'this is wrong',
      ].join('\r\n'),
    );
    expect(entries.map(({ line, schedule, command }) => [line, schedule, command])).toEqual([
      [3, '*/5 *\t* * *', '/opt/poll  --fast 2>&1 '],
      [5, '@daily', '/opt/poll'],
      [6, '@reboot', '/opt/boot.sh'],
    ]);
    expect(entries.map(({ variables }) => variables.get('PATH'))).toEqual([
      '/usr/local/bin:/usr/bin',
      '/bin',
      '/bin',
    ]);
    expect(mistakes).toMatchObject([{ line: 7, text: 'this is wrong' }]);
  });

  it('takes the options before a command', () => {
    const { entries } = read('* * * * * -n /opt/a -n\n* * * * * -q -s b\n* * * * * -nq c\n');
    expect(entries.map(({ options, command }) => [[...options].join(''), command])).toEqual([
      ['n', '/opt/a -n'],
      ['qs', 'b'],
      ['nq', 'c'],
    ]);
  });

  it.each([
    ['* * * * *', 'has no command'],
    ['@daily', 'has no command'],
    ['* * * ls', 'no five fields with a command'],
    ['* * * * * %only input', 'has no command'],
    ['* * * * * * ls', 'more than five fields'],
    ['NAME="open', 'no NAME=value'],
    ['1 5 cron.daily nice run-parts /etc/cron.daily', 'anacrontab'],
    ['@monthly 45 cron.monthly nice run-parts /etc/cron.monthly', 'anacrontab'],
  ])('lists %s as a mistake', (line, reason) => {
    const { entries, mistakes } = read(line);
    expect(entries).toEqual([]);
    expect(mistakes).toMatchObject([{ line: 1, reason: expect.stringContaining(reason) }]);
  });
});

describe('the user column', () => {
  it('is read if it is asked for', () => {
    const { entries, mistakes, userColumn } = read('0 1 * * * bob ls\n0 2 * * * /bin/ls -l', true);
    expect(userColumn).toBe('asked');
    expect(entries).toMatchObject([{ user: 'bob', command: 'ls' }]);
    expect(mistakes).toMatchObject([
      { line: 2, reason: '"/bin/ls" in the user column is no user.' },
    ]);
  });

  it('is recognised by root, or by the comment above it', () => {
    const byRoot = read('17 * * * * root cd / && run-parts /etc/cron.hourly\n0 1 * * * bob ls');
    expect(byRoot).toMatchObject({ userColumn: 'recognised', entries: [{ user: 'root' }, {}] });
    const byHeader = read('# m h dom mon dow user\tcommand\n0 1 * * * bob ls');
    expect(byHeader).toMatchObject({ userColumn: 'recognised', entries: [{ user: 'bob' }] });
  });

  it('is not seen in commands', () => {
    const own = '0 1 * * * mail root\n0 2 * * * git pull\n0 3 * * * backup nightly';
    expect(read(own)).toMatchObject({ userColumn: 'none', mistakes: [] });
    expect(read('0 1 * * * root ls\n0 2 * * * /opt/own')).toMatchObject({
      userColumn: 'none',
      entries: [{ command: '/opt/own' }],
      mistakes: [{ line: 1, reason: expect.stringContaining('--system') }],
    });
  });
});

describe('readVariable', () => {
  it.each([
    ['A=b', 'A', 'b'],
    ['A = b c  ', 'A', 'b c'],
    ['A=', 'A', ''],
    ["A='b '", 'A', 'b '],
    ['"A"="b" ', 'A', 'b'],
    ['A=b # no comment', 'A', 'b # no comment'],
    ['A=$B', 'A', '$B'],
  ])('reads %s', (line, name, value) => {
    expect(readVariable(line)).toEqual({ name, value });
  });

  it.each(['A="b', 'A="b" c', 'A B=c', '=c', '* * * * * A=1 ls', '"A=B"=c'])(
    'does not read %s',
    (line) => {
      expect(readVariable(line)).toBe(null);
    },
  );
});
