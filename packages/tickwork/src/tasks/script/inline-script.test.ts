import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/base/json.ts';
import { createScriptTasks } from './script-tasks.ts';

let cwd = '';
beforeAll(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'tickwork-inline-')));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const environment = { PATH: process.env.PATH };
const tasks = (allowed = true, roots: readonly string[] = []) =>
  createScriptTasks({ roots, environment, ...(allowed ? { inline: { cwd } } : {}) });
const specOf = (options: JsonObject) => ({ kind: 'script', name: '', options });

async function run(options: JsonObject, kind = tasks()) {
  const output: Record<string, string> = {};
  const result = await kind.execute(
    specOf(options),
    { n: 1 },
    {
      runId: 'run-1',
      jobName: 'dump',
      attempt: 1,
      fireAt: 0,
      fence: 1,
      idempotencyKey: 'run-1',
      coalescedCount: 0,
      signal: new AbortController().signal,
      cancelGraceMs: 5000,
      output: (stream, text) => {
        output[stream] = (output[stream] ?? '') + text;
      },
      progress: () => {},
    },
  );
  return { result, output };
}

describe('inline scripts', () => {
  it('run in a shell, in the folder of the configuration, with arguments and input', async () => {
    const inline = 'echo "$0 $1 $2 $PWD $TICKWORK_JOB"; cat; printf \'\\n{"a": 1}\'';
    const { result, output } = await run({ inline, args: ['a b', '$(id)'] });
    expect(output).toEqual({ stdout: `inline a b $(id) ${cwd} dump\n{"n":1}\n{"a": 1}` });
    expect(result).toEqual({ ok: true, result: { a: 1 }, exitCode: 0 });
  });

  it.each([
    ['bash', 'false | cat; echo late', { ok: false, exitCode: 1 }, undefined],
    ['sh', 'false | cat; echo late', { ok: true, exitCode: 0 }, 'late\n'],
    ['sh', 'false; echo late', { ok: false, exitCode: 1 }, undefined],
    ['bash', 'exit 3', { ok: false, exitCode: 3 }, undefined],
    ['bash', '[[ a == a ]] && echo bash', { ok: true }, 'bash\n'],
  ])('%s fails as `%s` does', async (shell, inline, result, stdout) => {
    const ran = await run({ inline, shell });
    expect(ran.result).toMatchObject(result);
    expect(ran.output.stdout).toBe(stdout);
  });

  it('are taken by a node without roots, which takes no others', () => {
    expect(tasks().handles()).toEqual(['script']);
    expect(tasks(false).handles()).toEqual([]);
    expect(() => tasks().validate(specOf({ path: 'a.sh' }), 'task')).toThrow('no root');
  });

  it('are refused where the configuration does not allow them', async () => {
    const options = { inline: 'true' };
    const told =
      'job.script.inline: scripts in jobs are not allowed here. Set scripts.inline if whoever ' +
      'writes jobs may run any command, or use a file.';
    expect(() => tasks(false, [cwd]).validate(specOf(options), 'job.script')).toThrow(told);
    // A job that was saved elsewhere does not run here either.
    const { result } = await run(options, tasks(false, [cwd]));
    expect(result).toMatchObject({ ok: false, error: expect.stringContaining('not allowed here') });
  });

  it.each([
    ['inline', { inline: '' }],
    ['inline', { inline: ' \n' }],
    ['inline', { inline: 5 }],
    ['inline', { inline: null }],
    ['inline', { inline: 'a\0b' }],
    ['inline', { inline: '\ud800' }],
    ['inline', { inline: 'x'.repeat(32_769) }],
    ['path', { inline: 'true', path: 'a.sh' }],
    ['interpreter', { inline: 'true', interpreter: 'bash' }],
    ['shell', { inline: 'true', shell: 'python' }],
    ['shell', { inline: 'true', shell: 'toString' }],
    ['shell', { path: 'a.sh', shell: 'bash' }],
    ['env.PATH', { inline: 'true', env: { PATH: '/tmp' } }],
  ])('with a wrong %s are refused (case %#)', (field, options) => {
    const error = expect.objectContaining({ code: 'INVALID_JOB', field: `task.${field}` });
    expect(() => tasks().validate(specOf(options), 'task')).toThrow(error);
  });

  it('need the shell that they name, not another', async () => {
    const kind = createScriptTasks({ roots: [], environment: { PATH: cwd }, inline: { cwd } });
    const { result } = await run({ inline: 'true', shell: 'bash' }, kind);
    expect(result).toMatchObject({ ok: false, error: expect.stringContaining('bash is not') });
  });

  it('need an absolute folder', () => {
    const make = () => createScriptTasks({ roots: [], environment, inline: { cwd: 'jobs' } });
    expect(make).toThrow('scripts.inline.cwd: "jobs" — it must be an absolute path.');
  });
});
