import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TickworkError } from '../../core/base/errors.ts';
import type { Json, JsonObject } from '../../core/base/json.ts';
import type { TaskKind } from '../../core/ports/task-kind.ts';
import { createScriptTasks } from './script-tasks.ts';

const files: Readonly<Record<string, string>> = {
  'args.py':
    'import os, sys\nwords = b"\\0".join(map(os.fsencode, sys.argv[1:]))\n' +
    'sys.stdout.buffer.write(words.hex().encode())',
  'args.mjs': 'console.log(Buffer.from(process.argv.slice(2).join("\\0")).toString("hex"))',
  'args.sh': 'printf "%s\\0" "$@" | od -An -v -tx1 | tr -d " \\n"',
  'env.sh': 'env -0 | tr "\\0" "\\n" | grep -v -e "^_=" -e "^SHLVL=" -e "^PWD=" | sort',
  'where.py': 'import helper, os, sys\nprint(os.getcwd(), __file__, helper.NAME)',
  'helper.py': 'NAME = "helper"',
  'where.sh': 'echo "$PWD $0 $(. "$(dirname "$0")/sub/lib.sh")"',
  'sub/lib.sh': 'echo lib',
  'typed.ts': 'const count: number = 2;\nconsole.log(JSON.stringify({ count }));',
  'echo.mjs': 'process.stdin.pipe(process.stdout)',
  'read.mjs':
    'import { readFileSync } from "node:fs";\nprocess.stdout.write(readFileSync("/dev/stdin"))',
  'list.sh': 'ls -a "$1"',
  'deaf.sh': 'exec <&-; echo ok',
  'print.sh': 'printf "$1"',
  'both.sh': 'echo out; echo err >&2; exit $1',
  'die.sh': 'echo last words >&2; kill -s "$1" $$',
  'huge-line.py': 'import sys; sys.stdout.write("[" + "1," * 200000 + "1]")',
  'bytes.py': 'import sys; sys.stdout.buffer.write(b"caf\\xe9\\n\\xff\\xfe\\x00\\n")',
  'path.sh': 'echo "$PATH"',
  'bin/bash': '#!/bin/sh\necho brought along',
  'background.sh': 'sleep 100 >/dev/null 2>&1 & echo $!',
  'names.sh': 'echo err >/dev/stderr; echo out | tee /dev/stderr >/dev/stdout',
  plain: 'echo plain',
  'x.rb': 'puts 1',
};

let root = '';
let kind: TaskKind;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tickwork-script-')));
  for (const folder of ['sub', 'bin']) mkdirSync(join(root, folder));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), `${text}\n`);
  chmodSync(join(root, 'bin/bash'), 0o755);
  symlinkSync('/etc', join(root, 'etc'));
  kind = createScriptTasks({
    roots: [root],
    environment: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8', SECRET: 'x' },
    env: ['MODE', 'PATH'],
    interpreters: { gone: { command: ['no-such-program'], extensions: ['.rb'] } },
  });
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const specOf = (options: JsonObject) => ({ kind: 'script', name: '', options });

async function run(
  options: JsonObject,
  input: Json = null,
  signal?: AbortSignal,
  tasks: TaskKind = kind,
) {
  const output: Record<string, string> = {};
  const result = await tasks.execute(specOf(options), input, {
    runId: 'run-1',
    jobName: 'nightly',
    attempt: 2,
    fireAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    fence: 7,
    idempotencyKey: 'key-1',
    coalescedCount: 0,
    signal: signal ?? new AbortController().signal,
    cancelGraceMs: 5000,
    output: (stream, text) => {
      output[stream] = (output[stream] ?? '') + text;
    },
    progress: () => {},
  });
  return { result, output };
}

