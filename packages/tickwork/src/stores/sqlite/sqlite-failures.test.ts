import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { jobWrite, newRun, T0 } from '@tickwork/verify/conformance/store-fixtures.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../core/ports/store.ts';
import { checksumOf } from '../sql/migration.ts';
import { createSqliteStore, type SqliteStoreOptions } from './index.ts';
import { migrations } from './schema.ts';

let directory = '';
let path = '';
const opened: Store[] = [];

async function open(options: Partial<SqliteStoreOptions> = {}): Promise<Store> {
  const store = await createSqliteStore({ path, durable: false, ...options });
  opened.push(store);
  return store;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-sqlite-'));
  path = join(directory, 'store.db');
});

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(directory, { recursive: true });
});

describe('opening a file', () => {
  test('a missing directory is named', async () => {
    const missing = join(directory, 'missing', 'store.db');
    const error = await open({ path: missing }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', field: missing });
    expect(String(error)).toContain(join(directory, 'missing'));
    expect(existsSync(join(directory, 'missing'))).toBe(false);
  });

  test('a file that is no database is refused and stays as it is', async () => {
    const text = 'not a database, but somebody still needs it\n'.repeat(50);
    writeFileSync(path, text);
    const error = await open().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'STORE_CORRUPT' });
    expect(String(error)).toMatch(/store\.db.*damaged.*backup/s);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('a damaged page is told when it is met', async () => {
    const store = await open();
    const jobs = Array.from({ length: 400 }, (_, index) => jobWrite(`job-${index}`));
    await store.saveJobs(jobs);
    await store.close();
    const file = openSync(path, 'r+');
    const { size } = statSync(path);
    for (let at = 4096 * 4; at < size; at += 4096)
      writeSync(file, Buffer.alloc(4096, 0x5a), 0, 4096, at);
    closeSync(file);
    const broken = await open().catch((reason: unknown) => reason as Error);
    const error =
      broken instanceof Error
        ? broken
        : await broken
            .listJobs({}, { after: null, limit: 1000 })
            .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'STORE_CORRUPT' });
  });

  test('only its owner may read a new file', async () => {
    const store = await open();
    await store.saveJobs([jobWrite('a')]);
    for (const name of [path, `${path}-wal`]) expect(statSync(name).mode & 0o777).toBe(0o600);
  });

  test('only its owner may read the new file behind a symbolic link', async () => {
    const target = join(directory, 'target.db');
    symlinkSync('target.db', path);
    await (await open()).close();
    expect(statSync(target).mode & 0o777).toBe(0o600);
  });

  test('a newer schema is refused without touching it', async () => {
    await (await open()).close();
    const raw = new DatabaseSync(path);
    const insert = 'INSERT INTO tickwork_migrations VALUES (?, ?, ?, ?)';
    raw.prepare(insert).run(migrations.length + 1, 'from the future', 'x', T0);
    raw.close();
    const error = await open().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'STORE_VERSION' });
    expect(String(error)).toContain(`version ${migrations.length + 1}`);
  });

  test('a schema step with other statements is refused', async () => {
    await (await open()).close();
    const raw = new DatabaseSync(path);
    raw.exec("UPDATE tickwork_migrations SET checksum = 'x' WHERE version = 1");
    raw.close();
    await expect(open()).rejects.toMatchObject({ code: 'STORE_VERSION' });
  });

  test.each(migrations.slice(1).map((_, index) => index + 1))(
    'a store of schema %i is brought up to date with all it holds',
    async (version) => {
      const raw = new DatabaseSync(path);
      raw.exec(`CREATE TABLE tickwork_migrations (version INTEGER PRIMARY KEY,
        name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`);
      for (const step of migrations.slice(0, version)) {
        for (const statement of step.statements) raw.exec(statement);
        const insert = raw.prepare('INSERT INTO tickwork_migrations VALUES (?, ?, ?, ?)');
        insert.run(step.version, step.name, checksumOf(step), T0);
      }
      raw.exec(`INSERT INTO tickwork_calendars VALUES ('c', '{}', '1', 'api', '')`);
      raw.close();
      const store = await open();
      expect(await store.listCalendars()).toMatchObject([{ name: 'c' }]);
      expect(await store.saveJobs([jobWrite('a')])).toEqual(['written']);
    },
  );

  test('a process that may not write gets STORE_READ_ONLY', async () => {
    await (await open()).close();
    chmodSync(path, 0o444);
    chmodSync(directory, 0o555);
    const told = writeWithoutRights();
    chmodSync(directory, 0o755);
    expect(told).toBe('STORE_READ_ONLY');
  });

  test('a file that may not be written is left alone, and nothing beside it', async () => {
    await (await open()).close();
    chmodSync(path, 0o444);
    chmodSync(directory, 0o777);
    expect(writeWithoutRights()).toBe('STORE_READ_ONLY');
    expect(readdirSync(directory)).toEqual(['store.db']);
  });

  test.each(['-wal', '-shm'])('a %s that may not be written is named', async (suffix) => {
    await (await open()).close();
    writeFileSync(path + suffix, '', { mode: 0o444 });
    chmodSync(path, 0o666);
    chmodSync(directory, 0o777);
    expect(writeWithoutRights('error.code + error.field')).toBe(`STORE_READ_ONLY${path}${suffix}`);
    rmSync(path + suffix);
  });
});

