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

const url = new URL('./process-one.ts', import.meta.url).href;
/** Leaves processes behind, as scripts do, and ends with 8 if they are still dead children. */
const PROGRAM = `
  import { execFileSync } from 'node:child_process';
  import { leaveProcessOne } from ${JSON.stringify(url)};
  const { execPath, execArgv, argv, env, platform } = process;
  const host = { execPath, execArgv, argv, platform, env: { ...env, SECOND: '1' } };
  leaveProcessOne({ ...host, pid: env.SECOND ? 2 : 1, execve: process.execve });
  const shell = (text) => execFileSync('sh', ['-c', text], { encoding: 'utf8' });
  const dead = () => shell('ps -o stat= --ppid ' + process.ppid).includes('Z');
  process.on('SIGHUP', () => console.log('hup'));
  process.on('SIGINT', () => process.exit(dead() ? 8 : 7));
  for (let i = 0; i < 10; i++) shell('sh -c : & sh -c : & :');
  console.log('up');
  setInterval(() => {}, 1000);`;
/** Where this user may make a namespace of process ids, the program is process 1 of its own. */
const namespace = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
const [ask = '', ...namespaceArgs] = namespace;
const isIsolated = spawnSync(ask, [...namespaceArgs, 'true']).status === 0;

describe.runIf(process.platform === 'linux')('a program that is process 1', () => {
  it('reaps what it inherits, gets signals and keeps its status', async () => {
    const program = [process.execPath, '--input-type=module', '-e', PROGRAM];
    const [file = '', ...args] = isIsolated ? [...namespace, ...program] : program;
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const said = async (): Promise<string> => String((await once(child.stdout, 'data'))[0]);
    expect(await said()).toBe('up\n');
    const own = child.pid ?? 0;
    const first = isIsolated ? (childrenOf(own)[0] ?? 0) : own;
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
