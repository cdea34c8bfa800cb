import { readFileSync, statSync } from 'node:fs';

/** The byte of the shared-memory file that SQLite locks to write, see its wal.c. */
const WRITE_LOCK = 120;

/**
 * True if a process holds the lock by which SQLite lets one connection write at a time. Stopped
 * in the midst of a transaction it holds it until it goes on. Linux only; false elsewhere.
 */
export function holdsWriteLock(pid: number, path: string): boolean {
  try {
    const { ino } = statSync(`${path}-shm`);
    return isLocked(readFileSync('/proc/locks', 'utf8'), { pid, ino });
  } catch {
    return false;
  }
}

/** `locks`: as in /proc/locks, `1: POSIX ADVISORY WRITE <pid> <dev>:<dev>:<inode> <from> <to>`. */
export function isLocked(
  locks: string,
  { pid, ino }: { readonly pid: number; readonly ino: number },
): boolean {
  return locks.split('\n').some((line) => {
    const words = line.trim().split(/\s+/);
    const [, , , mode, owner, file, from, to] = words;
    const end = to === 'EOF' ? Number.POSITIVE_INFINITY : Number(to);
    return (
      mode === 'WRITE' &&
      Number(owner) === pid &&
      file?.split(':').at(-1) === String(ino) &&
      Number(from) <= WRITE_LOCK &&
      WRITE_LOCK <= end
    );
  });
}
