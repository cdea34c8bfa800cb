import { posix } from 'node:path';
import { importsOf } from './code-text.ts';
import { isTest, type ProjectFile } from './project-files.ts';

/**
 * Which part may import which. A part is a folder that others see as one thing: all of `core`,
 * each store, each task kind. What is not allowed here is forbidden.
 */

const library = 'packages/tickwork/src/';
const server = 'packages/server/src/';

/** Folders whose subfolders are siblings that must not know each other. */
const siblingFolders = ['stores', 'tasks', 'core/trigger', 'channels', 'importers'];
/** What siblings share: SQL statements, the search on the wall clock, the words for people. */
const sharedSiblings = ['stores/sql', 'core/trigger/wall-clock', 'core/trigger/words'];
/** What users write is read here and handed to the kinds, so this folder knows them all. */
const composingSibling = 'core/trigger/forms';

/** For each part of the library, the other parts it may import. Every part may import itself. */
const libraryParts: Readonly<Record<string, readonly string[]>> = {
  core: [],
  stores: ['core'],
  tasks: ['core'],
  platform: ['core'],
  client: ['core'],
  testing: ['core', 'stores/memory', 'platform', 'tasks'],
};

/** The parts of the server that compose; only they name a store or each other's neighbours. */
const serverRoots = ['server', 'cli'];
/** Judging a history is a command too; everything else in `testing` is for tests. */
const judge = `${server}cli/commands/verify.ts`;
const storeEntry = /^tickwork\/(?:sqlite|memory|postgres|mysql)$/;

/** The packages that a file of this part may name, from its package.json; tests may use more. */
export interface AllowedPackages {
  readonly library: readonly string[];
  readonly server: readonly string[];
  readonly tests: readonly string[];
}

function packageName(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The sibling that a path within src belongs to, such as `stores/sqlite`, if any. */
function siblingOf(path: string): string | undefined {
  const folder = siblingFolders.find((name) => path.startsWith(`${name}/`));
  if (folder === undefined) return undefined;
  const parts = path.slice(folder.length + 1).split('/');
  return parts.length > 1 ? `${folder}/${parts[0]}` : undefined;
}

function siblingProblem(from: string, to: string): string | undefined {
  const own = siblingOf(from);
  const other = siblingOf(to);
  if (own === undefined || other === undefined || own === other) return undefined;
  if (posix.dirname(own) !== posix.dirname(other)) return undefined;
  if (sharedSiblings.includes(other) || own === composingSibling) return undefined;
  return `${own} must not know its sibling ${other}`;
}

function isWithin(path: string, part: string): boolean {
  return path.startsWith(`${part}/`);
}

function libraryProblem(from: string, to: string): string | undefined {
  if (from === 'index.ts') return undefined;
  const part = from.split('/')[0] ?? '';
  const allowed = [part, ...(libraryParts[part] ?? []), ...(isTest(from) ? ['testing'] : [])];
  if (allowed.some((name) => isWithin(to, name))) return siblingProblem(from, to);
  return `${part} may import only ${allowed.join(', ')}`;
}

function serverProblem(from: string, to: string): string | undefined {
  const part = from.split('/')[0] ?? '';
  const target = to.split('/')[0] ?? '';
  if (serverRoots.includes(target) && !serverRoots.includes(part)) {
    return `only ${serverRoots.join(' and ')} may import ${target}`;
  }
  return siblingProblem(from, to);
}

function relativeProblem(path: string, base: string, specifier: string): string | undefined {
  if (!/\.ts$/.test(specifier)) return 'a relative import names the file with its .ts';
  const from = path.slice(base.length);
  const to = posix.normalize(posix.join(posix.dirname(from), specifier));
  if (to.startsWith('..')) return 'an import must not leave the package';
  return base === library ? libraryProblem(from, to) : serverProblem(from, to);
}

function packageProblem(
  path: string,
  specifier: string,
  allowed: AllowedPackages,
): string | undefined {
  const inLibrary = path.startsWith(library);
  if (isTest(path) && allowed.tests.includes(packageName(specifier))) return undefined;
  if (specifier.startsWith('node:')) {
    const pure = inLibrary && path.startsWith(`${library}core/`) && !isTest(path);
    return pure ? 'core must not use Node.js; take a port' : undefined;
  }
  if (inLibrary && packageName(specifier).startsWith('@tickwork/')) {
    return 'the library must not know the server';
  }
  if (!inLibrary && !isTest(path)) {
    const part = path.slice(server.length).split('/')[0] ?? '';
    if (specifier === 'tickwork/testing' && path !== judge) {
      return 'only tests may import tickwork/testing';
    }
    if (storeEntry.test(specifier) && !serverRoots.includes(part)) {
      return `only ${serverRoots.join(' and ')} may name a store`;
    }
  }
  const own = inLibrary ? allowed.library : allowed.server;
  if (own.includes(packageName(specifier))) return undefined;
  return `package ${packageName(specifier)} is not declared in package.json`;
}

/** One line per import that breaks a rule; empty if all is well. */
export function importProblems(file: ProjectFile, allowed: AllowedPackages): string[] {
  const base = [library, server].find((prefix) => file.path.startsWith(prefix));
  if (base === undefined) return [];
  return importsOf(file.text).flatMap(({ specifier, line }) => {
    const problem = specifier.startsWith('.')
      ? relativeProblem(file.path, base, specifier)
      : packageProblem(file.path, specifier, allowed);
    return problem === undefined ? [] : [`${file.path}:${line} imports ${specifier}: ${problem}`];
  });
}
