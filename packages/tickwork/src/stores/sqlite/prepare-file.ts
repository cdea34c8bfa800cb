import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { TickworkError } from '../../core/base/errors.ts';

const OWNER_ONLY = 0o600;

/**
 * Makes the file if there is none, readable by the user of this process alone, since inputs and
 * results can be private; SQLite gives its other two files the same mode. A file that may not be
 * written is refused before it is opened: SQLite would read it and leave read-only files beside
 * it, which keep the next process out after the permission was given back.
 *
 * Throws STORE_UNAVAILABLE, STORE_READ_ONLY.
 */
export function prepareFile(path: string): void {
  const directory = dirname(path);
  if (!existsSync(directory)) {
    throw new TickworkError('STORE_UNAVAILABLE', {
      field: path,
      reason: `its directory ${directory} does not exist.`,
      remedy: 'Create the directory, or name a file in one that exists.',
    });
  }
  if (!existsSync(path)) createFile(path);
  for (const file of [path, `${path}-wal`, `${path}-shm`]) checkWritable(file);
}

/**
 * A symbolic link to nothing is followed, unlike with `wx`. Whoever was faster has made the same
 * file: opening and closing it once more takes nobody's lock, as nobody of this process has it
 * open yet.
 */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'a', OWNER_ONLY));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const readOnly = code === 'EACCES' || code === 'EROFS' || code === 'EPERM';
    throw new TickworkError(readOnly ? 'STORE_READ_ONLY' : 'STORE_UNAVAILABLE', {
      field: path,
      reason: `the file cannot be created (${code ?? 'unknown error'}).`,
      remedy: 'Check the path and the permissions of its directory.',
      cause: error,
    });
  }
}

function checkWritable(file: string): void {
  try {
    accessSync(file, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    throw new TickworkError('STORE_READ_ONLY', {
      field: file,
      reason: `this process may not write the file (${code ?? 'unknown error'}).`,
      remedy: 'Give the user of this process write permission to it, as with `chmod u+w`.',
      cause: error,
    });
  }
}
