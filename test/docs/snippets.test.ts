import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrial } from '../../packages/server/src/cli/dry-scheduler.ts';
import { checkJobs } from '../../packages/server/src/config/check-jobs.ts';
import { parseConfig } from '../../packages/server/src/config/load-config.ts';
import { pages, root, snippetsOf } from './snippets.ts';

const DEADLINE_MS = 180_000;
const CLI = join(root, 'packages/server/src/cli/main.ts');
const snippets = pages().flatMap(snippetsOf);
const of = (language: string) => snippets.filter((snippet) => snippet.language === language);

let directory: string;
/** Inside the checkout, so that `tickwork` is found as an installed package is. */
beforeAll(() => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  directory = mkdtempSync(join(root, '.cache', 'snippets-'));
  cpSync(join(root, 'examples/quickstart'), directory, { recursive: true });
  rmSync(join(directory, '.tickwork'), { recursive: true, force: true });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

function node(args: readonly string[], onOutput: (child: ChildProcess) => void): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=tickwork-src', ...args], {
    cwd: directory,
    env: { ...process.env, LANG: 'C', NO_COLOR: '1' },
  });
  let output = '';
  const note = (data: Buffer): void => {
    output += data.toString();
  };
  child.stderr.on('data', note);
  child.stdout.on('data', (data: Buffer) => {
    note(data);
    onOutput(child);
  });
  return new Promise((resolve) => {
    child.on('exit', (status) => resolve({ status, output }));
  });
}

describe('the examples of README and guides', () => {
  it('are there', () => {
    for (const language of ['ts', 'yaml', 'sh']) expect(of(language).length).toBeGreaterThan(1);
  });

  it.each(of('yaml').map(({ place, text }) => [place, text]))('%s is valid', async (_, text) => {
    const loaded = parseConfig({ file: join(directory, 'snippet.yaml'), text });
    if (!loaded.ok) expect.fail(JSON.stringify(loaded.problems));
    expect(await checkJobs(loaded.config, openTrial)).toEqual([]);
  });

  // A program that waits for a signal gets one after its first line.
  it.each(of('ts').map(({ place, text }) => [place, text]))(
    '%s runs',
    async (place, text) => {
      const file = join(directory, `${place.replaceAll(/\W/gu, '-')}.ts`);
      writeFileSync(file, text);
      const { status, output } = await node([file], (child) => {
        if (text.includes('SIGINT')) child.kill('SIGINT');
      });
      expect({ status, output }).toEqual({ status: 0, output: expect.stringMatching(/SUCCESS/u) });
    },
    DEADLINE_MS,
  );

  it(
    'in a shell end well',
    async () => {
      const made = await node([CLI, 'run', '--for', '500ms'], () => {});
      expect(made).toMatchObject({ status: 0 });
      const lines = of('sh').flatMap(({ place, text }) =>
        text.split('\n').map((line) => ({ place, line })),
      );
      const commands = lines.filter(({ line }) => line.startsWith('tickwork '));
      expect(commands.length).toBe(lines.length);
      for (const { place, line } of commands) {
        const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/gu)].map(
          (match) => match[1] ?? match[2] ?? match[3] ?? '',
        );
        const ended = await node([CLI, ...words.slice(1)], () => {});
        expect({ place, line, ...ended }).toMatchObject({ status: 0 });
      }
    },
    DEADLINE_MS,
  );
});
