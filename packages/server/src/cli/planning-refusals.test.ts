import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Output } from './output.ts';
import { runProgram } from './program.ts';

let directory: string;
const at = (name: string): string => join(directory, name);

const files = {
  'good.yaml': "store: good.db\njobs:\n  a: { daily: '02:00', zone: UTC, task: work }\n",
  'empty.yaml': 'jobs: {}\n',
  'zone.yaml': "timezone: Mars/Base\njobs:\n  a: { daily: '02:00', task: work }\n",
  'corrupt.db': 'This is no database at all, however long one looks at it.',
};

async function tickwork(...argv: string[]) {
  const texts = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const streams = { stdout: sink('stdout'), stderr: sink('stderr') };
  const out = new Output({ json: false, variables: {}, ...streams });
  const status = await runProgram(
    argv.map((word) => word.replace('@', `${directory}/`)),
    { out, language: 'en', variables: {} },
  );
  return { status, ...texts };
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-refusals-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  await tickwork('apply', '@good.yaml', '--yes');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('a refusal names field, value, reason and what to do', () => {
  it.each<[string, number, RegExp]>([
    ['simulate @none.yaml', 78, /none\.yaml:1:1 there is no such file\. Name another/],
    ['simulate @zone.yaml', 78, /zone\.yaml:1:11 timezone: "Mars\/Base" — is no time zone/],
    ['lint @zone.yaml', 78, /zone\.yaml:1:11 timezone: "Mars\/Base" — is no time zone/],
    ['plan @zone.yaml', 78, /zone\.yaml:1:11 timezone: "Mars\/Base" — is no time zone/],
    [
      'simulate @good.yaml --from 2026-02-30',
      2,
      /from: "2026-02-30" — names a day that does not exist: 2026-02 has 28 days\. Write/,
    ],
    ['explain a --at 2026-13-01 --store @good.db', 2, /a month that no year has: 13\. Write/],
    ['explain a --at noon --store @good.db', 2, /at: "noon" — is no date-time\. Write/],
    ['explain a --store @good.db', 2, /say when: --at 2026-12-01T02:00/],
    ['explain b --at 2026-12-01 --store @good.db', 4, /job: "b" — does not exist\. List/],
    [
      'simulate @good.yaml --from 2027-01-02T00:00Z --to 2027-01-01T00:00Z',
      2,
      /to: "2027-01-01 00:00 UTC" — is not later than the beginning, 2027-01-02 00:00 UTC\. Write/,
    ],
    [
      'simulate @good.yaml --from 2027-01-01T00:00Z --to 3650d',
      2,
      /lies 3650 days after 2027-01-01 00:00 UTC; at most 366 are told\. Write/,
    ],
    ['simulate @good.yaml --to 10y', 2, /to: "10y" — is no duration.*Write a duration/],
    ['simulate @good.yaml --to=-7d', 2, /to: "-7d" — is negative\. Write a length/],
    ['simulate @good.yaml --nodes=-1', 2, /--nodes: "-1" — a whole number from 1 to 10000/],
    ['plan @good.yaml --days 1.5', 2, /--days: "1.5" — a whole number from 1 to 366/],
    ['audit --since=-7d --store @good.db', 2, /since: "-7d" — is negative\. Write/],
    ['audit --since 2199-01-01 --store @good.db', 2, /since: "2199.*lies ahead: it is .*Write/],
    ['audit --job b --store @good.db', 4, /job: "b" — does not exist\. List/],
    ['jobs rollback a --to=-1 --store @good.db', 2, /--to: "-1" — a whole number from 1 on/],
    ['doctor --store @none.db', 69, /store: ".*none\.db" — does not exist yet\. Start/],
    ['doctor --store @corrupt.db', 1, /damaged or no SQLite database\. Restore it/],
    ['simulate --bogus', 2, /unknown option '--bogus'\nAdd --help/],
    ['doctor extra', 2, /too many arguments for 'doctor'.*extra\.\nAdd --help/],
  ])('%s', async (line, status, message) => {
    const { stderr, stdout, ...ended } = await tickwork(...line.split(' '));
    expect(stderr).toMatch(message);
    expect([ended.status, stdout]).toEqual([status, '']);
  });
});

describe('nothing to ask about', () => {
  it.each(['lint', 'simulate'])('%s says so of a file without jobs', async (command) => {
    const { status, stdout, stderr } = await tickwork(command, '@empty.yaml');
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toContain('empty.yaml has no jobs: write some below jobs:');
  });

  it('tells of an instant at which nothing is due', async () => {
    const argv = ['--at', '2199-01-01T03:00Z', '--store', '@good.db'];
    const { status, stdout } = await tickwork('explain', 'a', ...argv);
    expect(status).toBe(0);
    expect(stdout).toMatch(/: no-instant\n[\s\S]*The trigger does not fire at that instant\./u);
  });
});
