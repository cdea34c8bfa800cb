import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readInput } from './read-input.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-input-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('readInput', () => {
  it('waits for a writer that has not begun, also on a pipe that does not block', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reading = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writing = openSync(pipe, constants.O_WRONLY);
    const module = new URL('read-input.ts', import.meta.url).href;
    // A read that cannot wait has failed before the next turn of the event loop.
    const program = `
      const { readInput } = await import(${JSON.stringify(module)});
      const input = readInput('-');
      const turn = new Promise((resolve) => setImmediate(resolve, 'reading'));
      process.stdout.write((await Promise.race([input, turn])) + '\\n');
      process.stdout.write(JSON.stringify(await input));`;
    const args = ['--conditions=tickwork-src', '--input-type=module', '-e', program];
    // Node.js makes the standard input of a child block, so the shell puts the pipe there.
    const shell = ['-c', 'exec "$0" "$@" <&3', process.execPath, ...args];
    const child = spawn('sh', shell, { stdio: ['ignore', 'pipe', 'inherit', reading] });
    closeSync(reading);
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said !== 'reading\n') return;
      writeSync(writing, 'late\n');
      closeSync(writing);
    });
    const [status] = await once(child, 'close');
    expect(said).toBe('reading\n{"name":"standard input","text":"late\\n"}');
    expect(status).toBe(0);
  });

  it('leaves out a byte order mark and refuses what is not UTF-8', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '\uFEFFa');
    expect(await readInput(file)).toEqual({ name: file, text: 'a' });
    writeFileSync(file, Buffer.from([0x61, 0xe4]));
    await expect(readInput(file)).rejects.toThrow('is not UTF-8');
  });

  it('reads no more than it may', async () => {
    await expect(readInput('/dev/zero', { bytesMax: 1000 })).rejects.toThrow('at most 1000 bytes');
  });

  it('names a file that cannot be read', async () => {
    await expect(readInput(directory)).rejects.toThrow('cannot be read (EISDIR)');
    await expect(readInput(join(directory, 'none'))).rejects.toThrow('cannot be read (ENOENT)');
  });
});
