// The thread of a heartbeat: see heartbeat.ts.

import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { boundedClock } from '../../core/time/kept-clock.ts';
import { Database } from './database.ts';
import { type FromHeartbeat, type HeartbeatStart, slots } from './heartbeat-protocol.ts';
import { renewLease } from './renew-lease.ts';
import { differenceAt } from './store-file.ts';

const start = workerData as HeartbeatStart;
const { shared, renewEveryMs } = start;
/** Rows that are written, each in a page or two, before the log is copied. */
const COPY_ROWS = 1000n;
const COPY_EVERY_MS = 100;
const TICK_MS = Math.max(1, Math.min(COPY_EVERY_MS, Math.floor(renewEveryMs / 4)));
const NS_PER_MS = 1e6;

let database: Database | null = null;
let timer: NodeJS.Timeout | undefined;
let copiedRows = 0n;

/** Opens the file, but never makes it: who moved it away does not want an empty one. */
function open(): Database {
  const location = pathToFileURL(start.path);
  location.searchParams.set('mode', 'rw');
  const opened = new Database(new DatabaseSync(location, { timeout: renewEveryMs }));
  // A lease need not survive a power failure. The log is copied by `copyLog`, not by a renewal.
  opened.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0');
  return opened;
}

/** As the clock of every node. */
function clockAt(from: Database): number {
  const kept = from.get<{ value: number }>("SELECT value FROM tickwork_meta WHERE name = 'clock'");
  return boundedClock(Date.now(), kept?.value ?? 0);
}

/** Milliseconds from a shared reading to `now`. */
function msSince(slot: number, now: bigint): number {
  return Number(now - Atomics.load(shared, slot)) / NS_PER_MS;
}

function isStopped(): boolean {
  return Atomics.load(shared, slots.stopped) === 1n;
}

/** True while the node renews late, but not so late that it counts as dead. */
function isWanted(now: bigint): boolean {
  const beatMs = msSince(slots.beat, now);
  if (beatMs > start.blockMsMax) return false;
  return beatMs >= 1.25 * renewEveryMs && msSince(slots.renewed, now) >= renewEveryMs;
}

/** Throws while other files lie at the path: the node ends its life when it finds that. */
function current(): Database {
  if (differenceAt(start.path, start.identity) !== null) throw new Error('other files are there');
  database ??= open();
  return database;
}

function renew(): void {
  const from = current();
  const leaseUntil = clockAt(from) + start.leaseMs;
  if (isStopped()) return;
  const sent = process.hrtime.bigint();
  if (renewLease(from, start.nodeId, leaseUntil).held) {
    Atomics.store(shared, slots.renewed, sent);
    return;
  }
  const refused: FromHeartbeat = 'refused';
  parentPort?.postMessage(refused);
  end();
}

/** Copies as far as nobody is in the way; what fails is tried again when more is written. */
function copyLog(): void {
  const rows = Atomics.load(shared, slots.written);
  if (rows - copiedRows < COPY_ROWS) return;
  copiedRows = rows;
  current().get('PRAGMA wal_checkpoint(PASSIVE)');
}

function letGo(): void {
  database?.close();
  database = null;
}

function tick(): void {
  if (isStopped()) return;
  timer = setTimeout(tick, TICK_MS);
  try {
    if (isWanted(process.hrtime.bigint())) renew();
    else copyLog();
  } catch {
    // Locked, full, replaced: the next tick tries again; the node sees that nothing was renewed.
    letGo();
  }
}

function end(): void {
  clearTimeout(timer);
  letGo();
  parentPort?.close();
}

parentPort?.once('message', end);
tick();
