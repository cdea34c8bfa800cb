import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { TickworkError } from '../../core/base/errors.ts';
import { createPipeStock } from './output-pipes.ts';
import { runProcess } from './run-process.ts';

const stock = createPipeStock(process.env.PATH ?? '');
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

function signalAll(mark: string, signal: 'SIGTERM' | 'SIGKILL' | null): number {
  const pids = marked(mark).map(Number);
  for (const pid of pids) {
    try {
      if (signal !== null) process.kill(pid, signal);
    } catch {
      // It has ended.
    }
  }
  return pids.length;
}

interface StartOptions {
  readonly graceMs?: number;
  /** False: as on a system that tells nothing of marks. */
  readonly marks?: boolean;
  readonly pipes?: Awaited<ReturnType<typeof stock.take>>;
}

function start(
  script: string,
  { graceMs = 60_000, marks = true, pipes = null }: StartOptions = {},
) {
  const mark = `${process.pid}-${markCount++}`;
  const controller = new AbortController();
  const output = { stdout: '', stderr: '' };
  const request = {
    program: '/bin/bash',
    // Without --norc a bash with -c whose input is a socket reads ~/.bashrc, as if for rsh.
    args: ['--norc', '-c', script],
    cwd: tmpdir(),
    env: { PATH: process.env.PATH ?? '', MARK: mark },
    stdin: '',
    signal: controller.signal,
    cancelGraceMs: graceMs,
    signalMarked: marks ? (signal: 'SIGTERM' | 'SIGKILL' | null) => signalAll(mark, signal) : null,
    onText: (stream: 'stdout' | 'stderr', text: string) => {
      output[stream] += text;
    },
  };
  const end = runProcess(request, pipes);
  const said = (text: string) => until(() => output.stdout.includes(text));
  return { mark, controller, output, end, said };
}

const exited = (code: number, more: { wasStopped?: boolean; leftBehind?: number } = {}) => ({
  ...{ how: 'exited', code, wasStopped: false, leftBehind: 0 },
  ...more,
});
const killedBy = (by: NodeJS.Signals) => ({ how: 'killed', by, wasStopped: true, leftBehind: 0 });

