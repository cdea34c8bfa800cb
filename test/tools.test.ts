import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announcement } from '../tools/announce-tests.ts';
import {
  installArguments,
  isInstalled,
  type Lock,
  type Need,
  progressLine,
} from '../tools/install.mjs';
import { lockProblems } from '../tools/licences.ts';
import { totalsLine } from '../tools/totals.ts';
import { root } from './tidy/project-files.ts';

const runner = join(root, 'tools', 'run.mjs');

test.each([
  [['embedded', '--parts', 'drain'], "Unknown option '--parts'"],
  [['embedded', '--only', 'x'], 'there is no part x'],
  [['other'], 'There is no benchmark "other"'],
])('the benchmark refuses %j with its usage', (args, why) => {
  const main = join('bench', 'main.ts');
  const command = [runner, '--conditions=tickwork-src', main, ...args];
  const result = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  expect(result.status).toBe(2);
  expect(result.stderr).toContain(why);
  expect(result.stderr).toContain('usage: npm run bench');
});

describe('tools/run.mjs', () => {
  let directory = '';
  const program = (text: string): string => {
    const path = join(directory, 'program.ts');
    writeFileSync(path, text);
    return relative(root, path);
  };

  beforeAll(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'tickwork-run-')));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('gives the program its arguments, its directory and all of stdout', () => {
    const path = program(`
      const found: unknown[] = [process.cwd(), process.execArgv, process.argv.slice(2)];
      console.log(JSON.stringify(found));
    `);
    const args = [runner, '--conditions=tickwork-src', path, '--json', 'two words', '$HOME'];
    const result = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' });
    const expected = [directory, ['--conditions=tickwork-src'], ['--json', 'two words', '$HOME']];
    expect(JSON.parse(result.stdout)).toEqual(expected);
  });

  test('ends with the status of the program', () => {
    const path = program('process.exitCode = 78;');
    expect(spawnSync(process.execPath, [runner, path]).status).toBe(78);
  });

  test('says how it is used when no program is named', () => {
    const result = spawnSync(process.execPath, [runner], { encoding: 'utf8' });
    expect(result.status).toBe(64);
    expect(result.stderr).toContain('usage: node tools/run.mjs');
  });

  test('passes a signal on once and waits for the program', async () => {
    const path = program(`
      let count = 0;
      process.on('SIGTERM', () => {
        count++;
        setTimeout(() => process.exit(40 + count), 50);
      });
      setInterval(() => {}, 1000);
      console.log('ready');
    `);
    const child = spawn(process.execPath, [runner, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([41, null]);
  });

  test('ends by the signal that ended the program', async () => {
    const path = program("process.kill(process.pid, 'SIGKILL');");
    const child = spawn(process.execPath, [runner, path], { stdio: 'ignore' });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  });
});

describe('the installation', () => {
  const yaml = { version: '1.0.0', integrity: 'sha512-x' };
  const tool = { version: '2.0.0', integrity: 'sha512-y', dev: true };
  const lock = {
    packages: { '': {}, 'node_modules/yaml': yaml, 'node_modules/vitest': tool },
  };
  const record = (packages: Lock['packages']): Lock => ({ packages });
  const runOnly = record({ 'node_modules/yaml': yaml });

  test.each<[Need, string, Lock | undefined, boolean]>([
    ['run', 'nothing', undefined, false],
    ['run', 'what runs', runOnly, true],
    ['all', 'what runs', runOnly, false],
    ['all', 'everything', lock, true],
    [
      'run',
      'another version',
      record({ 'node_modules/yaml': { ...yaml, version: '0.9.0' } }),
      false,
    ],
  ])('for %s is finished with %s: %#', (need, _, installed, expected) => {
    expect(isInstalled(need, lock, installed)).toBe(expected);
  });

  test('leaves the tools out for a command in a fresh checkout', () => {
    expect(installArguments('run', undefined)).toEqual(
      expect.arrayContaining(['ci', '--omit=dev', '--include=optional']),
    );
  });

  test('adds the tools without touching what an engine may be running on', () => {
    const args = installArguments('all', runOnly);
    expect(args.slice(0, 3)).toEqual(['install', '--no-save', '--include=dev']);
  });

  test('keeps tools that are there', () => {
    expect(installArguments('run', lock)).toContain('--include=dev');
  });

  test('says how far it is, and what is waited for at last', () => {
    const paths = ['node_modules/yaml', 'node_modules/zod', 'packages/a/node_modules/@b/c'];
    expect(progressLine(paths, (path) => path.endsWith('yaml'), 3)).toBe('1 of 3 packages, 3 s');
    const line = progressLine(paths, (path) => !path.endsWith('c'), 8);
    expect(line).toBe('2 of 3 packages, 8 s; waiting for @b/c');
  });
});