const hostileArgs: readonly string[] = [
  ...['', ' ', '  ', '\t', '\n', 'a b', ' a', 'a ', 'a\nb', 'a\r\nb', '\r', '\u000b', '\u007f'],
  ...["'", '"', '`', '\\', '\\\\', "it's", '"quoted"', '\\"', "'; id; '", '" && id && "', '\\n'],
  ...[
    '$(id)',
    '`id`',
    '$HOME',
    '$' + '{HOME}',
    '$((1+1))',
    '$',
    '$$',
    '!!',
    '!1',
    '~',
    '~root',
    '%PATH%',
  ],
  ...[
    '; id',
    '| id',
    '& id',
    '&& id',
    '|| id',
    '> /tmp/x',
    '< /etc/passwd',
    '<(id)',
    '# no',
    '2>&1',
  ],
  ...['*', '?', '[a-z]', '{a,b}', '**/*', '(id)', '{ id; }', '^', '%', '%s%n', '%0a', '=', 'A=b'],
  ...['-', '--', '-c', '-e', '--eval=1', '-m', '--help', '--version', '-rf', '--require=/x', '-i'],
  ...[
    'é',
    '每日 ✓',
    '😀',
    '\u202e',
    '\ufeff',
    '\u0301',
    '\u2028',
    '\ue000',
    '\u{10ffff}',
    '\ufffd',
  ],
  ...['/etc/passwd', '../..', 'file:///etc', 'C:\\x', '\\\\host\\x', 'x'.repeat(100_000)],
];

describe('arguments of a script', () => {
  it('come from a table of at least 60', () => {
    expect(new Set(hostileArgs).size).toBeGreaterThanOrEqual(60);
  });

  it.each(['args.py', 'args.mjs', 'args.sh'])('arrive at %s byte by byte', async (path) => {
    const { output } = await run({ path, args: hostileArgs });
    const expected = Buffer.from(hostileArgs.join('\0') + (path === 'args.sh' ? '\0' : ''));
    expect(output.stdout?.trim()).toBe(expected.toString('hex'));
  });

  it('too large for the system are a clear failure', async () => {
    const { result } = await run({ path: 'args.sh', args: ['x'.repeat(3_000_000)] });
    const error = 'the arguments and the environment are too large for the system; use the input';
    expect(result).toEqual({ ok: false, error });
  });
});

describe('surroundings of a script', () => {
  it('are a clean environment with the facts of the attempt', async () => {
    const { output } = await run({ path: 'env.sh', env: { MODE: 'auto', TZ: 'UTC' } }, { a: 1 });
    expect(output.stdout?.trim().split('\n')).toEqual([
      `HOME=${process.env.HOME}`,
      'LANG=C.UTF-8',
      'MODE=auto',
      `PATH=${process.env.PATH}`,
      'TICKWORK_ATTEMPT=2',
      'TICKWORK_CANCEL_GRACE_MS=5000',
      'TICKWORK_COALESCED_COUNT=0',
      'TICKWORK_FENCE=7',
      'TICKWORK_IDEMPOTENCY_KEY=key-1',
      'TICKWORK_INPUT={"a":1}',
      'TICKWORK_JOB=nightly',
      'TICKWORK_RUN_ID=run-1',
      'TICKWORK_SCHEDULED_AT=2026-01-02T03:04:05.006Z',
      'TZ=UTC',
    ]);
  });

  it.each([
    [{ path: 'where.py' }, '{root} {root}/where.py helper\n'],
    [{ path: 'where.py', cwd: 'sub' }, '{root}/sub {root}/where.py helper\n'],
    [{ path: 'where.sh' }, '{root} {root}/where.sh lib\n'],
    [{ path: 'plain', interpreter: 'sh' }, 'plain\n'],
  ])('of %j are the folder, the own path and its neighbours', async (options, expected) => {
    const { output } = await run(options);
    expect(output.stdout).toBe(expected.replaceAll('{root}', root));
  });

  it.each([[null], [{ list: [1, '每'] }], ['x'.repeat(2_000_000)]])(
    'give the input on stdin (case %#)',
    async (input) => {
      for (const path of ['echo.mjs', 'read.mjs']) {
        const { output } = await run({ path }, input);
        expect(output.stdout).toBe(JSON.stringify(input));
      }
    },
  );

  it('give the input where no temporary file can be made', async () => {
    vi.stubEnv('TMPDIR', '/no/such/folder');
    const { output } = await run({ path: 'echo.mjs' }, { large: 'x'.repeat(500_000) });
    vi.unstubAllEnvs();
    expect(output.stdout).toBe(JSON.stringify({ large: 'x'.repeat(500_000) }));
  });

  it('leave no temporary file behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tickwork-temporary-'));
    vi.stubEnv('TMPDIR', folder);
    const { output } = await run({ path: 'list.sh', args: [folder] });
    vi.unstubAllEnvs();
    expect(output.stdout).toBe('.\n..\n');
    rmSync(folder, { recursive: true });
  });

  it('do not ask a script to read its input', async () => {
    const { result } = await run({ path: 'deaf.sh' }, 'x'.repeat(2_000_000));
    expect(result).toEqual({ ok: true, result: null, exitCode: 0 });
  });
});