describe.runIf(process.platform === 'linux')('runProcess', () => {
  it('tells the end and the output', async () => {
    const { end, output } = start('echo a; echo b >&2; exit 4');
    expect(await end).toEqual(exited(4));
    expect(output).toEqual({ stdout: 'a\n', stderr: 'b\n' });
  });

  it.each([
    ['/no/such/program', 'ENOENT'],
    ['/etc', 'EACCES'],
  ])('tells that %s cannot be started: %s', async (program, code) => {
    const request = {
      ...{ program, args: [], cwd: tmpdir(), env: {}, stdin: 'x', cancelGraceMs: 0 },
      ...{ signal: new AbortController().signal, signalMarked: null, onText: () => {} },
    };
    const end = await runProcess(request, await stock.take());
    expect(end).toMatchObject({ how: 'not started', error: { code } });
  });

  it('stops children and grandchildren with SIGTERM', async () => {
    const tree = '(sleep 100 & sleep 100 & wait) & (trap "" INT; sleep 100) & echo up; wait';
    const { mark, controller, end, said } = start(tree);
    await said('up');
    await until(() => marked(mark).length >= 5);
    controller.abort();
    expect(await end).toEqual(killedBy('SIGTERM'));
    await until(() => marked(mark).length === 0);
  });

  it('lets a script clean up within the grace', async () => {
    const { controller, end, output, said } = start(
      'trap "echo cleaned; exit 9" TERM; echo up; while :; do sleep 0.01; done',
    );
    await said('up');
    controller.abort();
    expect(await end).toEqual(exited(9, { wasStopped: true }));
    expect(output.stdout).toBe('up\ncleaned\n');
  });

  it('kills all that ignore SIGTERM after the grace', async () => {
    const deaf = 'trap "" TERM; (trap "" TERM; while :; do sleep 1; done) & echo up; wait; wait';
    const { mark, controller, end, said } = start(`${deaf}; while :; do sleep 1; done`, {
      graceMs: 50,
    });
    await said('up');
    controller.abort();
    expect(await end).toEqual(killedBy('SIGKILL'));
    await until(() => marked(mark).length === 0);
  });

  it('does not wait for a script whose attempt was lost, whatever its grace', async () => {
    const { mark, controller, end, said } = start(
      'trap "" TERM; echo up; while :; do sleep 1; done',
      { graceMs: 3_600_000 },
    );
    await said('up');
    controller.abort(new TickworkError('FENCED', { field: 'run x', reason: 'lost' }));
    expect(await end).toEqual(killedBy('SIGKILL'));
    await until(() => marked(mark).length === 0);
  });

  it('kills a grandchild that ignores SIGTERM when the script has gone', async () => {
    const { mark, controller, end, said } = start(
      '(trap "" TERM; echo up; while :; do sleep 1; done) & wait',
      { graceMs: 50 },
    );
    await said('up');
    controller.abort();
    expect(await end).toEqual(killedBy('SIGTERM'));
    await until(() => marked(mark).length === 0);
  });

  it.each([
    ['begins a session of its own', 'setsid sh -c "echo up; while :; do sleep 0.02; done" & wait'],
    [
      'is a daemon, with no parent left',
      '(setsid sh -c "echo up; sleep 100 & sleep 100" &); sleep 9',
    ],
    [
      'is deaf as well',
      `setsid sh -c 'trap "" TERM; echo up; while :; do sleep 0.02; done' & wait`,
    ],
  ])('leaves nothing of a stopped script that %s', async (_, script) => {
    const { mark, controller, end, said } = start(script, { graceMs: 200 });
    await said('up');
    await until(() => marked(mark).length >= 2);
    controller.abort();
    expect(await end).toEqual(killedBy('SIGTERM'));
    expect(marked(mark)).toEqual([]);
  });

  it('gives what a stopped script has left the rest of the grace', async () => {
    const tidy = `trap "sleep 0.2; echo tidied; exit" TERM; echo up; while :; do sleep 0.02; done`;
    const { controller, end, output, said } = start(`setsid bash --norc -c '${tidy}' & wait`);
    await said('up');
    controller.abort();
    expect(await end).toEqual(killedBy('SIGTERM'));
    expect(output.stdout).toBe('up\ntidied\n');
  });

  it('kills the group of a stopped script where nothing is marked', async () => {
    const deaf = '(trap "" TERM; echo up; while :; do sleep 1; done) & wait';
    const { mark, controller, end, said } = start(deaf, { graceMs: 50, marks: false });
    await said('up');
    controller.abort();
    expect(await end).toEqual(killedBy('SIGTERM'));
    await until(() => marked(mark).length === 0);
  });

  it.each(['sleep 100', 'nohup sleep 100', 'setsid sleep 100'])(
    'leaves %s alone in the background of a script that ends by itself',
    async (command) => {
      const { mark, controller, end } = start(`${command} >/dev/null 2>&1 & exit 0`);
      expect(await end).toMatchObject({ how: 'exited', code: 0, wasStopped: false });
      // It comes too late.
      controller.abort();
      await until(() => marked(mark).length === 1);
      signalAll(mark, 'SIGKILL');
    },
  );

  it('counts what goes on in the background', async () => {
    const { mark, end } = start(
      'sleep 100 >/dev/null 2>&1 & sleep 100 >/dev/null 2>&1 & sleep 0.3',
    );
    expect(await end).toEqual(exited(0, { leftBehind: 2 }));
    signalAll(mark, 'SIGKILL');
  });

  it('ends although a background process holds the output, which can write on', async () => {
    const beat = '(while echo beat; do sleep 0.02; done) & sleep 0.1; echo done';
    const { mark, end, output } = start(beat, { graceMs: 20 });
    expect(await end).toMatchObject({ how: 'exited', code: 0, wasStopped: false });
    const { stdout } = output;
    const seen = new Set<string>();
    await until(() => {
      for (const pid of marked(mark)) seen.add(pid);
      return seen.size > 5;
    });
    expect(output.stdout).toBe(stdout);
    while (signalAll(mark, 'SIGKILL') > 0);
  });

  it('waits for a reader that still writes down the output', async () => {
    const { end, output } = start('exec > >(sleep 0.05; cat); echo late');
    await end;
    expect(output.stdout).toBe('late\n');
  });

  it('stays alive when it is stopped while it starts', async () => {
    const { controller, end } = start('sleep 100');
    controller.abort();
    expect(await end).toEqual(killedBy('SIGTERM'));
  });

  it('kills the group when this process exits', async () => {
    const mark = `${process.pid}-exit`;
    const code = `
      import { runProcess } from ${JSON.stringify(url)};
      void runProcess({ program: '/bin/sh', args: ['-c', 'sleep 100 & echo up; wait'], cwd: '/',
        env: { PATH: process.env.PATH, MARK: ${JSON.stringify(mark)} }, stdin: '',
        signal: new AbortController().signal, cancelGraceMs: 1000,
        signalMarked: null, onText: () => process.exit(5) }, null);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
    const [status] = await once(child, 'exit');
    expect(status).toBe(5);
    await until(() => marked(mark).length === 0);
  });

  it.each([
    ['echo a > /dev/stdout; echo b > /dev/stderr', 'a\n', 'b\n'],
    ['echo a | tee /dev/stderr', 'a\n', 'a\n'],
    ['echo a >> /dev/fd/2; cat < /dev/stdin; echo b >> /proc/self/fd/1', 'b\n', 'a\n'],
    ["node -e \"fs.writeFileSync('/dev/stderr', 'a')\"", '', 'a'],
    ['echo a | (sudo() { "$@"; }; sudo tee /dev/stdout /dev/stderr)', 'a\na\n', 'a\n'],
  ])('lets a script open its output by name: %s', async (script, stdout, stderr) => {
    const { end, output } = start(script, { pipes: await stock.take() });
    expect(await end).toEqual(exited(0));
    expect(output).toEqual({ stdout, stderr });
  });

  it('reads 64 MB in a heap that could not hold them', () => {
    const code = `
      import { runProcess } from ${JSON.stringify(url)};
      let count = 0;
      const end = await runProcess({ program: '/bin/sh',
        args: ['-c', 'head -c 64000000 /dev/zero | tr "\\\\0" x'], cwd: '/',
        env: { PATH: process.env.PATH }, stdin: '', signal: new AbortController().signal,
        cancelGraceMs: 1000, signalMarked: null,
        onText: (_stream, text) => { count += text.length; } }, null);
      console.log(end.how, end.code, count, process.resourceUsage().maxRSS < 200_000);`;
    const args = ['--max-old-space-size=24', '--input-type=module', '-e', code];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe(
      'exited 0 64000000 true\n',
    );
  });
});