/** Opens the store and writes, as somebody who is not root, and gives what came of it. */
function writeWithoutRights(told = 'error.code'): string {
  const module = JSON.stringify(import.meta.resolve('./index.ts'));
  const script = `
    const { createSqliteStore } = await import(${module});
    if (process.getuid() === 0) process.setuid(65534);
    try {
      const store = await createSqliteStore({ path: ${JSON.stringify(path)} });
      await store.saveCalendars([
        { name: 'c', definition: {}, version: '1', source: { kind: 'api', id: '' } },
      ]);
      console.log('written');
    } catch (error) {
      console.log(${told});
    }`;
  const root = fileURLToPath(new URL('../../../../../', import.meta.url));
  const args = ['--conditions=tickwork-src', '--input-type=module', '-e', script];
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return result.stdout.trim() || result.stderr;
}

describe('a full disk', () => {
  test('refuses the call, keeps what was acknowledged, works again with room', async () => {
    const store = await open({ pagesMax: 120 });
    const acknowledged: string[] = [];
    const fill = async (): Promise<unknown> => {
      for (let index = 0; index < 2000; index++) {
        const ids = [`e_${index}-a`, `e_${index}-b`];
        const runs = ids.map((id) => newRun({ id, input: 'x'.repeat(2000) }));
        await store.enqueueRuns(runs, T0);
        acknowledged.push(...ids);
      }
      return null;
    };
    const error = await fill().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'STORE_FULL' });
    const page = await store.listRuns({}, { after: null, limit: 10_000 });
    expect(page.runs.map(({ id }) => id).reverse()).toEqual(acknowledged);
    await store.close();
    const raw = new DatabaseSync(path);
    expect(raw.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    raw.close();
    const roomy = await open();
    const [outcome] = await roomy.enqueueRuns([newRun({ id: 'e_last' })], T0);
    expect(outcome).toEqual({ runId: 'e_last', outcome: 'stored' });
  });
});

describe('a file that another process holds locked', () => {
  test('calls wait for the lock, those of one turn together', async () => {
    const store = await open();
    const raw = new DatabaseSync(path);
    raw.exec('BEGIN IMMEDIATE');
    const calls = [1, 2, 3].map((n) => store.enqueueRuns([newRun({ id: `e_${n}` })], T0));
    await new Promise((resolve) => setTimeout(resolve, 60));
    raw.exec('COMMIT');
    raw.close();
    expect((await Promise.all(calls)).flat().map(({ runId }) => runId)).toEqual([
      'e_1',
      'e_2',
      'e_3',
    ]);
  });

  test('a lock that does not end makes the store unavailable', async () => {
    const store = await open({ lockTimeoutMs: 50 });
    const raw = new DatabaseSync(path);
    raw.exec('BEGIN IMMEDIATE');
    const refused = store.enqueueRuns([newRun({ id: 'e_1' })], T0);
    await expect(refused).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    expect(await store.findRuns(['e_1'])).toEqual([null]);
    raw.exec('COMMIT');
    raw.close();
    expect(await store.enqueueRuns([newRun({ id: 'e_1' })], T0)).toHaveLength(1);
  });
});

test('a call that fails does not spoil those that share its transaction', async () => {
  const store = await open();
  const good = (id: string) => store.enqueueRuns([newRun({ id })], T0);
  const bad = newRun({ id: 'e_bad', fireAt: Number.NaN });
  const results = await Promise.allSettled([
    good('e_1'),
    store.enqueueRuns([newRun({ id: 'e_half' }), bad], T0),
    store.claimRuns({
      ...{ nodeId: 'unknown', handlers: [], until: T0, limit: 1, now: T0, recover: false },
    }),
    good('e_2'),
  ]);
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  expect(results[1]).toMatchObject({ reason: { code: 'BROKEN_INVARIANT' } });
  const found = await store.findRuns(['e_1', 'e_half', 'e_2']);
  expect(found.map((run) => run?.id ?? null)).toEqual(['e_1', null, 'e_2']);
});

test('the clock is never below an instant that a former process has kept', async () => {
  let at = T0;
  const now = (): number => at;
  const first = await open({ now });
  await first.saveJobs([jobWrite('a')]);
  await first.close();
  at = T0 - 3_600_000;
  const second = await open({ now });
  expect(await second.readClock()).toBe(T0);
  at = T0 + 5;
  expect(await second.readClock()).toBe(T0 + 5);
});
