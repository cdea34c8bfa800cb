import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { TickworkError } from '../../core/base/errors.ts';
import { runProcess } from './run-process.ts';

let markCount = 0;
const url = new URL('./run-process.ts', import.meta.url).href;

/** The processes that carry a mark in their environment; the dead that wait have none. */
function marked(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`MARK=${mark}\0`);
    } catch {
      return false;
    }
  });
}

/** Resolves when a condition holds; the test's own time limit ends it otherwise. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function start(script: string, cancelGraceMs = 60_000) {
  const mark = `${process.pid}-${markCount++}`;
  const controller = new AbortController();
  const output = { stdout: '', stderr: '' };
  const end = runProcess({
    program: '/bin/bash',
    // Without --norc a bash with -c whose input is a socket reads ~/.bashrc, as if for rsh.
    args: ['--norc', '-c', script],
    cwd: tmpdir(),
    env: { PATH: process.env.PATH ?? '', MARK: mark },
    stdin: '',
    signal: controller.signal,
    cancelGraceMs,
    onText: (stream, text) => {
      output[stream] += text;
    },
  });
  const said = (text: string) => until(() => output.stdout.includes(text));
  return { mark, controller, output, end, said };
}

describe.runIf(process.platform === 'linux')('runProcess', () => {
  it('tells the end and the output', async () => {
    const { end, output } = start('echo a; echo b >&2; exit 4');
    expect(await end).toEqual({ how: 'exited', code: 4, wasStopped: false });
    expect(output).toEqual({ stdout: 'a\n', stderr: 'b\n' });
  });

  it.each([
    ['/no/such/program', 'ENOENT'],
    ['/etc', 'EACCES'],
  ])('tells that %s cannot be started: %s', async (program, code) => {
    const end = await runProcess({
      program,
      args: [],
      cwd: tmpdir(),
      env: {},
      stdin: 'x',
      signal: new AbortController().signal,
      cancelGraceMs: 0,
      onText: () => {},
    });
    expect(end).toMatchObject({ how: 'not started', error: { code } });
  });

  it('stops children and grandchildren with SIGTERM', async () => {
    const tree = '(sleep 100 & sleep 100 & wait) & (trap "" INT; sleep 100) & echo up; wait';
    const { mark, controller, end, said } = start(tree);
    await said('up');
    await until(() => marked(mark).length >= 5);
    controller.abort();
    expect(await end).toEqual({ how: 'killed', by: 'SIGTERM', wasStopped: true });
    await until(() => marked(mark).length === 0);
  });

  it('lets a script clean up within the grace', async () => {
    const { controller, end, output, said } = start(
      'trap "echo cleaned; exit 9" TERM; echo up; while :; do sleep 0.01; done',
    );
    await said('up');
    controller.abort();
    expect(await end).toEqual({ how: 'exited', code: 9, wasStopped: true });
    expect(output.stdout).toBe('up\ncleaned\n');
  });

  it('kills all that ignore SIGTERM after the grace', async () => {
    const deaf = 'trap "" TERM; (trap "" TERM; while :; do sleep 1; done) & echo up; wait; wait';
    const { mark, controller, end, said } = start(`${deaf}; while :; do sleep 1; done`, 50);
    await said('up');
    controller.abort();
    expect(await end).toEqual({ how: 'killed', by: 'SIGKILL', wasStopped: true });
    await until(() => marked(mark).length === 0);
  });

  it('does not wait for a script whose attempt was lost, whatever its grace', async () => {
    const { mark, controller, end, said } = start(
      'trap "" TERM; echo up; while :; do sleep 1; done',
      3_600_000,
    );
    await said('up');
    controller.abort(new TickworkError('FENCED', { field: 'run x', reason: 'lost' }));
    expect(await end).toEqual({ how: 'killed', by: 'SIGKILL', wasStopped: true });
    await until(() => marked(mark).length === 0);
  });

  it('kills a grandchild that ignores SIGTERM when the script has gone', async () => {
    const { mark, controller, end, said } = start(
      '(trap "" TERM; echo up; while :; do sleep 1; done) & wait',
      50,
    );
    await said('up');
    controller.abort();
    expect(await end).toEqual({ how: 'killed', by: 'SIGTERM', wasStopped: true });
    await until(() => marked(mark).length === 0);
  });

  it('leaves nothing behind a script that ends by itself', async () => {
    const { mark, end } = start('sleep 100 >/dev/null 2>&1 & nohup sleep 100 >/dev/null 2>&1 &');
    expect(await end).toEqual({ how: 'exited', code: 0, wasStopped: false });
    await until(() => marked(mark).length === 0);
  });

  it('ends although something that left the group holds the output', async () => {
    const { mark, end, output } = start('setsid sleep 100 & echo done', 20);
    expect(await end).toEqual({ how: 'exited', code: 0, wasStopped: false });
    expect(output.stdout).toBe('done\n');
    for (const pid of marked(mark)) process.kill(Number(pid), 'SIGKILL');
  });

  it('waits for a reader that still writes down the output', async () => {
    const { end, output } = start('exec > >(sleep 0.05; cat); echo late');
    await end;
    expect(output.stdout).toBe('late\n');
  });

  it('stays alive when it is stopped while it starts', async () => {
    const { controller, end } = start('sleep 100');
    controller.abort();
    expect(await end).toEqual({ how: 'killed', by: 'SIGTERM', wasStopped: true });
  });

  it('kills the group when this process exits', async () => {
    const mark = `${process.pid}-exit`;
    const code = `
      import { runProcess } from ${JSON.stringify(url)};
      void runProcess({ program: '/bin/sh', args: ['-c', 'sleep 100 & echo up; wait'], cwd: '/',
        env: { PATH: process.env.PATH, MARK: ${JSON.stringify(mark)} }, stdin: '',
        signal: new AbortController().signal, cancelGraceMs: 1000,
        onText: () => process.exit(5) });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
    const [status] = await once(child, 'exit');
    expect(status).toBe(5);
    await until(() => marked(mark).length === 0);
  });

  it('reads 64 MB in a heap that could not hold them', () => {
    const code = `
      import { runProcess } from ${JSON.stringify(url)};
      let count = 0;
      const end = await runProcess({ program: '/bin/sh',
        args: ['-c', 'head -c 64000000 /dev/zero | tr "\\\\0" x'], cwd: '/',
        env: { PATH: process.env.PATH }, stdin: '', signal: new AbortController().signal,
        cancelGraceMs: 1000, onText: (_stream, text) => { count += text.length; } });
      console.log(end.how, end.code, count, process.resourceUsage().maxRSS < 200_000);`;
    const args = ['--max-old-space-size=24', '--input-type=module', '-e', code];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe(
      'exited 0 64000000 true\n',
    );
  });
});
