import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { type EndedCommand, tickwork } from './testing/run-command.ts';

const SAMPLES = new URL('../importers/crontab/samples/', import.meta.url);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-import-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function importText(text: string, ...options: string[]): Promise<EndedCommand> {
  const crontab = join(directory, 'crontab');
  writeFileSync(crontab, text);
  return await tickwork('import', 'crontab', crontab, ...options);
}

/** The arguments of each job's script as a running engine would hand them on. */
function argsIn(file: string): Readonly<Record<string, readonly string[]>> {
  const loaded = loadConfig(file);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const entries = Object.entries(loaded.config.jobs).map(([name, { script }]) => [
    name,
    (script as { args: readonly string[] }).args,
  ]);
  return Object.fromEntries(entries);
}

describe('import crontab', () => {
  it.each(readdirSync(SAMPLES))('translates every line of the sample %s', async (name) => {
    const sample = new URL(name, SAMPLES).pathname;
    const target = join(directory, 'out');
    const { status, stderr, answer } = await tickwork(
      ...['import', 'crontab', sample, '--to', target, '--json'],
    );
    expect({ status, mistakes: answer.mistakes }, stderr).toEqual({ status: 0, mistakes: [] });
    const file = join(target, 'tickwork.yaml');
    expect(await tickwork('validate', file)).toMatchObject({ status: 0, stderr: '' });
    const names = Object.keys(argsIn(file)).map((each) => each.replace(/-\d+$/u, ''));
    const lines = readFileSync(sample, 'utf8').split('\n');
    const runs = lines.filter((line) => /^\s*[-\d*@~]/u.test(line));
    expect(names).toHaveLength(runs.length);
    expect(names.filter((each) => /^(?:cd|bash|sh|test|true|if|root)$/u.test(each))).toEqual([]);
  });

  it('leaves every $ to the shell', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what shells read.
    const command = 'kill $$; echo $$$$ ${HOME} $${X} $$$ $HOME ${X:-$$} \\$$ $';
    await importText(`A=$$\${B}\n0 1 * * * ${command}%$$ \${C}\n`, '--to', join(directory, 'out'));
    const file = join(directory, 'out', 'tickwork.yaml');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what shells read.
    expect(argsIn(file)).toEqual({ kill: ['/bin/sh', command, '$$ ${C}\n'] });
  });

  it('translates what it can, lists the rest and ends with status 1', async () => {
    const target = join(directory, 'out');
    const ended = await importText('61 * * * * a\n0 0 30 2 * b\n* * * * * c\n', '--to', target);
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('crontab:1: left out: 61 * * * * a\n  minute: 61 is not within');
    expect(ended.stderr).toContain('crontab:2: left out: 0 0 30 2 * b\n  never fires');
    expect(Object.keys(argsIn(join(target, 'tickwork.yaml')))).toEqual(['c']);
  });

  it('lists what only the loader refuses', async () => {
    const text = 'CRON_TZ=Mars/Base\n0 1 * * * a\nCRON_TZ=\nconstructor=1\n0 2 * * * b\n';
    const { answer, status } = await importText(`0 0 * * * z\n${text}`, '--json');
    expect(status).toBe(1);
    expect(answer.mistakes).toMatchObject([
      { line: 3, reason: expect.stringContaining('Mars/Base') },
      { line: 6, reason: expect.stringContaining('refused as a key') },
    ]);
    expect(Object.keys(answer.config.jobs)).toEqual(['z']);
  });

  it('leaves out a random delay that is longer than the job allows', async () => {
    const { answer, status } = await importText('RANDOM_DELAY=30\n*/5 * * * * a\n', '--json');
    expect(status).toBe(0);
    expect(answer.config.jobs.a).not.toHaveProperty('jitter');
    expect(answer.differences.join('\n')).toContain('line 2: RANDOM_DELAY is left out:');
  });

  it.each(['', '# nothing\n', '61 * * * * a\n', 'MAILTO=me\n'])(
    'writes nothing for %j',
    async (text) => {
      const target = join(directory, 'out');
      const ended = await importText(text, '--to', target);
      expect(ended).toMatchObject({ status: 1, stdout: '' });
      expect(ended.stderr).toContain('nothing is written');
      expect(existsSync(target)).toBe(false);
      expect(await importText(text)).toMatchObject({ status: 1, stdout: '' });
    },
  );

  it('refuses a wrong zone as such', async () => {
    const ended = await importText('* * * * * a\n', '--zone', 'Mars/Base');
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toContain('--zone: ');
  });

  it('knows a system crontab by its path', async () => {
    mkdirSync(join(directory, 'etc', 'cron.d'), { recursive: true });
    const file = join(directory, 'etc', 'cron.d', 'job');
    writeFileSync(file, '* * * * * bob ls -l\n');
    const { answer } = await tickwork('import', 'crontab', file, '--json');
    expect(answer.config.jobs).toMatchObject({ ls: { script: { args: ['/bin/sh', 'ls -l'] } } });
  });

  it('writes a valid file or nothing, whatever the crontab is', async () => {
    await fc.assert(
      fc.asyncProperty(crontabArbitrary(), fc.boolean(), async (text, system) => {
        const target = mkdtempSync(join(directory, 'any-'));
        const file = join(target, 'new', 'tickwork.yaml');
        const to = ['--to', join(target, 'new'), ...(system ? ['--system'] : [])];
        const { status } = await importText(text, ...to);
        if (!existsSync(file)) {
          expect(status).toBe(1);
          expect(readdirSync(target)).toEqual([]);
          return;
        }
        expect((await tickwork('validate', file)).status).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('import crontab --into', () => {
  it('adds under free names and keeps mode and link of the file', async () => {
    const file = join(directory, 'real.yaml');
    const link = join(directory, 'tickwork.yaml');
    writeFileSync(file, '# ours\njobs:\n  echo: { every: 1h, task: t }\n');
    chmodSync(file, 0o600);
    symlinkSync('real.yaml', link);
    expect((await importText('* * * * * echo $$\n', '--into', link)).status).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('# ours');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await tickwork('validate', link, '--json')).answer.jobs).toEqual(['echo', 'echo-2']);
    expect(readdirSync(directory).sort()).toEqual(
      ['crontab', 'real.yaml', 'scripts', 'tickwork.yaml'].sort(),
    );
  });

  it('leaves all as it was if the outcome is not valid', async () => {
    const file = join(directory, 'tickwork.yaml');
    writeFileSync(file, 'jobs: {}\n');
    mkdirSync(join(directory, 'scripts'));
    writeFileSync(join(directory, 'scripts', 'crontab-line.sh'), 'mine\n');
    // Scripts in a folder that everybody may write to are refused.
    chmodSync(join(directory, 'scripts'), 0o777);
    const ended = await importText('* * * * * echo\n', '--into', file);
    expect(ended.status).toBe(78);
    expect(ended.stderr).toContain('everybody may write to its folder');
    expect(readFileSync(file, 'utf8')).toBe('jobs: {}\n');
    expect(readFileSync(join(directory, 'scripts', 'crontab-line.sh'), 'utf8')).toBe('mine\n');
  });

  it('refuses a file that is wrong already or of another format', async () => {
    const file = join(directory, 'tickwork.yaml');
    writeFileSync(file, 'jobs: { a: { every: never } }\nstor: x\n');
    expect((await importText('* * * * * echo\n', '--into', file)).status).toBe(78);
    expect(existsSync(join(directory, 'scripts'))).toBe(false);
  });
});

/** Crontabs of lines that are right, nearly right, or noise. */
function crontabArbitrary(): fc.Arbitrary<string> {
  const sign = fc.constantFrom(...'*/,-~0123456789LW#?@H');
  const field = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('*', '0', '5', '1-5', '*/60', '10-12/7', 'mon', '~') },
    { weight: 1, arbitrary: fc.string({ unit: sign, minLength: 1, maxLength: 6 }) },
  );
  const piece = fc.oneof(
    fc.constantFrom(
      '$$',
      '$'.concat('{A}'),
      '$',
      '%',
      '\\',
      '"',
      "'",
      '#',
      ': ',
      '\t',
      ' ',
      '&',
      ';',
      '\u0085',
    ),
    fc.constantFrom(
      'constructor',
      '__proto__',
      'true',
      'null',
      'root',
      'cd /',
      'ls',
      '-n ',
      '\u2028',
    ),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const command = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  const nickname = fc.constantFrom(
    '@daily',
    '@reboot',
    '@every_minute',
    '@every_second',
    '@x',
    '@',
  );
  const schedule = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.array(field, { minLength: 5, maxLength: 5 }).map((a) => a.join(' ')),
    },
    { weight: 1, arbitrary: nickname },
  );
  const name = fc.constantFrom('PATH', 'TZ', 'CRON_TZ', 'MAILTO', 'SHELL', 'RANDOM_DELAY', 'a.b');
  const value = fc.oneof(command, fc.constantFrom('UTC', '5', '500', '/bin/sh', 'Europe/Berlin'));
  const line = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(schedule, command).map((parts) => parts.join(' ')) },
    { weight: 2, arbitrary: fc.tuple(name, value).map((parts) => parts.join('=')) },
    { weight: 1, arbitrary: command },
  );
  return fc.array(line, { maxLength: 6 }).map((lines) => `${lines.join('\n')}\n`);
}
