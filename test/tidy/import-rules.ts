import { posix } from 'node:path';
import { importsOf } from './code-text.ts';
import { isTest, type ProjectFile } from './project-files.ts';

/**
 * Which part may import which. A part is a folder that others see as one thing: all of `core`,
 * each store, each task kind. What is not allowed here is forbidden.
 */

const library = 'packages/tickwork/src/';
const server = 'packages/server/src/';
const verify = 'packages/verify/src/';

/**
 * The folders of `core` in their order: each may import itself and those above it in this list,
 * so that nothing imports what is built on it. Folders of one line do not know each other.
 */
const coreOrder: readonly (readonly string[])[] = [
  ['base'],
  ['time'],
  ['model'],
  ['ports'],
  ['calendar'],
  ['ledger', 'trigger', 'events'],
  ['declaration'],
  ['planner'],
  ['executor'],
  ['dispatcher'],
  ['retention'],
  ['completion'],
  ['cluster'],
  ['recovery'],
  ['audit'],
  ['lint', 'diff', 'diagnosis'],
  ['explain', 'forecast'],
  ['engine'],
  ['operations'],
  ['scheduler.ts'],
];

/** Folders whose subfolders are siblings that must not know each other. */
const siblingFolders = ['stores', 'tasks', 'core/trigger', 'channels', 'importers'];
/** What siblings share: SQL statements, reading what users write, the wall clock, words. */
const sharedSiblings = [
  'stores/sql',
  'core/trigger/form',
  'core/trigger/wall-clock',
  'core/trigger/words',
];

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
/** Judging a history is a command; everything else that proves the engine is for tests. */
const judge = `${server}cli/commands/verify.ts`;
const storeEntry = /^tickwork\/(?:sqlite|memory|postgres|mysql)$/;

/** The packages that a file of this part may name, from its package.json; tests may use more. */
export interface AllowedPackages {
  readonly library: readonly string[];
  readonly server: readonly string[];
  readonly verify: readonly string[];
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
  if (sharedSiblings.includes(other)) return undefined;
  return `${own} must not know its sibling ${other}`;
}

function isWithin(path: string, part: string): boolean {
  return path.startsWith(`${part}/`);
}

function coreProblem(from: string, to: string): string | undefined {
  if (isTest(from) || !from.startsWith('core/') || !to.startsWith('core/')) return undefined;
  const own = from.split('/')[1] ?? '';
  const other = to.split('/')[1] ?? '';
  if (own === other) return undefined;
  const rankOf = (name: string) => coreOrder.findIndex((names) => names.includes(name));
  if (rankOf(own) < 0) return `core/${own} has no place in the order of folders`;
  if (rankOf(other) < rankOf(own)) return undefined;
  return `core/${own} must not know core/${other}, which is built on it or beside it`;
}

function libraryProblem(from: string, to: string): string | undefined {
  if (from === 'index.ts') return undefined;
  const part = from.split('/')[0] ?? '';
  const allowed = [part, ...(libraryParts[part] ?? []), ...(isTest(from) ? ['testing'] : [])];
  if (allowed.some((name) => isWithin(to, name))) {
    return coreProblem(from, to) ?? siblingProblem(from, to);
  }
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
  const leaves = to.startsWith('..');
  if (base === verify && (!leaves || to.startsWith('../../tickwork/src/'))) return undefined;
  if (leaves) return 'an import must not leave the package';
  return base === library ? libraryProblem(from, to) : serverProblem(from, to);
}

function libraryPackageProblem(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) {
    const pure = path.startsWith(`${library}core/`) && !isTest(path);
    return pure ? 'core must not use Node.js; take a port' : undefined;
  }
  if (isTest(path) && specifier.startsWith('@tickwork/verify/')) return undefined;
  if (packageName(specifier).startsWith('@tickwork/'))
    return 'the library must not know the server';
  return undefined;
}

function serverPackageProblem(path: string, specifier: string): string | undefined {
  if (isTest(path)) return undefined;
  const part = path.slice(server.length).split('/')[0] ?? '';
  if (specifier === 'tickwork/testing') return 'only tests may import tickwork/testing';
  if (specifier === '#verify' && path !== judge) return 'only the command verify may import it';
  if (storeEntry.test(specifier) && !serverRoots.includes(part)) {
    return `only ${serverRoots.join(' and ')} may name a store`;
  }
  return undefined;
}

function packageProblem(
  path: string,
  base: string,
  specifier: string,
  allowed: AllowedPackages,
): string | undefined {
  if (isTest(path) && allowed.tests.includes(packageName(specifier))) return undefined;
  const problem =
    base === library
      ? libraryPackageProblem(path, specifier)
      : base === server
        ? serverPackageProblem(path, specifier)
        : undefined;
  if (problem !== undefined || specifier.startsWith('node:')) return problem;
  const own: Readonly<Record<string, readonly string[]>> = {
    [library]: allowed.library,
    [server]: allowed.server,
    [verify]: allowed.verify,
  };
  const known = [...(own[base] ?? []), '#verify', ...(isTest(path) ? ['@tickwork/verify'] : [])];
  if (known.includes(packageName(specifier))) return undefined;
  return `package ${packageName(specifier)} is not declared in package.json`;
}

/** One line per import that breaks a rule; empty if all is well. */
export function importProblems(file: ProjectFile, allowed: AllowedPackages): string[] {
  const base = [library, server, verify].find((prefix) => file.path.startsWith(prefix));
  if (base === undefined) return [];
  return importsOf(file.text).flatMap(({ specifier, line }) => {
    const problem = specifier.startsWith('.')
      ? relativeProblem(file.path, base, specifier)
      : packageProblem(file.path, base, specifier, allowed);
    return problem === undefined ? [] : [`${file.path}:${line} imports ${specifier}: ${problem}`];
  });
}
