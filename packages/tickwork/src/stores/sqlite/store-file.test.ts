import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newRun, nodeInfo, T0 } from '@tickwork/verify/conformance/store-fixtures.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../core/ports/store.ts';
import { createSqliteStore } from './index.ts';
import { differenceAt, identityOf, StoreFile } from './store-file.ts';

let directory = '';
let path = '';
const opened: Store[] = [];

async function open(): Promise<Store> {
  const store = await createSqliteStore({ path, durable: false });
  opened.push(store);
  return store;
}

const parts = (): string[] => ['', '-wal', '-shm'].map((suffix) => `${path}${suffix}`);
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(() => null).catch((reason: unknown) => reason);

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'tickwork-file-'));
  directory = join(root, 'state');
  mkdirSync(directory);
  path = join(directory, 'store.db');
});

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(join(directory, '..'), { recursive: true });
});

describe('a store whose file is', () => {
  const cases: [string, () => unknown, RegExp][] = [
    ['deleted', () => parts().map((part) => rmSync(part)), /the file was deleted or moved/],
    [
      'deleted with its directory',
      () => rmSync(directory, { recursive: true }),
      /deleted or moved/,
    ],
    ['moved', () => renameSync(path, join(directory, 'x.db')), /deleted or moved/],
    [
      'below a directory that was moved and made again',
      () => {
        renameSync(directory, `${directory}-old`);
        mkdirSync(directory);
      },
      /deleted or moved/,
    ],
    [
      'replaced by a backup',
      () => {
        copyFileSync(path, `${path}.backup`);
        renameSync(`${path}.backup`, path);
      },
      /the file was replaced/,
    ],
    ['robbed of its log', () => rmSync(`${path}-wal`), /its part store\.db-wal was deleted/],
    ['robbed of its index', () => rmSync(`${path}-shm`), /its part store\.db-shm was deleted/],
  ];

  test.each(cases)(
    '%s: the next renewal tells it, and nothing more is written',
    async (_, harm, why) => {
      const store = await open();
      await store.joinNode(nodeInfo('n1'), T0, T0 + 1000);
      harm();
      const error = await errorOf(store.renewNode('n1', T0 + 2000));
      expect(error).toMatchObject({ code: 'STORE_REPLACED', field: path });
      expect(String(error)).toMatch(why);
      expect(await errorOf(store.enqueueRuns([newRun({ id: 'r' })], T0))).toBe(error);
      expect(await errorOf(store.listNodes(1))).toBe(error);
    },
  );

  test('in place or moved there and back goes on', async () => {
    const store = await open();
    await store.joinNode(nodeInfo('n1'), T0, T0 + 1000);
    renameSync(directory, `${directory}-old`);
    renameSync(`${directory}-old`, directory);
    expect(await store.renewNode('n1', T0 + 2000)).toEqual({ held: true });
  });

  test('another one now leaves that alone when the former one is closed', async () => {
    const former = await open();
    await former.enqueueRuns([newRun({ id: 'former' })], T0);
    for (const part of parts()) rmSync(part);
    const next = await open();
    await next.enqueueRuns([newRun({ id: 'next' })], T0);
    await former.close();
    expect(parts().map(existsSync)).toEqual([true, true, true]);
    await next.close();
    const again = await open();
    expect((await again.findRuns(['former', 'next'])).map((run) => run?.id)).toEqual([
      undefined,
      'next',
    ]);
  });
});

describe('the comparison', () => {
  const none = (code: string) => (): never => {
    throw Object.assign(new Error(code), { code });
  };

  test.each(['EIO', 'ESTALE', 'EACCES'])('proves nothing by %s', (code) => {
    expect(differenceAt('/x/store.db', ['1:2', null, null], none(code))).toBeNull();
  });

  test('takes a directory that became a file for gone', () => {
    writeFileSync(path, '');
    const before = identityOf(path);
    rmSync(directory, { recursive: true });
    writeFileSync(directory, '');
    expect(differenceAt(path, before)).toContain('deleted or moved away');
    rmSync(directory);
  });

  test('follows a link that leads elsewhere now', () => {
    for (const name of ['a', 'b']) writeFileSync(join(directory, name), '');
    symlinkSync('a', path);
    const before = identityOf(path);
    rmSync(path);
    symlinkSync('b', path);
    expect(differenceAt(path, before)).toContain('the file was replaced');
  });

  test('is made by a writer that has no lease as well, every few seconds', () => {
    let monoMs = 0;
    let ino = '1:1';
    const file = new StoreFile(
      path,
      () => monoMs,
      () => [ino, null, null],
    );
    ino = '1:2';
    monoMs = 4_999;
    file.check(5_000);
    file.assertKnown();
    monoMs = 5_000;
    expect(() => file.check(5_000)).toThrow(/was replaced by another one/);
    expect(() => file.assertKnown()).toThrow(/was replaced by another one/);
  });
});
