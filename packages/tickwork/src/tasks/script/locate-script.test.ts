import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TickworkError } from '../../core/base/errors.ts';
import { locateFolder, locateScript } from './locate-script.ts';
import { parseScriptConfig, type ScriptRules } from './script-config.ts';

let base = '';
let rules: ScriptRules;
let server: Server;

/** `base/roots/{a,b}` are roots; everything else below `base` must stay out of reach. */
beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'tickwork-locate-')));
  const at = (...parts: string[]) => join(base, ...parts);
  for (const folder of ['roots/a/sub', 'roots/b', 'roots/aside', 'outside/deep', 'roots/a/open']) {
    mkdirSync(at(folder), { recursive: true });
  }
  const scripts = ['roots/a/ok.sh', 'roots/a/sub/deep.sh', 'roots/b/only-b.sh', 'roots/a/it.bat'];
  const others = ['roots/aside/x.sh', 'outside/evil.sh', 'outside/deep/evil.sh', 'roots/x.sh'];
  const odd = ['roots/a/open/x.sh', 'roots/a/loose.sh', 'roots/a/它 的.sh', 'roots/a/-rf.sh'];
  for (const file of [...scripts, ...others, ...odd, 'roots/a/a\nb.sh', 'roots/a/$(id).sh']) {
    writeFileSync(at(file), 'echo hi\n', { mode: 0o644 });
  }
  chmodSync(at('roots/a/open'), 0o777);
  chmodSync(at('roots/a/loose.sh'), 0o666);
  symlinkSync(at('outside/evil.sh'), at('roots/a/link-out.sh'));
  symlinkSync('../../outside/evil.sh', at('roots/a/link-up.sh'));
  symlinkSync(at('outside'), at('roots/a/folder-out'));
  symlinkSync('link-out.sh', at('roots/a/link-twice.sh'));
  symlinkSync('/', at('roots/a/all'));
  symlinkSync('/proc/self/root', at('roots/a/proc-root'));
  symlinkSync('/proc/self/fd/0', at('roots/a/stdin.sh'));
  symlinkSync('loop.sh', at('roots/a/loop.sh'));
  symlinkSync('nowhere.sh', at('roots/a/broken.sh'));
  symlinkSync('/dev/null', at('roots/a/null.sh'));
  symlinkSync(at('roots/aside/x.sh'), at('roots/a/aside.sh'));
  symlinkSync('it.bat', at('roots/a/batch.sh'));
  symlinkSync('ok.sh', at('roots/a/link-in.sh'));
  symlinkSync(at('roots/b/only-b.sh'), at('roots/a/link-b.sh'));
  symlinkSync('sub', at('roots/a/current'));
  execFileSync('/usr/bin/env', ['mkfifo', at('roots/a/fifo.sh')]);
  server = createServer();
  await new Promise<void>((resolve) => server.listen(at('roots/a/socket.sh'), resolve));
  const roots = [at('roots/a'), at('roots/b')];
  rules = parseScriptConfig({ roots, environment: {} });
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(base, { recursive: true, force: true });
});

function outcome(locate: () => { path: string }): string {
  try {
    return locate().path;
  } catch (error) {
    if (error instanceof TickworkError) return `${error.code}: ${error.reason}`;
    throw error;
  }
}

const outside = 'it lies outside the roots.';
const dots = 'it contains "..".';
const missing = 'it does not exist.';
const hostile: readonly (readonly [string, string])[] = [
  ...[
    ...['..', '../x.sh', '../a/ok.sh', '../../outside/evil.sh', 'sub/../../x.sh', './../x.sh'],
    ...['sub/..', 'sub/../ok.sh', 'current/../ok.sh', 'folder-out/../x.sh', '..\\x.sh', '..//x.sh'],
    ...[
      'sub\\..\\..\\x.sh',
      '{base}/roots/a/../x.sh',
      '{base}/roots/a/sub/../../../outside/evil.sh',
    ],
    ...['/..', '/../etc/passwd', '{base}/../../../../../../etc/passwd', 'a/../../../../etc/passwd'],
  ].map((path) => [path, dots] as const),
  ...[
    ...['/etc/passwd', '/etc/shadow', '/bin/sh', '/proc/self/exe', '/dev/stdin', '/dev/fd/0', '/'],
    ...['//etc/passwd', '/./etc/passwd', '{base}/outside/evil.sh', '{base}/roots/x.sh', '{base}'],
    ...['{base}/roots/aside/x.sh', '{base}/roots/a.sh', '{base}/roots', '/no/such/file', '/root'],
    ...['/proc/self/root/etc/passwd', '/dev/tcp/127.0.0.1/80', '{base}/roots/A/ok.sh'],
  ].map((path) => [path, outside] as const),
  ...[
    ...['link-out.sh', 'link-up.sh', 'link-twice.sh', 'folder-out/evil.sh', 'all/etc/passwd'],
    ...['folder-out/deep/evil.sh', 'proc-root/etc/passwd', 'null.sh', 'aside.sh', 'all', 'all/.'],
    ...['{base}/roots/a/link-out.sh', '{base}/roots/a/folder-out/evil.sh', 'all/bin/../bin/sh'],
  ].map((path) => [path, path.includes('..') ? dots : outside] as const),
  ...[
    ...['nothing.sh', 'OK.SH', 'ok.sh ', ' ok.sh', '~/ok.sh', '$HOME/ok.sh', '%2e%2e/x.sh', '*.sh'],
    ...['....//x.sh', '．．/x.sh', 'ok.sh;id', '`id`', '$(id)', 'ok.sh|id', 'file:///etc/passwd'],
    ...['broken.sh', 'C:\\Windows\\x.sh', '\\\\host\\share\\x.sh', 'ok.sh%00', 'sub/ok.sh', '...'],
    ...['%2e%2e%2fx.sh', '..%2fx.sh', '..%c0%afx.sh', '.../x.sh', 'ok.sh\u202e', 'ok。sh'],
  ].map((path) => [path, missing] as const),
  ['ok.sh\0', 'it contains a NUL character.'],
  ['ok.sh\0.py', 'it contains a NUL character.'],
  ['../\0', 'it contains a NUL character.'],
  ['ok.sh/', 'a part of its path is no folder.'],
  ['ok.sh/.', 'a part of its path is no folder.'],
  ['ok.sh/x', 'a part of its path is no folder.'],
  ['loop.sh', 'it is a symbolic link that leads nowhere or was just put there.'],
  ['x'.repeat(300), 'it is too long.'],
  ['sub', 'it is no regular file.'],
  ['.', 'it is no regular file.'],
  ['{base}/roots/a', 'it is no regular file.'],
  ['fifo.sh', 'it is no regular file.'],
  ['socket.sh', 'it is no regular file.'],
  ['loose.sh', 'everybody may write to it.'],
  ['open/x.sh', 'everybody may write to its folder {base}/roots/a/open.'],
  ['it.bat', '.bat and .cmd files only run through a shell, which is never used.'],
  ['batch.sh', '.bat and .cmd files only run through a shell, which is never used.'],
];

