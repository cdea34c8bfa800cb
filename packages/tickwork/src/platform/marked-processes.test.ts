import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { engineMark, listMarked, signalMarked } from './marked-processes.ts';
import { readProcessIdentity } from './process-identity.ts';

const engine = `${engineMark(readProcessIdentity())}-of-a-test`;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const { pid } of children.splice(0)) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
});

async function begin(script: string, marks: Record<string, string>): Promise<ChildProcess> {
  const env = { PATH: process.env.PATH ?? '', TICKWORK_ENGINE: engine, ...marks };
  const child = spawn('bash', ['--norc', '-c', script], { env, detached: true, stdio: 'pipe' });
  children.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
}

const WAIT = 'echo up; while :; do sleep 0.02; done';
const ended = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
const isOurs = (each: { readonly engine: string }): boolean => each.engine === engine;

describe.runIf(process.platform === 'linux')('marked processes', () => {
  it('are listed with all they say', async () => {
    const child = await begin(WAIT, {
      ...{ TICKWORK_RUN_ID: 'run 1', TICKWORK_FENCE: '3', TICKWORK_START: '7' },
      TICKWORK_CANCEL_GRACE_MS: '100',
    });
    const found = listMarked().find(({ pid }) => pid === child.pid);
    expect(found).toEqual({
      ...{ pid: child.pid, group: child.pid, engine, runId: 'run 1', fence: 3, start: 7 },
      graceMs: 100,
    });
  });

  it.each([
    ['3600000', 10_000],
    ['-1', 5_000],
    ['soon', 5_000],
  ])('that claim a grace of %s have %d', async (claimed, expected) => {
    await begin(WAIT, { TICKWORK_FENCE: '1', TICKWORK_CANCEL_GRACE_MS: claimed });
    expect(listMarked().find(isOurs)?.graceMs).toBe(expected);
  });

  it('are signalled by their start, and others left alone', async () => {
    const meant = await begin(WAIT, { TICKWORK_FENCE: '1', TICKWORK_START: '1' });
    const other = await begin(WAIT, { TICKWORK_FENCE: '1', TICKWORK_START: '2' });
    const end = ended(meant);
    expect(signalMarked(engine, 1, 'SIGTERM')).toBeGreaterThanOrEqual(1);
    expect(await end).toBe('SIGTERM');
    expect(signalMarked(engine, 2, null)).toBeGreaterThanOrEqual(1);
    expect(other.exitCode ?? other.signalCode).toBe(null);
    expect(signalMarked('', 2, 'SIGKILL')).toBe(0);
    expect(other.exitCode ?? other.signalCode).toBe(null);
  });
});
