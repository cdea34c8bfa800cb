import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { leaveProcessOne, type ProcessOneHost } from './process-one.ts';

const calls: string[][] = [];
const host = (fields: Partial<ProcessOneHost>): ProcessOneHost => ({
  ...{ pid: 1, platform: 'linux', execPath: '/bin/node', execArgv: ['--x'], env: { A: 'b' } },
  argv: ['/bin/node', '/app/main.js', 'run'],
  execve: (file, args = []) => {
    calls.push([file, ...args]);
    throw new Error('replaced');
  },
  ...fields,
});

describe('leaveProcessOne', () => {
  it('does nothing in any other process', () => {
    expect(leaveProcessOne(host({ pid: 2 }))).toBe(null);
    expect(leaveProcessOne()).toBe(null);
    expect(calls).toEqual([]);
  });

  it('hands the whole command to a shell', () => {
    expect(() => leaveProcessOne(host({}))).toThrow('replaced');
    const [call = []] = calls.splice(0);
    expect(call.slice(0, 3)).toEqual(['/bin/sh', 'sh', '-c']);
    expect(call.slice(4)).toEqual(['tickwork-init', '/bin/node', '--x', '/app/main.js', 'run']);
  });

  it('says what helps where it cannot be done', () => {
    const { execve: _, ...without } = host({});
    expect(leaveProcessOne(without)).toContain('--init');
  });
});

/** Whether this user may make a namespace of process ids. */
const mayUnshare =
  process.platform === 'linux' &&
  spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;

const url = new URL('./process-one.ts', import.meta.url).href;
/** Leaves a process behind each time, as a script does, and tells on request how many are dead. */
const PROGRAM = `
  import { execFileSync } from 'node:child_process';
  import { leaveProcessOne } from ${JSON.stringify(url)};
  leaveProcessOne();
  const leave = () => execFileSync('sh', ['-c', 'sh -c : & sh -c : & :']);
  const dead = () => execFileSync('ps', ['-eo', 'stat'], { encoding: 'utf8' }).split('\\nZ').length - 1;
  process.on('SIGHUP', () => console.log('hup'));
  process.on('SIGINT', () => process.exit(dead() === 0 ? 7 : 8));
  for (let i = 0; i < 10; i++) leave();
  console.log('pid', process.pid > 1);
  setInterval(() => {}, 1000);`;

describe.runIf(mayUnshare)('a program that is process 1', () => {
  it('reaps what it inherits, gets signals and keeps its status', async () => {
    const program = ['--input-type=module', '-e', PROGRAM];
    const args = ['--pid', '--fork', '--mount-proc', process.execPath, ...program];
    const child = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const said = async (): Promise<string> => String((await once(child.stdout, 'data'))[0]);
    expect(await said()).toBe('pid true\n');
    const [first = 0] = childrenOf(child.pid ?? 0);
    process.kill(first, 'SIGHUP');
    expect(await said()).toBe('hup\n');
    process.kill(first, 'SIGINT');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });
});

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['--ppid', String(pid), '-o', 'pid='], { encoding: 'utf8' });
  return stdout.trim().split(/\s+/u).map(Number);
}
