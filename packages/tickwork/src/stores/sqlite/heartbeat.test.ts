import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { newRun, nodeInfo } from '@tickwork/verify/conformance/store-fixtures.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Heartbeat, HeartbeatRequest } from '../../core/ports/heartbeat.ts';
import type { Store } from '../../core/ports/store.ts';
import { Heartbeats } from './heartbeat.ts';
import { createSqliteStore } from './index.ts';
import { StoreFile } from './store-file.ts';

const NODE = 'n1';
const LEASE_MS = 1_000;

let directory = '';
let path = '';
let store: Store;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-heartbeat-'));
  path = join(directory, 'store.db');
  store = await createSqliteStore({ path, durable: false });
  await store.joinNode(nodeInfo(NODE), Date.now(), Date.now() + LEASE_MS);
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

function start(options: Partial<HeartbeatRequest> = {}): Heartbeat {
  const heartbeat = store.startHeartbeat?.({
    ...{ nodeId: NODE, leaseMs: LEASE_MS, renewEveryMs: 100, blockMsMax: 60_000 },
    ...{ onRefused: () => {}, onFailed: () => {}, ...options },
  });
  if (heartbeat === undefined) throw new Error('the store has no heartbeat');
  return heartbeat;
}

/** Waits for a state that has to come; the test's own time limit bounds it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

/** Keeps the event loop of this thread from running until a state has come. */
function blockUntil(condition: () => boolean): void {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  while (!condition()) Atomics.wait(nobody, 0, 0, 5);
}

/** A thread that gets no processor time for a while finds a node that counts as dead. */
async function untilRenewed(heartbeat: Heartbeat): Promise<void> {
  const isRenewed = (): boolean => heartbeat.renewedMsAgo() < LEASE_MS;
  while (!isRenewed()) {
    heartbeat.beat();
    const beatMs = performance.now();
    await until(() => isRenewed() || performance.now() > beatMs + 250);
  }
}

async function leaseUntil(): Promise<number> {
  return (await store.listNodes(1))[0]?.leaseUntil ?? 0;
}

describe('a heartbeat', () => {
  test('renews the lease while the event loop is blocked', async () => {
    const heartbeat = start();
    await until(() => heartbeat.renewedMsAgo() < LEASE_MS);
    const before = await leaseUntil();
    const beganMs = performance.now();
    blockUntil(() => performance.now() - heartbeat.renewedMsAgo() > beganMs + LEASE_MS);
    expect(await leaseUntil()).toBeGreaterThan(before);
    expect(await store.reapNodes(before, [])).toMatchObject({ nodeIds: [] });
  });

  test('copies the log of what its node has written', async () => {
    start({ renewEveryMs: 60_000 });
    const runs = Array.from({ length: 2_000 }, (_, i) => newRun({ id: `e_${i}` }));
    await store.enqueueRuns(runs, Date.now());
    const watch = new DatabaseSync(path, { readOnly: true });
    // By itself the connection that writes would copy when the log is much longer.
    const state = watch.prepare('PRAGMA wal_checkpoint(NOOP)');
    await until(() => Number(Object.values(state.get() ?? {})[2]) > 0);
    watch.close();
  });

  test('writes nothing while the node renews by itself', async () => {
    const heartbeat = start({ renewEveryMs: 60_000 });
    heartbeat.beat();
    const { change } = await store.pollSignals(NODE);
    await sleep(100);
    expect(heartbeat.renewedMsAgo()).toBe(Number.POSITIVE_INFINITY);
    expect((await store.pollSignals(NODE)).change).toBe(change);
  });

  test('gives up a node blocked for too long, and renews again when it is back', async () => {
    const heartbeat = start({ blockMsMax: 400 });
    await untilRenewed(heartbeat);
    blockUntil(() => heartbeat.renewedMsAgo() > LEASE_MS);
    // The node counts from before the write, so the store's lease ends a little after its own.
    const end = await leaseUntil();
    blockUntil(() => Date.now() > end + LEASE_MS);
    expect(await leaseUntil()).toBe(end);
    await untilRenewed(heartbeat);
  });

  test('tells a node that was declared dead', async () => {
    const refused = Promise.withResolvers<void>();
    const heartbeat = start({ onRefused: refused.resolve });
    await store.reapNodes(Date.now(), [NODE]);
    await refused.promise;
    await heartbeat.stop();
  });

  test('renews nothing after it was stopped, also by closing the store', async () => {
    const heartbeat = start();
    await until(() => heartbeat.renewedMsAgo() < LEASE_MS);
    await heartbeat.stop();
    await heartbeat.stop();
    const before = await leaseUntil();
    await sleep(300);
    expect(await leaseUntil()).toBe(before);
    start();
    await store.close();
    store = await createSqliteStore({ path, durable: false });
    const closed = await leaseUntil();
    await sleep(300);
    expect(await leaseUntil()).toBe(closed);
  });

  test('renews nothing while its file is away or another lies there', async () => {
    await store.close();
    const file = new StoreFile(path);
    const away = join(directory, 'away.db');
    renameSync(path, away);
    const all = new Heartbeats(file, () => {});
    const heartbeat = all.start({
      ...{ nodeId: NODE, leaseMs: LEASE_MS, renewEveryMs: 20, blockMsMax: 60_000 },
      ...{ onRefused: () => {}, onFailed: () => {} },
    });
    await sleep(200);
    expect([existsSync(path), heartbeat.renewedMsAgo()]).toEqual([false, Number.POSITIVE_INFINITY]);
    copyFileSync(away, path);
    await sleep(200);
    expect(heartbeat.renewedMsAgo()).toBe(Number.POSITIVE_INFINITY);
    renameSync(away, path);
    await until(() => heartbeat.renewedMsAgo() < LEASE_MS);
    await all.stop();
  });

  test('is absent where the clock is a function of this thread', async () => {
    const other = await createSqliteStore({ path, now: () => 1 });
    expect(other.startHeartbeat).toBeUndefined();
    await other.close();
  });
});
