import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCommand, interpreterFor } from './find-interpreter.ts';
import { parseScriptConfig, type ScriptTasksConfig } from './script-config.ts';
import { environmentOf } from './script-environment.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tickwork-config-'));
  writeFileSync(join(folder, 'file'), '');
  writeFileSync(join(folder, 'tool'), '#!/bin/sh\n', { mode: 0o755 });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function parse(config: Partial<ScriptTasksConfig>) {
  return parseScriptConfig({ roots: [], environment: {}, ...config });
}

const interpreter = (command: readonly string[], extensions: readonly string[] = ['.x']) => ({
  interpreters: { tool: { command, extensions } },
});

describe('parseScriptConfig', () => {
  it.each<[string, Partial<ScriptTasksConfig>]>([
    ['scripts.roots[0]', { roots: ['scripts'] }],
    ['scripts.roots[0]', { roots: [''] }],
    ['scripts.roots[0]', { roots: ['/'] }],
    ['scripts.roots[0]', { roots: ['/tmp/..'] }],
    ['scripts.roots[0]', { roots: ['/tmp\0'] }],
    ['scripts.roots[1]', { roots: [tmpdir(), '/no/such/folder'] }],
    ['scripts.roots[0]', { roots: [process.execPath] }],
    ['scripts.roots[0]', { roots: [5 as never] }],
    ['scripts.env[0]', { env: ['A B'] }],
    ['scripts.env[1]', { env: ['A', '*B'] }],
    ['scripts.env[0]', { env: [''] }],
    ['scripts.interpreters.tool.command', interpreter([])],
    ['scripts.interpreters.tool.command', interpreter([''])],
    ['scripts.interpreters.tool.command', interpreter(['bin/tool'])],
    ['scripts.interpreters.tool.command', interpreter(['./tool'])],
    ['scripts.interpreters.tool.command', interpreter(['tool', 'a\0'])],
    ['scripts.interpreters.tool.command', interpreter(['C:/x.bat'])],
    ['scripts.interpreters.tool.command', interpreter(['run.cmd'])],
    ['scripts.interpreters.tool.extensions', interpreter(['tool'], ['x'])],
    ['scripts.interpreters.tool.extensions', interpreter(['tool'], ['.BAT'])],
    ['scripts.interpreters.tool.extensions', interpreter(['tool'], ['.cmd'])],
    [
      'scripts.interpreters.tool.fallback',
      { interpreters: { tool: { command: ['tool'], extensions: [], fallback: 'none' } } },
    ],
  ])('refuses a wrong %s (case %#)', (field, config) => {
    const error = expect.objectContaining({ code: 'INVALID_CONFIG', field });
    expect(() => parse(config)).toThrow(error);
  });
});

describe('interpreterFor', () => {
  const rules = parse({
    interpreters: {
      perl: { command: ['perl'], extensions: ['.PL'] },
      snake: { command: ['pypy'], extensions: ['.py'] },
    },
  });
  it.each([
    ['/s/a.sh', null, 'bash'],
    ['/s/a.SH', null, 'bash'],
    ['/s/a.js', null, 'node'],
    ['/s/a.test.mjs', null, 'node'],
    ['/s/a.ts', null, 'node'],
    ['/s/a.pl', null, 'perl'],
    ['/s/a.py', null, 'snake'],
    ['/s/a.py', 'python', 'python'],
    ['/s/plain', 'sh', 'sh'],
  ])('runs %s (asked: %s) by %s', (path, asked, expected) => {
    expect(interpreterFor(path, asked, 'path', rules)).toBe(expected);
  });

  it.each([
    ['/s/plain', 'it has no ending.'],
    ['/s/.sh', 'it has no ending.'],
    ['/s/a.exe', 'no interpreter runs .exe files.'],
    ['/s/a.sh.', 'no interpreter runs . files.'],
  ])('refuses %s: %s', (path, reason) => {
    const error = expect.objectContaining({ code: 'SCRIPT_REFUSED', reason });
    expect(() => interpreterFor(path, null, 'path', rules)).toThrow(error);
  });
});

