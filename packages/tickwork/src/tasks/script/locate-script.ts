import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import { TickworkError } from '../../core/base/errors.ts';
import { batchReason, isBatchFile, type ScriptRules } from './script-config.ts';

/** A place below a root, without symbolic links in its path. */
export interface Located {
  readonly path: string;
  /** The root that holds it, likewise without links. */
  readonly root: string;
}

const WORLD_WRITABLE = 0o002;
const hasModes = process.platform !== 'win32';
const hasDescriptorLinks = process.platform === 'linux';

/**
 * Finds a script below the roots and makes sure that it may be run: a regular, readable file
 * whose real path lies below a root, neither it nor a folder on the way writable by everybody.
 * Throws SCRIPT_REFUSED. It is called when a job is saved, and again just before each start.
 *
 * Scripts are run by their real path and not by a file descriptor: `$0`, `__file__` and
 * relative imports would point to /proc. What could change the path between this check and
 * the start is only who may write to those folders, that is, who may change the script anyway.
 */
export function locateScript(path: string, field: string, rules: ScriptRules): Located {
  const located = locate(path, field, rules);
  if (isBatchFile(located.path)) throw refused(field, path, batchReason);
  let stats: Stats;
  try {
    stats = inspectFile(located.path);
  } catch (cause) {
    throw refused(field, path, reasonOf(cause), { cause });
  }
  if (!stats.isFile()) throw refused(field, path, 'it is no regular file.');
  checkModes(located, stats, field, path);
  return located;
}

/** Finds a folder below the roots, the root itself included. Throws SCRIPT_REFUSED. */
export function locateFolder(path: string, field: string, rules: ScriptRules): Located {
  const located = locate(path, field, rules);
  if (!lstatSync(located.path).isDirectory()) throw refused(field, path, 'it is no folder.');
  return located;
}

function locate(path: string, field: string, rules: ScriptRules): Located {
  const { roots } = rules;
  if (roots.length === 0) {
    throw refused(field, path, 'scripts are switched off, because no root is configured.', {
      remedy: 'Set scripts.roots to the folders of your scripts.',
    });
  }
  if (path.includes('\0')) throw refused(field, path, 'it contains a NUL character.');
  if (path.split(/[\\/]/).includes('..')) {
    throw refused(field, path, 'it contains "..".', { remedy: 'Write the path from a root on.' });
  }
  const realRoots = roots.flatMap((root) => realPathOrNothing(root));
  const inside = [...roots, ...realRoots];
  // Nothing outside is even looked at: the answer must not tell which files exist there.
  const candidates = isAbsolute(path)
    ? [path].filter((each) => inside.some((root) => isWithin(resolve(each), root)))
    : roots.map((root) => `${root}${sep}${path}`);
  if (candidates.length === 0) throw outside(field, path, roots);
  let problem: unknown;
  for (const candidate of candidates) {
    try {
      const real = realpathSync.native(candidate);
      const root = realRoots.find((each) => isWithin(real, each));
      if (root === undefined) throw outside(field, path, roots);
      return { path: real, root };
    } catch (error) {
      if (error instanceof TickworkError) throw error;
      problem ??= error;
    }
  }
  throw refused(field, path, reasonOf(problem), {
    remedy: `The roots are ${roots.join(', ')}.`,
    cause: problem,
  });
}

/** Opens without following a link that came in the meantime, and without waiting for a pipe. */
function inspectFile(path: string): Stats {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    if (hasDescriptorLinks && readlinkSync(`/proc/self/fd/${descriptor}`) !== path) {
      throw new Error('it was moved while it was checked.');
    }
    return fstatSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function checkModes(located: Located, stats: Stats, field: string, path: string): void {
  if (!hasModes) return;
  const remedy = 'Take the right to write from others (chmod o-w).';
  if (stats.mode & WORLD_WRITABLE) {
    throw refused(field, path, 'everybody may write to it.', { remedy });
  }
  for (let folder = dirname(located.path); ; folder = dirname(folder)) {
    if (lstatSync(folder).mode & WORLD_WRITABLE) {
      throw refused(field, path, `everybody may write to its folder ${folder}.`, { remedy });
    }
    if (folder === located.root || folder === dirname(folder)) return;
  }
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function realPathOrNothing(path: string): string[] {
  try {
    return [realpathSync.native(path)];
  } catch {
    return [];
  }
}

function outside(field: string, path: string, roots: readonly string[]): TickworkError {
  return refused(field, path, 'it lies outside the roots.', {
    remedy: `Move it below ${roots.join(' or ')}, or add its folder to scripts.roots.`,
  });
}

const reasons: ReadonlyMap<string | undefined, string> = new Map([
  ['ENOENT', 'it does not exist.'],
  ['ENOTDIR', 'a part of its path is no folder.'],
  ['ELOOP', 'it is a symbolic link that leads nowhere or was just put there.'],
  ['EACCES', 'it cannot be read.'],
  ['EPERM', 'it cannot be read.'],
  ['ENAMETOOLONG', 'it is too long.'],
  ['ENXIO', 'it is no regular file.'],
]);

function reasonOf(error: unknown): string {
  const reason = reasons.get((error as NodeJS.ErrnoException).code);
  return reason ?? (error instanceof Error ? error.message : String(error));
}

function refused(
  field: string,
  value: string,
  reason: string,
  more: { readonly remedy?: string; readonly cause?: unknown } = {},
): TickworkError {
  return new TickworkError('SCRIPT_REFUSED', { field, value, reason, ...more });
}