test.each([
  [400, 'takes about 7 minutes (as the last time in this checkout)'],
  [20, 'takes about 1 minute (as'],
  [null, 'minutes (measured on two cores)'],
])('all tests announce their time when the last took %j s', (last, expected) => {
  expect(announcement(last)).toContain(expected);
});

describe('bin/tickwork', () => {
  test('finds its checkout through links and keeps the caller in place', () => {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'tickwork-bin-')));
    try {
      const checkout = join(directory, 'a checkout');
      mkdirSync(join(checkout, 'tools'), { recursive: true });
      mkdirSync(join(checkout, 'bin'));
      cpSync(join(root, 'bin', 'tickwork'), join(checkout, 'bin', 'tickwork'));
      const stub = 'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(1)]))';
      writeFileSync(join(checkout, 'tools', 'run.mjs'), stub);
      symlinkSync('a checkout/bin/tickwork', join(directory, 'first'));
      symlinkSync(join(directory, 'first'), join(directory, 'second'));
      const args = ['run', 'two words', ''];
      const result = spawnSync('../../second', args, { cwd: join(checkout, 'bin') });
      expect(JSON.parse(String(result.stdout))).toEqual([
        join(checkout, 'bin'),
        join(checkout, 'tools', 'run.mjs'),
        '--conditions=tickwork-src',
        'packages/server/src/cli/main.ts',
        ...args,
      ]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe('the published command', () => {
  const command = join(root, 'packages', 'server', 'bin', 'tickwork.js');

  test('tells an old Node.js what to do', () => {
    const old = "Object.defineProperty(process.versions, 'node', { value: '20.20.2' });";
    const args = ['--import', `data:text/javascript,${encodeURIComponent(old)}`, command, 'serve'];
    const result = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(result.status).toBe(1);
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain('needs Node.js 24 or newer, but this is Node.js 20.20.2');
    expect(result.stderr).toContain('npx -y -p node@26 -p @tickwork/server tickwork serve');
  });
});

describe('totalsLine', () => {
  const report = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  const file = (status: string, ...tests: string[]) => ({
    status,
    assertionResults: tests.map((test) => ({ status: test })),
  });

  test('counts tests', () => {
    const testResults = [file('passed', 'passed')];
    expect(totalsLine({ ...report, testResults })).toBe('5 passed, 0 failed');
  });

  test('counts a file that could not be loaded as one failure', () => {
    const testResults = [file('failed'), file('failed', 'passed', 'failed')];
    const line = totalsLine({ ...report, numFailedTests: 1, testResults });
    expect(line).toBe('5 passed, 2 failed');
  });

  test('names what was skipped', () => {
    const line = totalsLine({ ...report, numPendingTests: 1, numTodoTests: 2, testResults: [] });
    expect(line).toBe('5 passed, 0 failed, 3 skipped');
  });
});

describe('lockProblems', () => {
  const good = { version: '1.0.0', license: 'MIT', integrity: 'sha512-x' };
  const problems = (entry: object): string[] => lockProblems({ 'node_modules/a': entry });

  test.each([
    ['a permissive licence', good],
    ['one acceptable side of a choice', { ...good, license: '(GPL-3.0 OR MIT)' }],
    ['weak copyleft in a tool', { ...good, license: 'MPL-2.0', dev: true }],
    ['a link to our own package', { resolved: 'packages/tickwork', link: true }],
  ])('accepts %s', (_, entry) => {
    expect(problems(entry)).toEqual([]);
  });

  test.each([
    ['strong copyleft', { ...good, license: 'GPL-3.0' }],
    ['one bad side of a conjunction', { ...good, license: 'MIT AND GPL-3.0' }],
    ['weak copyleft in what we ship', { ...good, license: 'MPL-2.0' }],
    ['no licence', { version: '1.0.0', integrity: 'sha512-x' }],
    ['no hash', { version: '1.0.0', license: 'MIT' }],
    ['a download address', { ...good, resolved: 'https://example.org/a.tgz' }],
  ])('refuses %s', (_, entry) => {
    expect(problems(entry)).toHaveLength(1);
  });
});
