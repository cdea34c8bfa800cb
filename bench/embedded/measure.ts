import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** The machine's time of one small durable write, the median of many, in ms. */
export function fdatasyncMs(directory: string): number {
  const file = openSync(join(directory, 'sync'), 'w');
  const times: number[] = [];
  const block = Buffer.alloc(4096);
  for (let i = 0; i < 200; i++) {
    const startedMs = performance.now();
    writeSync(file, block, 0, block.length, (i % 16) * block.length);
    fdatasyncSync(file);
    times.push(performance.now() - startedMs);
  }
  closeSync(file);
  return quantile(
    times.sort((a, b) => a - b),
    0.5,
  );
}
