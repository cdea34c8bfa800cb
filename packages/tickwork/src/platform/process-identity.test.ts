import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type ProcessProbe, readProcessIdentity, readStartTicks } from './process-identity.ts';

function probeOf(files: Record<string, string>, namespace: string | null): ProcessProbe {
  return {
    readFile: (path) => files[path] ?? null,
    readLink: (path) => (path === '/proc/self/ns/pid' ? namespace : null),
    mayExist: () => true,
  };
}

function statLine(name: string, ticks: string): string {
  const after = Array.from({ length: 40 }, (_, index) => String(index + 3));
  after[22 - 3] = ticks;
  return `4711 (${name}) ${after.join(' ')}\n`;
}

const files = {
  '/proc/sys/kernel/random/boot_id': 'boot-a\n',
  '/etc/machine-id': 'machine-a\n',
  [`/proc/${process.pid}/stat`]: statLine('node', '98765'),
};

describe('readProcessIdentity', () => {
  it('names machine and boot, process namespace and start', () => {
    expect(readProcessIdentity(probeOf(files, 'pid:[4026531836]'))).toEqual({
      host: hostname(),
      pid: process.pid,
      bootId: 'machine-a/boot-a',
      processStart: '4026531836/98765',
    });
  });

  it('does without a machine id', () => {
    const { '/etc/machine-id': _, ...rest } = files;
    expect(readProcessIdentity(probeOf(rest, 'pid:[1]')).bootId).toBe('/boot-a');
  });

  it.each([
    ['no boot id', { ...files, '/proc/sys/kernel/random/boot_id': '' }, 'pid:[1]'],
    ['no namespace', files, null],
    ['a strange namespace', files, 'pid'],
    ['no start time', { '/proc/sys/kernel/random/boot_id': 'b' }, 'pid:[1]'],
    ['nothing at all', {}, null],
  ])('is silent with %s', (_name, found, namespace) => {
    const identity = readProcessIdentity(probeOf(found, namespace));
    expect([identity.bootId, identity.processStart]).toEqual(['', '']);
  });

  it.runIf(process.platform === 'linux')('reads the real system the same way twice', () => {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const identity = readProcessIdentity();
    expect(identity.bootId.endsWith(`/${boot}`)).toBe(true);
    expect(identity.processStart).toMatch(/^\d+\/\d+$/);
    expect(readProcessIdentity()).toEqual(identity);
  });
});

describe('readStartTicks', () => {
  it.each(['node', 'a b', 'x) S 1 2 3 (y', ') )', ''])('reads past the program name %j', (name) => {
    const probe = probeOf({ '/proc/7/stat': statLine(name, '123') }, null);
    expect(readStartTicks(probe, 7)).toBe('123');
  });

  it.each([
    ['', null],
    ['7 (x) S 1', null],
    [statLine('x', 'no'), null],
  ])('gives null for the damaged text %j', (text, expected) => {
    expect(readStartTicks(probeOf({ '/proc/7/stat': text }, null), 7)).toBe(expected);
  });
});
