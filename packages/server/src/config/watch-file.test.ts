import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchFile } from './watch-file.ts';

let directory: string;
let end = (): void => {};
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-watch-'));
});
afterEach(() => {
  end();
  rmSync(directory, { recursive: true, force: true });
});

/** Starts to watch; each call of the result resolves at the next change that is told. */
function watching(file: string, text: string): () => Promise<void> {
  let told = 0;
  let taken = 0;
  let wake = (): void => {};
  end = watchFile(file, text, () => {
    told++;
    wake();
  });
  return async () => {
    taken++;
    while (told < taken) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    expect(told).toBe(taken);
  };
}

it('tells of a change between reading and watching, and of later ones', async () => {
  const file = join(directory, 'a.yaml');
  writeFileSync(file, 'two');
  const change = watching(file, 'one');
  await change();
  writeFileSync(file, 'three');
  await change();
});

it('tells of a file that is replaced', async () => {
  const file = join(directory, 'a.yaml');
  writeFileSync(file, 'one');
  const change = watching(file, 'one');
  writeFileSync(join(directory, 'b.yaml'), 'two');
  renameSync(join(directory, 'b.yaml'), file);
  await change();
  writeFileSync(join(directory, 'b.yaml'), 'three');
  renameSync(join(directory, 'b.yaml'), file);
  await change();
});

it('tells of a mounted ConfigMap that is swapped', async () => {
  const version = (name: string): void => {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'a.yaml'), name);
  };
  version('..one');
  symlinkSync('..one', join(directory, '..data'));
  symlinkSync(join('..data', 'a.yaml'), join(directory, 'a.yaml'));
  const change = watching(join(directory, 'a.yaml'), '..one');
  version('..two');
  symlinkSync('..two', join(directory, '..data_tmp'));
  renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
  await change();
});
