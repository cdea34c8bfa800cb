import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Node } from '../core/model/node.ts';
import {
  type ProcessIdentity,
  type ProcessProbe,
  readProcessIdentity,
  readStartTicks,
  systemProbe,
} from './process-identity.ts';
import { createProcessWatch } from './process-watch.ts';

const INITIAL = '4026531836';

function nodeOf(identity: Partial<ProcessIdentity>): Node {
  return {
    id: 'node-1',
    name: 'n',
    host: 'h',
    pid: 100,
    bootId: 'm/b',
    processStart: `${INITIAL}/500`,
    version: '0',
    startedAt: 0,
    leaseUntil: 0,
    state: 'up',
    ...identity,
  };
}

const own: ProcessIdentity = { host: 'h', pid: 1, bootId: 'm/b', processStart: `${INITIAL}/1` };

function probeWith(ticks: string | null, mayExist: boolean): ProcessProbe {
  const stat = ticks === null ? null : `100 (x) ${'0 '.repeat(19)}${ticks} 0`;
  return { readFile: () => stat, readLink: () => null, mayExist: () => mayExist };
}

const cases: readonly [string, Partial<ProcessIdentity>, string | null, boolean, boolean][] = [
  ['alive: same start', {}, '500', true, false],
  ['gone: the id is free', {}, null, false, true],
  ['gone: the id belongs to a later process', {}, '501', true, true],
  ['in doubt: hidden below /proc but there', {}, null, true, false],
  ['gone: an earlier boot of this machine', { bootId: 'm/a' }, '500', true, true],
  ['in doubt: another machine of this name', { bootId: 'k/a' }, null, false, false],
  ['in doubt: no machine id there', { bootId: '/a' }, null, false, false],
  ['in doubt: another host', { host: 'other' }, null, false, false],
  ['in doubt: another container', { processStart: '4026532001/500' }, null, false, false],
  [
    'in doubt: a container of an earlier boot',
    { bootId: 'm/a', processStart: '4026532001/500' },
    null,
    false,
    false,
  ],
  ['in doubt: unknown boot', { bootId: '' }, null, false, false],
  ['in doubt: unknown start', { processStart: '' }, null, false, false],
  ['in doubt: half a start', { processStart: INITIAL }, null, false, false],
  ['in doubt: no process id', { pid: 0 }, null, false, false],
  ['in doubt: a negative process id', { pid: -1 }, null, false, false],
];

describe('createProcessWatch', () => {
  it.each(cases)('%s', (_name, identity, ticks, mayExist, expected) => {
    const watch = createProcessWatch(own, probeWith(ticks, mayExist));
    expect(watch.isGone(nodeOf(identity))).toBe(expected);
  });

  it('takes nobody for dead where this process does not know itself', () => {
    const watch = createProcessWatch(
      { ...own, bootId: '', processStart: '' },
      probeWith(null, false),
    );
    expect(watch.isGone(nodeOf({}))).toBe(false);
    expect(watch.isGone(nodeOf({ bootId: '', processStart: '' }))).toBe(false);
  });

  it('needs the same machine id and no container to trust an earlier boot', () => {
    const contained = { ...own, processStart: '4026532001/1' };
    const unnamed = { ...own, bootId: '/b' };
    for (const self of [contained, unnamed]) {
      const watch = createProcessWatch(self, probeWith(null, false));
      expect(watch.isGone(nodeOf({ bootId: '/a' }))).toBe(false);
      expect(watch.isGone(nodeOf({ bootId: 'm/a' }))).toBe(false);
    }
  });
});

describe.runIf(process.platform === 'linux')('createProcessWatch on this system', () => {
  const self = readProcessIdentity();
  const [namespace = ''] = self.processStart.split('/');

  it('never takes the own process for dead', () => {
    expect(createProcessWatch(self).isGone(nodeOf(self))).toBe(false);
  });

  it('sees a child alive, and gone after it was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const processStart = `${namespace}/${readStartTicks(systemProbe, pid)}`;
    const watch = createProcessWatch(self);
    const node = nodeOf({ ...self, pid, processStart });
    expect(watch.isGone(node)).toBe(false);
    expect(watch.isGone({ ...node, processStart: `${namespace}/1` })).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(watch.isGone(node)).toBe(true);
  });

  it.each([
    ['nobody has asked for its exit status', 'Z', 1, true],
    ['other threads of it are still ending', 'Z', 3, false],
    ['it sleeps', 'S', 1, false],
  ])('judges a process by its state: %s', (_, state, threads, gone) => {
    const stat = `100 (x) ${state} ${'0 '.repeat(16)}${threads} 0 500 0`;
    const probe = { ...probeWith('500', true), readFile: () => stat };
    expect(createProcessWatch(own, probe).isGone(nodeOf({}))).toBe(gone);
  });

  it('sees a process of another user as existing', () => {
    expect(systemProbe.mayExist(1)).toBe(true);
  });
});
