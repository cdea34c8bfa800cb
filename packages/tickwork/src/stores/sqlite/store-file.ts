import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { TickworkError } from '../../core/base/errors.ts';

/** The files of a database in WAL mode; all three stay in place while a connection is open. */
const suffixes = ['', '-wal', '-shm'] as const;

/** Device and inode of each of the three files; `null` = it was not there. */
export type FileIdentity = readonly (string | null)[];

/** Stat alone: closing a second handle on the file would drop the locks that SQLite holds. */
function identityOfOne(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}

/** What lies at `path` now. Throws what `stat` throws, but for a file that is not there. */
export function identityOf(path: string): FileIdentity {
  return suffixes.map((suffix) => identityOfOne(`${path}${suffix}`));
}

/**
 * Compares what is open with what lies at `path`. `null` = the same, or nothing certain is known:
 * an error of the file system (EIO, ESTALE, EACCES) proves nothing. Otherwise what was found.
 */
export function differenceAt(
  path: string,
  opened: FileIdentity,
  identify: (path: string) => FileIdentity = identityOf,
): string | null {
  let found: FileIdentity;
  try {
    found = identify(path);
  } catch {
    return null;
  }
  for (const [i, suffix] of suffixes.entries()) {
    const [before, now] = [opened[i] ?? null, found[i] ?? null];
    if (before === null || before === now) continue;
    const name = suffix === '' ? 'the file' : `its part ${basename(path)}${suffix}`;
    return now === null
      ? `${name} was deleted or moved away while it was open.`
      : `${name} was replaced by another one while it was open.`;
  }
  return null;
}

/**
 * Watches that the path still leads to the files that are open. If they were deleted, moved or
 * replaced, this process goes on writing where nobody else reads, and the next engine on the
 * path runs the same instants once more. So from the first difference on every call is refused.
 */
export class StoreFile {
  readonly path: string;
  readonly identity: FileIdentity;
  readonly #monoNow: () => number;
  readonly #identify: (path: string) => FileIdentity;
  #checkedMs: number;
  #lost: TickworkError | null = null;

  /** Takes the files as they are now, right after the database was opened. */
  constructor(
    path: string,
    monoNow: () => number = () => performance.now(),
    identify: (path: string) => FileIdentity = identityOf,
  ) {
    this.path = path;
    this.identity = identify(path);
    this.#identify = identify;
    this.#monoNow = monoNow;
    this.#checkedMs = monoNow();
  }

  /** Throws STORE_REPLACED if a difference has been found. Costs nothing. */
  assertKnown(): void {
    if (this.#lost !== null) throw this.#lost;
  }

  /** Compares, unless that was done within the last `ageMsMax`. Throws STORE_REPLACED. */
  check(ageMsMax: number): void {
    this.assertKnown();
    const nowMs = this.#monoNow();
    if (nowMs - this.#checkedMs < ageMsMax) return;
    this.#checkedMs = nowMs;
    const reason = differenceAt(this.path, this.identity, this.#identify);
    if (reason === null) return;
    this.#lost = new TickworkError('STORE_REPLACED', {
      field: this.path,
      reason,
      remedy:
        'Nothing more is started or written. Start again to use what lies there now; ' +
        'stop every process on a store before you delete, move or restore its files.',
    });
    throw this.#lost;
  }
}
