import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder, removePrivateFolder } from './private-folder.ts';

/** A text that a process can read as its standard input. */
export interface InputFile {
  readonly descriptor: number;
  close(): void;
}

/**
 * Puts a text into a nameless private file, or gives `null` where that fails (no room, not
 * writable). Node's pipes are sockets, and a socket cannot be opened as `/dev/stdin`, which is
 * how many scripts read their input.
 */
export function createInputFile(text: string): InputFile | null {
  let folder: string | undefined;
  try {
    folder = makePrivateFolder();
    const path = join(folder, 'input');
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
    const descriptor = openSync(path, 'r');
    return { descriptor, close: () => closeSync(descriptor) };
  } catch {
    return null;
  } finally {
    // An open file lives on without its name; Windows would refuse to remove it.
    removePrivateFolder(folder);
  }
}