describe('the interpreter of a script', () => {
  it.each(['$PATH:/usr/local/bin', '/no/such/folder', '', 'bin'])(
    'is found although the job sets PATH to %j',
    async (PATH) => {
      const { result, output } = await run({ path: 'path.sh', env: { PATH } });
      expect(result).toMatchObject({ ok: true });
      expect(output.stdout).toBe(`${PATH}\n`);
    },
  );

  it('is never one that the job brings along', async () => {
    const { output } = await run({ path: 'path.sh', env: { PATH: join(root, 'bin') } });
    expect(output.stdout).toBe(`${join(root, 'bin')}\n`);
  });

  it.each([{}, { PATH: '' }])(
    'is found by an engine whose environment is %j',
    async (environment) => {
      const bare = createScriptTasks({ roots: [root], environment });
      const { result } = await run({ path: 'path.sh' }, null, undefined, bare);
      expect(result).toMatchObject({ ok: true });
    },
  );

  it('that the engine has not is told with its PATH', async () => {
    const bare = createScriptTasks({ roots: [root], environment: { PATH: '/no/such/folder' } });
    const { result } = await run({ path: 'path.sh' }, null, undefined, bare);
    const reason = "not in the engine's PATH (/no/such/folder)";
    expect(result).toEqual({ ok: false, error: expect.stringContaining(reason) });
  });
});

describe('what a script leaves in the background', () => {
  it('goes on and is told', async () => {
    const { result, output } = await run({ path: 'background.sh' });
    expect(result).toMatchObject({ ok: true });
    process.kill(Number(output.stdout), 'SIGKILL');
    expect(output.system).toBe(
      'The script has ended and left 1 process in the background, no part of this run any more.\n',
    );
  });
});

