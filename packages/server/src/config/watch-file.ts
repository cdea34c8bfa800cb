import { createHash } from 'node:crypto';
import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** Editors and ConfigMaps replace files in several steps; a change is read once they rest. */
const REST_MS = 200;
/** Where the system reports nothing (some network drives), looking costs one read. */
const POLL_MS = 5_000;

/**
 * Calls `onChange` when the contents of `file` differ from those at the last call, or from
 * `text`, what was read before; so a change between reading and watching counts. Watches the
 * directory, not the file, so it survives a replaced file. A poll finds what the system does
 * not report, such as the swap of a link in another directory. Returns the function that ends it.
 */
export function watchFile(file: string, text: string, onChange: () => void): () => void {
  let known: string | null = hashOf(text);
  let resting: NodeJS.Timeout | undefined;

  function look(): void {
    const found = fingerprint(file);
    // A file that is missing for a moment is being replaced.
    if (found === null || found === known) return;
    known = found;
    onChange();
  }

  function soon(): void {
    clearTimeout(resting);
    resting = setTimeout(look, REST_MS);
  }

  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(dirname(file), { persistent: false }, soon);
    watcher.on('error', () => watcher?.close());
  } catch {
    // The poll below goes on alone.
  }
  soon();
  const poll = setInterval(look, POLL_MS);
  poll.unref();
  return () => {
    watcher?.close();
    clearTimeout(resting);
    clearInterval(poll);
  };
}

function fingerprint(file: string): string | null {
  try {
    return hashOf(readFileSync(file, 'utf8').replace(/^\uFEFF/u, ''));
  } catch {
    return null;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
