import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { holdsWriteLock, isLocked } from './held-locks.ts';

const line = (mode: string, range: string): string =>
  `7: POSIX  ADVISORY  ${mode} 42 fe:01:1234 ${range}\n8: FLOCK  ADVISORY  WRITE 42 fe:01:99 0 EOF`;

test.each([
  [true, 42, 1234, line('WRITE', '120 120')],
  [true, 42, 1234, line('WRITE', '120 127')],
  [true, 42, 1234, line('WRITE', '0 EOF')],
  [false, 42, 1234, line('READ', '120 120')],
  [false, 42, 1234, line('WRITE', '121 127')],
  [false, 42, 1235, line('WRITE', '120 120')],
  [false, 43, 1234, line('WRITE', '120 120')],
])('says %s of process %i and file %i', (expected, pid, ino, locks) => {
  expect(isLocked(locks, { pid, ino })).toBe(expected);
});

test('knows the process that is in the midst of a transaction', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tickwork-locks-'));
  const path = join(directory, 'a.db');
  const here = new DatabaseSync(path);
  here.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a)');
  const program = `
    const { DatabaseSync } = require('node:sqlite');
    new DatabaseSync(${JSON.stringify(path)}).exec('BEGIN IMMEDIATE');
    console.log('locked');
    setTimeout(() => {}, 600_000);
  `;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const isKnown = holdsWriteLock(child.pid ?? 0, path);
  expect([isKnown, holdsWriteLock(process.pid, path)]).toEqual([platform() === 'linux', false]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  here.close();
  rmSync(directory, { recursive: true });
});