describe('outcome of a script', () => {
  it.each<[string, Json]>([
    ['', null],
    ['hello\\n', null],
    ['{"rows":3}', { rows: 3 }],
    ['log\\n[1,2]\\n', [1, 2]],
    ['{"a":1}\\n\\n  \\n', { a: 1 }],
    ['  {"a":"每"}  \\n', { a: '每' }],
    ['{"a":1}\\ndone\\n', null],
    ['[INFO] done]\\n', null],
    ['{broken\\n', null],
    ['5\\n', null],
    ['true\\n', null],
    ['"text"\\n', null],
  ])('that prints %j is the result %j', async (printed, expected) => {
    const { result } = await run({ path: 'print.sh', args: [printed] });
    expect(result).toEqual({ ok: true, result: expected, exitCode: 0 });
  });

  it('is no result if the last line is too large, and says so', async () => {
    const { result, output } = await run({ path: 'huge-line.py' });
    expect(result).toEqual({ ok: true, result: null, exitCode: 0 });
    expect(output.system).toBe('The last line is no result: it is larger than 256 KiB as JSON.\n');
  });

  it('is no result if the last line is nested too deeply, and says so', async () => {
    const printed = `${'['.repeat(3_000)}${']'.repeat(3_000)}\\n`;
    const { result, output } = await run({ path: 'print.sh', args: [printed] });
    expect(result).toEqual({ ok: true, result: null, exitCode: 0 });
    expect(output.system).toMatch('it is nested more than 100 levels deep.');
  });

  it('is whole if it writes to its outputs by name', async () => {
    const { result, output } = await run({ path: 'names.sh' });
    expect(result).toMatchObject({ ok: true });
    expect(output).toEqual({ stdout: 'out\n', stderr: 'err\nout\n' });
  });

  it('of TypeScript needs no build', async () => {
    expect((await run({ path: 'typed.ts' })).result).toMatchObject({ result: { count: 2 } });
  });

  it.each([1, 3, 126, 127, 130, 255])('of exit code %d is a failure', async (code) => {
    const { result, output } = await run({ path: 'both.sh', args: [String(code)] });
    expect(result).toEqual({ ok: false, error: `exit code ${code}: err`, exitCode: code });
    expect(output).toEqual({ stdout: 'out\n', stderr: 'err\n' });
  });

  it.each([
    ['SEGV', 139],
    ['KILL', 137],
    ['TERM', 143],
    ['USR1', 138],
  ])('of the signal %s is a failure that names it', async (signal, exitCode) => {
    const { result } = await run({ path: 'die.sh', args: [signal] });
    expect(result).toEqual({ ok: false, error: `ended by SIG${signal}: last words`, exitCode });
  });

  it('keeps bytes that are no text readable', async () => {
    const { output } = await run({ path: 'bytes.py' });
    expect(output.stdout).toBe('caf\ufffd\n\ufffd\ufffd\ufffd\n');
  });

  it.each([
    [{ path: 'x.rb' }, 'no-such-program is not installed'],
    [{ path: '../x.sh' }, 'it contains "..".'],
    [{ path: 'missing.sh' }, 'it does not exist.'],
    [{ path: 'etc/passwd' }, 'it lies outside the roots.'],
  ])('of %j is a failure before the start', async (options, words) => {
    const { result } = await run(options);
    expect(result).toEqual({ ok: false, error: expect.stringContaining(words) });
  });

  it('of a run that was stopped before is a failure', async () => {
    const reason = new TickworkError('TASK_CANCELLED', { reason: 'cancelled by Ann.' });
    const { result } = await run({ path: 'both.sh' }, null, AbortSignal.abort(reason));
    expect(result).toEqual({ ok: false, error: 'cancelled by Ann.' });
  });
});

describe('validate', () => {
  it.each<[JsonObject, string]>([
    [{ path: 'both.sh' }, 'accepted'],
    [{ path: 'x.rb' }, 'accepted'],
    [{ path: 'plain', interpreter: 'bash', cwd: 'sub' }, 'accepted'],
    [{ path: 'plain' }, 'SCRIPT_REFUSED task.path'],
    [{ path: 'gone.sh' }, 'SCRIPT_REFUSED task.path'],
    [{ path: 'etc/passwd', interpreter: 'sh' }, 'SCRIPT_REFUSED task.path'],
    [{ path: 'both.sh', cwd: 'etc' }, 'SCRIPT_REFUSED task.cwd'],
    [{ path: 'both.sh', cwd: '/' }, 'SCRIPT_REFUSED task.cwd'],
    [{ path: 'both.sh', args: [1] }, 'INVALID_JOB task.args[0]'],
    [{}, 'INVALID_JOB task.path'],
  ])('of %j: %s', (options, expected) => {
    let found = 'accepted';
    try {
      kind.validate(specOf(options), 'task');
    } catch (error) {
      if (!(error instanceof TickworkError)) throw error;
      found = `${error.code} ${error.field}`;
    }
    expect(found).toBe(expected);
  });

  it('refuses every script where no root is configured, and handles none', () => {
    const none = createScriptTasks({ roots: [], environment: {} });
    expect(none.handles()).toEqual([]);
    expect(() => none.validate(specOf({ path: 'both.sh' }), 'task')).toThrow('Set scripts.roots');
    expect(kind.handles()).toEqual(['script']);
    expect(kind.slotKind).toBe('external');
  });
});
