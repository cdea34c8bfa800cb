import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCatalogue } from 'tickwork';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatInstant, formatLength, isoInstants } from './instants.ts';
import { RotatingFile } from './log-file.ts';
import { Output } from './output.ts';
import { runProgram } from './program.ts';
import { lineWidth, plainText } from './styled.ts';
import { alignTable, tabTable } from './table.ts';
import { languageOf } from './text.ts';

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function tickwork(...argv: string[]): Promise<Ended> {
  const texts = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const out = new Output({
    json: argv.includes('--json'),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    variables: {},
  });
  const status = await runProgram(argv, { out, language: languageOf(argv, {}), variables: {} });
  return { status, ...texts };
}

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-cli-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the exit status tells what went wrong', () => {
  it.each([
    [['--help'], 0],
    [['--version'], 0],
    [['jobs'], 2],
    [['nonsense'], 2],
    [['next'], 2],
    [['next', '* * * * *', '--count', 'many'], 2],
    [['next', '61 * * * *'], 2],
    [['next', '0 0 30 2 *'], 2],
    [['next', '* * * * *', '--zone', 'Mars/Base'], 2],
    [['next', '* * * * *', '--unknown'], 2],
    [['validate', '/nonexistent/tickwork.yaml'], 78],
    [['runs', 'ls', '--store', '/nonexistent/tickwork.db'], 69],
    [['import', 'crontab', '/nonexistent'], 2],
  ])('%j → %i', async (argv, status) => {
    expect((await tickwork(...argv)).status).toBe(status);
  });

  it('every code of the catalogue has a known one', () => {
    const known = [0, 1, 2, 4, 69, 74, 75, 77, 78, 124];
    for (const { exit } of Object.values(errorCatalogue)) expect(known).toContain(exit);
  });
});

describe('--json', () => {
  it('ends standard output with one object, also for errors', async () => {
    const good = await tickwork(
      'next',
      '0 9 * * *',
      '--zone',
      'UTC',
      '--after',
      '2027-01-01',
      '--json',
    );
    expect(JSON.parse(good.stdout).fires[0].fireAt).toBe('2027-01-01T09:00:00.000Z');
    const bad = await tickwork('next', '61 * * * *', '--json');
    expect(JSON.parse(bad.stdout)).toMatchObject({ error: { code: 'INVALID_CRON' } });
    const unknown = await tickwork('nonsense', '--json');
    expect(JSON.parse(unknown.stdout)).toMatchObject({ error: { code: 'USAGE' } });
  });
});

describe('help', () => {
  it('speaks English and Chinese', async () => {
    expect((await tickwork('jobs', '--help')).stdout).toContain('list jobs');
    expect((await tickwork('jobs', '--help', '--lang', 'zh-CN')).stdout).toContain('列出任务');
    expect(languageOf([], { LANG: 'zh_CN.UTF-8' })).toBe('zh-CN');
    expect(languageOf([], { LANG: 'zh_CN.UTF-8', LC_ALL: 'C' })).toBe('en');
    expect(languageOf(['--lang=zh'], {})).toBe('zh-CN');
  });
});

describe('next and describe', () => {
  it('tell of clock changes', async () => {
    const argv = ['next', '30 2 * * *', '--zone', 'Europe/Berlin', '--after', '2027-03-27T12:00Z'];
    const { stdout } = await tickwork(...argv, '-n', '2');
    const [first, second] = stdout.split('\n');
    expect(first).toMatch(/^2027-03-28 03:00:00\+02:00 {2}\S/u);
    expect(second).toBe('2027-03-29 02:30:00+02:00');
  });

  it('spread H by the seed, always the same way', async () => {
    const at = async (seed: string): Promise<string> =>
      (await tickwork('next', 'H H * * *', '--seed', seed, '-n', '1', '--after', '2027-01-01'))
        .stdout;
    expect(await at('backup')).toBe(await at('backup'));
    expect(new Set(await Promise.all(['a', 'b', 'c', 'd'].map(at))).size).toBeGreaterThan(1);
  });

  it('put an expression into words', async () => {
    expect((await tickwork('describe', '0 9 * * mon-fri')).stdout).toContain('09:00');
    expect((await tickwork('describe', '0 9 * * *', '--lang', 'zh')).stdout).toContain('每');
  });
});

