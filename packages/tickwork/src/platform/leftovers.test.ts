import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Node } from '../core/model/node.ts';
import { createLeftovers } from './leftovers.ts';
import { engineMark } from './marked-processes.ts';
import { hasExited, readProcessIdentity, readStartTicks, systemProbe } from './process-identity.ts';

const own = readProcessIdentity();
const dead = { ...own, processStart: `${own.processStart}0` };
const node = (fields: Partial<Node> = {}): Node => ({
  ...{ ...dead, id: 'n', name: 'n', version: '0', startedAt: 1, leaseUntil: 2, state: 'up' },
  ...fields,
});

const children: ChildProcess[] = [];
const said = new WeakMap<ChildProcess, Buffer>();
afterEach(() => {
  for (const { pid } of children.splice(0)) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
});

/** A process group with the mark of an attempt; resolves when it has said "up". */
async function begin(script: string, marks: Record<string, string> = {}): Promise<ChildProcess> {
  const env = {
    ...{ PATH: process.env.PATH ?? '', TICKWORK_ENGINE: engineMark(dead) },
    ...{ TICKWORK_RUN_ID: 'run 1', TICKWORK_FENCE: '3', TICKWORK_CANCEL_GRACE_MS: '100' },
    ...marks,
  };
  const child = spawn('sh', ['-c', script], { env, detached: true, stdio: 'pipe' });
  children.push(child);
  said.set(child, await new Promise((resolve) => child.stdout.once('data', resolve)));
  return child;
}

const ended = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));

const WAIT = 'echo up; while :; do sleep 0.05; done';
const meant = { engine: engineMark(dead), runId: 'run 1', fence: 3 };

describe('what a dead engine left', () => {
  const leftovers = createLeftovers(own, '');

  it('is found by the mark of the engine, in this boot only', async () => {
    await begin(WAIT);
    await begin(WAIT, { TICKWORK_FENCE: '4' });
    await begin(WAIT, { TICKWORK_ENGINE: engineMark(own) });
    const found = leftovers.findLeftovers([node()]);
    expect([...found].sort((a, b) => a.fence - b.fence)).toEqual([meant, { ...meant, fence: 4 }]);
    expect(leftovers.findLeftovers([node({ bootId: 'm/earlier' })])).toEqual([]);
    // Not even if its node seems to be gone: this process lives.
    expect(leftovers.findLeftovers([node(own)])).toEqual([]);
    expect(leftovers.findLeftovers([node({ processStart: '' })])).toEqual([]);
    expect(createLeftovers(own, engineMark(dead)).findLeftovers([node()])).toEqual([]);
  });

  it('is asked to end, and others are left alone', async () => {
    const child = await begin(WAIT);
    const other = await begin(WAIT, { TICKWORK_RUN_ID: 'run 2' });
    const end = ended(child);
    await leftovers.endLeftovers([meant]);
    expect(await end).toBe('SIGTERM');
    expect(other.exitCode ?? other.signalCode).toBe(null);
    expect(leftovers.findLeftovers([node()])).toEqual([{ ...meant, runId: 'run 2' }]);
  });

  it('is ended by force, with what it started without the mark', async () => {
    const deaf = `trap "" TERM; env -i sh -c 'trap "" TERM; while :; do sleep 0.05; done' &`;
    const child = await begin(`${deaf} echo $!; while :; do sleep 0.05; done`);
    const end = ended(child);
    await leftovers.endLeftovers([meant]);
    expect(await end).toBe('SIGKILL');
    const unmarked = Number(String(said.get(child)));
    while (readStartTicks(systemProbe, unmarked) !== null) {
      if (hasExited(systemProbe, unmarked)) break;
      await sleep(10);
    }
  });

  it('is nothing: that is soon said', async () => {
    await leftovers.endLeftovers([meant]);
    expect(leftovers.findLeftovers([])).toEqual([]);
  });
});
