import {
  closeSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closePipes, createPipeStock } from './output-pipes.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tickwork-pipes-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** How many descriptors of this process belong to pipes of this test. */
function openCount(): number {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(folder);
    } catch {
      return false;
    }
  }).length;
}

describe.runIf(process.platform === 'linux')('a stock of pipes', () => {
  it('gives pipes of which no name remains', async () => {
    const pipes = await createPipeStock(process.env.PATH ?? '').take();
    if (pipes === null) throw new Error('no pipes');
    expect(readdirSync(folder)).toEqual([]);
    writeSync(pipes.stdout.writeEnd, 'out');
    writeSync(pipes.stderr.writeEnd, 'err');
    const buffer = Buffer.alloc(8);
    expect(buffer.toString('utf8', 0, readSync(pipes.stderr.readEnd, buffer))).toBe('err');
    expect(buffer.toString('utf8', 0, readSync(pipes.stdout.readEnd, buffer))).toBe('out');
    closeSync(pipes.stdout.writeEnd);
    expect(readSync(pipes.stdout.readEnd, buffer)).toBe(0);
    closeSync(pipes.stdout.readEnd);
    closeSync(pipes.stderr.readEnd);
    closeSync(pipes.stderr.writeEnd);
  });

  it('gives each pipe once, also to many who ask at the same time', async () => {
    const stock = createPipeStock(process.env.PATH ?? '');
    const all = await Promise.all(Array.from({ length: 20 }, () => stock.take()));
    const ends = all.flatMap((pipes) => [pipes?.stdout, pipes?.stderr]);
    const descriptors = ends.flatMap((pipe) => [pipe?.readEnd, pipe?.writeEnd]);
    expect(new Set(descriptors).size).toBe(80);
    expect(descriptors).not.toContain(undefined);
    for (const pipes of all) if (pipes !== null) closePipes(pipes);
  });

  it('closes what nobody has used for a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const pipes = await createPipeStock(process.env.PATH ?? '').take();
    if (pipes !== null) closePipes(pipes);
    expect(openCount()).toBe(28);
    vi.advanceTimersByTime(10_000);
    expect(openCount()).toBe(0);
  });

  it('has none without mkfifo or a folder for temporary files', async () => {
    expect(await createPipeStock('/no/such/folder').take()).toBe(null);
    vi.stubEnv('TMPDIR', '/no/such/folder');
    expect(await createPipeStock(process.env.PATH ?? '').take()).toBe(null);
    expect(openCount()).toBe(0);
  });
});
