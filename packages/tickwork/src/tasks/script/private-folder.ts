import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a folder that only this user can read. Throws what the file system says. */
export function makePrivateFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tickwork-'));
}

/** Removes it with all that is in it. A failure leaves it to whoever cleans temporary files. */
export function removePrivateFolder(folder: string | undefined): void {
  if (folder === undefined) return;
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // See above.
  }
}
