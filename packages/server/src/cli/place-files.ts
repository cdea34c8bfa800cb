import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from './fail.ts';

export interface PlacedFile {
  readonly path: string;
  readonly text: string;
  /** Of a new file, before the umask; a file that is there keeps its own. */
  readonly mode: number;
}

/**
 * Writes a configuration and the script it needs. The script comes first, then `check` looks at
 * the place as it is, then the configuration. If anything fails, all is as it was. Each file is
 * replaced as a whole, so that nobody reads half of one. Throws what `check` throws, and
 * UsageError if a file cannot be written.
 */
export async function placeFiles(
  files: { readonly script: PlacedFile; readonly config: PlacedFile },
  check: () => Promise<void>,
): Promise<void> {
  const { script, config } = files;
  const folder = dirname(script.path);
  const before = existsSync(script.path) ? readFileSync(script.path) : null;
  let made: string | undefined;
  const undo = (): void => {
    if (before !== null) replace(script.path, before, script.mode);
    else rmSync(script.path, { force: true });
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
  };
  try {
    made = mkdirSync(folder, { recursive: true, mode: 0o755 });
    replace(script.path, script.text, script.mode);
    await check();
    replace(config.path, config.text, config.mode);
  } catch (error) {
    undo();
    const { code, path } = error as NodeJS.ErrnoException;
    if (path === undefined) throw error;
    throw new UsageError(`${path}: cannot be written (${code}).`);
  }
}

/** A symbolic link stays: the file that it leads to is replaced. */
function replace(path: string, contents: string | Uint8Array, mode: number): void {
  const real = existsSync(path) ? realpathSync(path) : path;
  const temporary = join(dirname(real), `.${basename(real)}.${process.pid}.new`);
  const ownMode = existsSync(real) ? statSync(real).mode & 0o777 : mode;
  try {
    writeFileSync(temporary, contents, { mode: ownMode, flag: 'wx', flush: true });
    renameSync(temporary, real);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
