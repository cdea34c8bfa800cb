import { describe, expect, it } from 'vitest';
import { TickworkError } from '../../core/base/errors.ts';
import type { JsonObject } from '../../core/base/json.ts';
import { parseScriptConfig } from './script-config.ts';
import { parseScriptOptions } from './script-options.ts';

const rules = parseScriptConfig({ roots: [], environment: {}, env: ['MODE', 'APP_*'] });

function parse(options: JsonObject, name = '') {
  return parseScriptOptions({ kind: 'script', name, options }, 'task', rules);
}

describe('parseScriptOptions', () => {
  it('fills in what is left out', () => {
    const expected = { script: 'a.sh', args: [], cwd: null, env: {}, interpreter: null };
    expect(parse({ path: 'a.sh' })).toEqual(expected);
    expect(parse({ path: 'a.sh', cwd: null, interpreter: null })).toEqual(expected);
  });

  it('keeps everything that is given', () => {
    const options = {
      path: 'client/updata.py',
      args: ['--mode', 'auto', '', '数据'],
      cwd: 'client',
      env: { MODE: 'x', APP_KEY: '', LC_ALL: 'C', TZ: 'Asia/Shanghai' },
      interpreter: 'python',
    };
    const { path, ...others } = options;
    expect(parse(options)).toEqual({ script: path, ...others });
  });

  const path = 'a.sh';
  it.each<[string, JsonObject]>([
    ['task.path', {}],
    ['task.path', { path: null }],
    ['task.path', { path: '' }],
    ['task.path', { path: 5 }],
    ['task.path', { path: ['a.sh'] }],
    ['task.path', { path: 'a\0b' }],
    ['task.path', { path: '\ud800' }],
    ['task.args', { path, args: 'x' }],
    ['task.args', { path, args: { 0: 'x' } }],
    ['task.args[0]', { path, args: [5] }],
    ['task.args[1]', { path, args: ['x', null] }],
    ['task.args[0]', { path, args: [true] }],
    ['task.args[0]', { path, args: [['x']] }],
    ['task.args[0]', { path, args: ['a\0b'] }],
    ['task.args[0]', { path, args: ['\udc00'] }],
    ['task.args', { path, args: Array.from({ length: 1001 }, () => 'x') }],
    ['task.cwd', { path, cwd: '' }],
    ['task.cwd', { path, cwd: 1 }],
    ['task.env', { path, env: 'A=1' }],
    ['task.env', { path, env: ['A=1'] }],
    ['task.env.MODE', { path, env: { MODE: 1 } }],
    ['task.env.MODE', { path, env: { MODE: 'a\0' } }],
    ['task.env.A=B', { path, env: { 'A=B': 'x' } }],
    ['task.env.', { path, env: { '': 'x' } }],
    ['task.env.1A', { path, env: { '1A': 'x' } }],
    ['task.interpreter', { path, interpreter: 'perl' }],
    ['task.interpreter', { path, interpreter: '/bin/sh' }],
    ['task.interpreter', { path, interpreter: 'toString' }],
    ['task.interpreter', { path, interpreter: 7 }],
    ['task.shell', { path, shell: true }],
    ['task.path', { path: 'x'.repeat(4097) }],
    ['task.timeout', { path, timeout: 3 }],
    ['task.__proto__', JSON.parse('{"path":"a.sh","__proto__":{}}')],
  ])('refuses a wrong %s (case %#)', (field, options) => {
    const run = () => parse(options);
    expect(run).toThrow(TickworkError);
    expect(run).toThrow(expect.objectContaining({ code: 'INVALID_JOB', field }));
  });

  it.each([
    ...['PATH', 'HOME', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT', 'DYLD_INSERT_LIBRARIES'],
    ...['NODE_OPTIONS', 'NODE_PATH', 'PYTHONPATH', 'PYTHONSTARTUP', 'PYTHONHOME', 'BASH_ENV'],
    ...['ENV', 'IFS', 'PS4', 'SHELLOPTS', 'PERL5LIB', 'RUBYOPT', 'GIT_SSH_COMMAND', 'EDITOR'],
    ...['TICKWORK_JOB', 'TICKWORK_RUN_ID', 'tickwork_job', 'MODES', 'XMODE', 'APP', 'mode'],
    ...['BASH_FUNC_ls', 'GCONV_PATH', 'HTTP_PROXY'],
  ])('does not let a job set %s', (name) => {
    const error = expect.objectContaining({ code: 'INVALID_JOB', field: `task.env.${name}` });
    expect(() => parse({ path, env: { [name]: 'x' } })).toThrow(error);
  });

  it('says how to write a number and how to allow a variable', () => {
    expect(() => parse({ path, args: [5] })).toThrow(
      'task.args[0]: 5 — it must be a text. Put it in quotes: "5".',
    );
    expect(() => parse({ path, env: { FOO: 'x' } })).toThrow(
      'Add "FOO" to scripts.env if it is harmless, or use the input.',
    );
  });

  it('refuses a task name', () => {
    expect(() => parse({ path }, 'x')).toThrow('a script task has no name.');
  });
});