describe('config show', () => {
  it('tells where each option comes from and hides what the environment gave', async () => {
    const file = join(directory, 'tickwork.yaml');
    process.env.TICKWORK_TEST_SECRET = 'hunter2';
    writeFileSync(file, 'name: "$' + '{TICKWORK_TEST_SECRET}"\nlog: { level: warn }\n');
    const { stdout } = await tickwork('config', 'show', file, '--json');
    delete process.env.TICKWORK_TEST_SECRET;
    const { options } = JSON.parse(stdout);
    expect(stdout).not.toContain('hunter2');
    expect(options).toContainEqual({ path: 'log.level', value: 'warn', origin: 'file' });
    expect(options).toContainEqual({ path: 'log.format', value: 'text', origin: 'default' });
  });
});

describe('import crontab', () => {
  it('writes a configuration that is valid at once', async () => {
    const crontab = join(directory, 'crontab');
    writeFileSync(crontab, 'PATH=/usr/bin:/bin\n*/5 * * * * echo 50\\% done\n');
    const target = join(directory, 'made');
    expect((await tickwork('import', 'crontab', crontab, '--to', target)).status).toBe(0);
    expect((await tickwork('validate', join(target, 'tickwork.yaml'))).status).toBe(0);
    expect((await tickwork('import', 'crontab', crontab, '--to', target)).status).toBe(2);
    const file = join(target, 'tickwork.yaml');
    expect((await tickwork('import', 'crontab', crontab, '--into', file)).status).toBe(0);
    const { stdout } = await tickwork('validate', file, '--json');
    expect(JSON.parse(stdout).jobs).toEqual(['echo', 'echo-2']);
  });
});

describe('shown values', () => {
  it('are aligned by the width of their signs', () => {
    expect(lineWidth('任务ab')).toBe(6);
    const columns = [{ title: 'NAME' }, { title: 'N', align: 'right' as const }];
    const rows = [
      ['任务', '1'],
      ['x', '10'],
    ];
    const lines = alignTable(columns, rows, 80).map(plainText);
    expect(lines).toEqual(['NAME   N', '任务   1', 'x     10']);
    expect(tabTable(columns, [['a\tb', '1']])).toEqual(['NAME\tN', 'a b\t1']);
  });

  it('are cut where a terminal is too narrow, the last column first', () => {
    const columns = [{ title: 'ID' }, { title: 'JOB', widthMin: 6 }, { title: 'WHY', widthMin: 4 }];
    const rows = [['12345', '备份数据库', 'disk full']];
    const at = (width: number) => plainText(alignTable(columns, rows, width)[1] ?? '');
    expect(at(30)).toBe('12345  备份数据库  disk full');
    expect(at(24)).toBe('12345  备份数据库  disk…');
    expect(at(18)).toBe('12345  备份…   dis…');
    expect(at(5)).toBe('12345  备份…   dis…');
  });

  it('are instants with their offset and lengths for people', () => {
    const at = Date.UTC(2027, 6, 1, 12);
    expect(formatInstant(at, 'Europe/Berlin')).toBe('2027-07-01 14:00:00+02:00');
    expect(formatInstant(at + 5, 'UTC')).toBe('2027-07-01 12:00:00.005+00:00');
    expect([5, 61_000, 3_720_000, 100_000_000].map(formatLength)).toEqual([
      '5ms',
      '1m 01s',
      '1h 02m',
      '1d 03h',
    ]);
    expect(isoInstants({ fireAt: 0, input: { seenAt: 5 }, list: [{ endAt: 0 }] })).toEqual({
      fireAt: '1970-01-01T00:00:00.000Z',
      input: { seenAt: 5 },
      list: [{ endAt: '1970-01-01T00:00:00.000Z' }],
    });
  });
});

describe('a log file', () => {
  it('is renamed when it is full and keeps so many former ones', () => {
    const path = join(directory, 'logs', 'scheduler.log');
    const file = new RotatingFile({ path, bytesMax: 20, backupCount: 2 });
    for (const line of ['first line', 'second line', 'third line', 'fourth line']) file.write(line);
    const read = (suffix: string): string => readFileSync(path + suffix, 'utf8');
    expect([read(''), read('.1'), read('.2')]).toEqual([
      'fourth line\n',
      'third line\n',
      'second line\n',
    ]);
    expect(() => read('.3')).toThrow();
  });
});
