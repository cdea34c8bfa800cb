import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Logger } from '../../packages/tickwork/src/index.ts';
import type { ChildRequest } from './request.ts';

export const quiet: Logger = { log: () => {} };

/** User and system time of all threads of this process so far. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The memory that this process has in RAM now, all of its threads together. */
export function rssMb(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}

/** The most memory that this process has had in RAM. */
export function peakRssMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}

export function storeIn({ directory }: Pick<ChildRequest, 'directory'>): string {
  return join(directory, 'store.db');
}

export async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'tickwork-bench-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export function quantile(sorted: ArrayLike<number>, part: number): number {
  const last = sorted.length - 1;
  return sorted[Math.max(0, Math.min(last, Math.ceil(part * sorted.length) - 1))] ?? Number.NaN;
}

const SYNCS = 200;

/**
 * The machine's time of one small durable write, the median of many, in ms. Blocks that exist
 * are cheaper than those by which a file grows: then its length must be written too.
 */
export function fdatasyncMs(directory: string, way: 'overwrite' | 'append'): number {
  const file = openSync(join(directory, 'sync'), 'w');
  const block = Buffer.alloc(4096);
  const ms = medianMs((i) => {
    writeSync(file, block, 0, block.length, (way === 'append' ? i : i % 16) * block.length);
    fdatasyncSync(file);
  });
  closeSync(file);
  return ms;
}

/** The same of one transaction of SQLite that inserts one row, with the settings of the store. */
export function commitMs(directory: string): number {
  const path = join(directory, 'commit.db');
  const raw = new DatabaseSync(path);
  raw.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  raw.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
  const insert = raw.prepare('INSERT INTO t (text) VALUES (?)');
  const ms = medianMs(() => insert.run('x'.repeat(200)));
  raw.close();
  rmSync(path);
  return ms;
}

function medianMs(work: (i: number) => unknown): number {
  const times: number[] = [];
  for (let i = 0; i < SYNCS; i++) {
    const startedMs = performance.now();
    work(i);
    times.push(performance.now() - startedMs);
  }
  return quantile(
    times.sort((a, b) => a - b),
    0.5,
  );
}