describe.runIf(process.platform === 'linux')('findCommand', () => {
  const rulesWith = (PATH: string) => parse({ environment: { PATH }, interpreters });
  const interpreters = {
    tool: { command: ['tool', '-w'], extensions: [] },
    file: { command: ['file'], extensions: [] },
    lost: { command: ['no-such-program'], extensions: [], fallback: 'tool' },
    round: { command: ['no-such-program'], extensions: [], fallback: 'round' },
    fixed: { command: ['/no/such/program'], extensions: [] },
  };

  it('looks the program up in PATH and keeps its arguments', () => {
    expect(findCommand('tool', rulesWith(`/nowhere:${folder}`))).toEqual([
      join(folder, 'tool'),
      '-w',
    ]);
    expect(findCommand('lost', rulesWith(folder))).toEqual([join(folder, 'tool'), '-w']);
    expect(findCommand('node', rulesWith('/nowhere'))).toEqual([process.execPath]);
  });

  it.each([
    ['file', 'a file that nobody may execute', 'file'],
    ['round', 'a fallback in a circle', 'no-such-program'],
    ['fixed', 'an absolute path without a program', '/no/such/program'],
    ['python', 'a program that is not installed', 'python3'],
  ])('names the missing program of %s: %s', (name, _what, program) => {
    const reason = `${program} is not installed, or not in the engine's PATH (${folder}).`;
    const error = expect.objectContaining({ code: 'SCRIPT_REFUSED', reason });
    expect(() => findCommand(name, rulesWith(folder))).toThrow(error);
  });

  it('never looks into the working directory', () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      for (const path of ['', '.', ':', './', `::.:../${folder}`]) {
        expect(() => findCommand('tool', rulesWith(path))).toThrow('is not installed');
      }
    } finally {
      process.chdir(before);
    }
  });
});

describe('environmentOf', () => {
  const environment = {
    PATH: '/bin',
    HOME: '/home/x',
    LC_TIME: 'C',
    TZ: 'UTC',
    SECRET: 's',
    DATABASE_URL: 's',
    NODE_OPTIONS: 's',
    LD_PRELOAD: 's',
    TICKWORK_TOKEN: 's',
    APP_KEY: 'k',
    GONE: undefined,
  };
  const attempt = {
    runId: 'r',
    jobName: 'j',
    attempt: 2,
    fireAt: 0,
    fence: 9,
    idempotencyKey: 'i',
    coalescedCount: 1,
    signal: new AbortController().signal,
    cancelGraceMs: 1,
    output: () => {},
    progress: () => {},
  };
  const facts = {
    TICKWORK_JOB: 'j',
    TICKWORK_RUN_ID: 'r',
    TICKWORK_ATTEMPT: '2',
    TICKWORK_FENCE: '9',
    TICKWORK_SCHEDULED_AT: '1970-01-01T00:00:00.000Z',
    TICKWORK_IDEMPOTENCY_KEY: 'i',
    TICKWORK_COALESCED_COUNT: '1',
    TICKWORK_CANCEL_GRACE_MS: '1',
  };

  it('hands on little, and nothing of its own', () => {
    const kept = { PATH: '/bin', HOME: '/home/x', LC_TIME: 'C', TZ: 'UTC' };
    const rules = parse({ environment });
    expect(environmentOf(rules, {}, { a: 1 }, attempt, 7)).toEqual({
      ...kept,
      ...facts,
      TICKWORK_INPUT: '{"a":1}',
    });
    expect(environmentOf(parse({ environment, env: ['APP_*'] }), {}, 1, attempt, 7)).toEqual({
      ...kept,
      ...facts,
      APP_KEY: 'k',
      TICKWORK_INPUT: '1',
    });
  });

  it('tells who began it, where that can be told', () => {
    const env = environmentOf(parse({ environment, engine: '7/1/2' }), {}, null, attempt, 7);
    expect(env).toMatchObject({ TICKWORK_ENGINE: '7/1/2', TICKWORK_START: '7' });
  });

  it('keeps the own settings back even if everything else is handed on', () => {
    const env = environmentOf(parse({ environment, env: ['*'] }), {}, null, attempt, 7);
    expect(env).toMatchObject({ SECRET: 's', NODE_OPTIONS: 's' });
    expect(env).not.toHaveProperty('TICKWORK_TOKEN');
    expect(env).not.toHaveProperty('GONE');
  });

  it('lets the job override, but not the facts', () => {
    const env = environmentOf(parse({ environment }), { TZ: 'Asia/Tokyo' }, null, attempt, 7);
    expect(env).toMatchObject({ TZ: 'Asia/Tokyo', TICKWORK_JOB: 'j' });
  });

  it('has a PATH and an empty job name if there is none', () => {
    const env = environmentOf(parse({}), {}, null, { ...attempt, jobName: null }, 7);
    expect(env).toMatchObject({ PATH: '/usr/local/bin:/usr/bin:/bin', TICKWORK_JOB: '' });
  });

  it('leaves a large input to stdin', () => {
    const ofSize = (size: number) => environmentOf(parse({}), {}, 'x'.repeat(size - 2), attempt, 7);
    expect(ofSize(32 * 1024).TICKWORK_INPUT).toHaveLength(32 * 1024);
    expect(ofSize(32 * 1024 + 1)).not.toHaveProperty('TICKWORK_INPUT');
  });
});