describe.runIf(process.platform === 'linux')('locateScript', () => {
  it.each([
    ['ok.sh', 'roots/a/ok.sh'],
    ['./ok.sh', 'roots/a/ok.sh'],
    ['sub//deep.sh', 'roots/a/sub/deep.sh'],
    ['only-b.sh', 'roots/b/only-b.sh'],
    ['{base}/roots/b/only-b.sh', 'roots/b/only-b.sh'],
    ['link-in.sh', 'roots/a/ok.sh'],
    ['link-b.sh', 'roots/b/only-b.sh'],
    ['current/deep.sh', 'roots/a/sub/deep.sh'],
    ['它 的.sh', 'roots/a/它 的.sh'],
    ['-rf.sh', 'roots/a/-rf.sh'],
    ['a\nb.sh', 'roots/a/a\nb.sh'],
    ['$(id).sh', 'roots/a/$(id).sh'],
  ])('finds %j', (path, expected) => {
    const located = locateScript(path.replace('{base}', base), 'path', rules);
    expect(located.path).toBe(join(base, expected));
    expect(located.path.startsWith(`${located.root}/`)).toBe(true);
  });

  it.each(hostile)('refuses %j: %s', (path, reason) => {
    const asked = path.replace('{base}', base);
    expect(outcome(() => locateScript(asked, 'path', rules))).toBe(
      `SCRIPT_REFUSED: ${reason.replace('{base}', base)}`,
    );
  });

  it('has a table of at least 60 hostile paths', () => {
    expect(new Set(hostile.map(([path]) => path)).size).toBeGreaterThanOrEqual(60);
  });

  it('refuses what a link in the place of standard input leads to', () => {
    expect(outcome(() => locateScript('stdin.sh', 'path', rules))).toMatch(/^SCRIPT_REFUSED/);
  });

  it('refuses everything below a root that everybody may write to', () => {
    const root = join(base, 'roots/a/open');
    const open = parseScriptConfig({ roots: [root], environment: {} });
    expect(outcome(() => locateScript('x.sh', 'path', open))).toContain('everybody may write');
  });

  it('follows a root that is a link when it is moved', () => {
    const root = join(base, 'release');
    symlinkSync(join(base, 'roots/a'), root);
    const moving = parseScriptConfig({ roots: [root], environment: {} });
    expect(outcome(() => locateScript('ok.sh', 'path', moving))).toBe(join(base, 'roots/a/ok.sh'));
    expect(outcome(() => locateScript(join(root, 'ok.sh'), 'path', moving))).toBe(
      join(base, 'roots/a/ok.sh'),
    );
    rmSync(root);
    symlinkSync(join(base, 'roots/b'), root);
    expect(outcome(() => locateScript('ok.sh', 'path', moving))).toContain(missing);
  });

  it('says how to switch scripts on', () => {
    const none = parseScriptConfig({ roots: [], environment: {} });
    expect(() => locateScript('ok.sh', 'task.path', none)).toThrow(
      'task.path: "ok.sh" — scripts are switched off, because no root is configured. ' +
        'Set scripts.roots to the folders of your scripts.',
    );
  });
});

describe.runIf(process.platform === 'linux')('locateFolder', () => {
  it.each([
    ['.', 'roots/a'],
    ['sub', 'roots/a/sub'],
    ['current', 'roots/a/sub'],
    ['{base}/roots/b', 'roots/b'],
  ])('finds %j', (path, expected) => {
    const found = locateFolder(path.replace('{base}', base), 'cwd', rules);
    expect(found.path).toBe(join(base, expected));
  });

  it.each([
    ['..', dots],
    ['/tmp', outside],
    ['folder-out', outside],
    ['all', outside],
    ['nowhere', missing],
    ['ok.sh', 'it is no folder.'],
  ])('refuses %j: %s', (path, reason) => {
    expect(outcome(() => locateFolder(path, 'cwd', rules))).toBe(`SCRIPT_REFUSED: ${reason}`);
  });
});
