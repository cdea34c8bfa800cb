import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from './workplace.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/quickstart', import.meta.url));
const CLI = fileURLToPath(new URL('../../packages/server/src/cli/main.ts', import.meta.url));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-quickstart-'));
  cpSync(EXAMPLE, directory, {
    recursive: true,
    filter: (path) => !/[/\\](?:output|\.tickwork)(?:[/\\]|$)/u.test(path),
  });
});
afterEach(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));

const output = (...names: string[]): string => join(directory, 'output', ...names);
const filesIn = (name: string): string[] =>
  existsSync(output(name)) ? readdirSync(output(name)) : [];

/** Runs a script of the example as the scheduler would, and gives its result. */
function script(name: string, environment: Readonly<Record<string, string>> = {}): unknown {
  const ended = spawnSync(process.execPath, [join(directory, 'scripts', name)], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  });
  expect(ended.stderr).toBe('');
  expect(ended.status).toBe(0);
  return JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '');
}

describe('the example', { timeout: 60_000 }, () => {
  it('beats at once, says where to look, and reads this computer', async () => {
    const child = spawn(process.execPath, ['--conditions=tickwork-src', CLI, 'run'], {
      cwd: directory,
    });
    let words = '';
    child.stderr.on('data', (data: Buffer) => {
      words += data.toString();
    });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const beat = await until('a heartbeat', () => filesIn('logs')[0]);
    expect(JSON.parse(readFileSync(output('logs', beat), 'utf8').split('\n')[0] ?? '')).toEqual(
      expect.objectContaining({ run: expect.any(String), dueAt: expect.any(String) }),
    );
    const file = await until('a reading', () => filesIn('readings')[0]);
    const reading = JSON.parse(readFileSync(output('readings', file), 'utf8').split('\n')[0] ?? '');
    expect(reading.attempt).toBe(1);
    expect(reading.memoryUsedBytes).toBeGreaterThan(0);
    expect(reading.memoryUsedBytes).toBeLessThan(reading.memoryTotalBytes);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    for (const hint of ['examples/quickstart/output', 'runs ls', 'jobs ls', 'Ctrl-C']) {
      expect(words).toContain(hint);
    }
  });

  it('uploads each reading once, whatever is repeated', () => {
    mkdirSync(output('readings'), { recursive: true });
    const add = (text: string): void =>
      writeFileSync(output('readings', '2027-01-01.jsonl'), text, { flag: 'a' });
    add('{"n":1}\n{"n":2}\n');
    const first = { TICKWORK_RUN_ID: '3-a', TICKWORK_SCHEDULED_AT: '2027-01-01T10:00:00.000Z' };
    expect(script('upload.mjs', first)).toMatchObject({ readings: 2 });
    expect(script('upload.mjs', first)).toMatchObject({ readings: 0 });
    add('{"n":3}\n');
    const second = { TICKWORK_RUN_ID: '3-b', TICKWORK_SCHEDULED_AT: '2027-01-01T11:00:00.000Z' };
    expect(script('upload.mjs', second)).toMatchObject({ readings: 1 });
    const packed = filesIn('upload').map((name) =>
      gunzipSync(readFileSync(output('upload', name))).toString(),
    );
    expect(packed.join('').split('\n').filter(Boolean).sort()).toEqual([
      '{"n":1}',
      '{"n":2}',
      '{"n":3}',
    ]);
    const third = { ...second, TICKWORK_RUN_ID: '3-c' };
    expect(script('upload.mjs', third)).toEqual({ file: null, readings: 0 });
  });

  it('removes only logs that are older than seven days', () => {
    mkdirSync(output('logs'), { recursive: true });
    for (const [name, days] of [
      ['old.log', 8],
      ['young.log', 6],
      ['old.txt', 8],
    ] as const) {
      writeFileSync(output('logs', name), '');
      const seconds = Date.now() / 1000 - days * 86_400;
      utimesSync(output('logs', name), seconds, seconds);
    }
    const removed = script('clean-up.mjs', { TICKWORK_INPUT: '{"days":7}' });
    expect(removed).toEqual({ removed: ['old.log'] });
    expect(filesIn('logs').sort()).toEqual(['old.txt', 'young.log']);
  });

  it('reports the readings of the last day', () => {
    mkdirSync(output('readings'), { recursive: true });
    const line = (hours: number, processorPercent: number): string => {
      const at = new Date(Date.now() - hours * 3_600_000).toISOString();
      return `${JSON.stringify({ at, processorPercent })}\n`;
    };
    writeFileSync(output('readings', 'a.jsonl'), line(30, 90) + line(2, 10) + line(1, 20));
    expect(script('report.mjs')).toEqual({
      readings: 2,
      processorPercentMean: 15,
      processorPercentMax: 20,
    });
    expect(filesIn('reports').length).toBe(1);
  });

  it('writes the interfaces of this computer', () => {
    const ended = spawnSync(process.execPath, [join(directory, 'scripts', 'surprise.mjs')]);
    expect(ended.status).toBe(0);
    expect(filesIn('logs')).toEqual([expect.stringMatching(/^surprise-/u)]);
  });
});
