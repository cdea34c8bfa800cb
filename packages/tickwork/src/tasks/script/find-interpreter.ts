import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, extname, isAbsolute, join } from 'node:path';
import { TickworkError } from '../../core/base/errors.ts';
import type { ScriptRules } from './script-config.ts';

/**
 * The name of the interpreter for a script: the one asked for, else by its ending. Throws
 * SCRIPT_REFUSED if no interpreter has this ending.
 */
export function interpreterFor(
  path: string,
  asked: string | null,
  field: string,
  rules: ScriptRules,
): string {
  if (asked !== null) return asked;
  const extension = extname(path).toLowerCase();
  const names = Array.from(rules.interpreters).flatMap(([name, { extensions }]) =>
    extensions.includes(extension) ? [name] : [],
  );
  // Configured ones come after the standard ones and go before them.
  const name = names.at(-1);
  if (name !== undefined) return name;
  throw new TickworkError('SCRIPT_REFUSED', {
    field,
    value: path,
    reason: extension === '' ? 'it has no ending.' : `no interpreter runs ${extension} files.`,
    remedy: `Name one of the interpreters ${[...rules.interpreters.keys()].join(', ')}.`,
  });
}

/**
 * The command of an interpreter with its program as an absolute path, from the engine's PATH: the
 * PATH of a job is for what its script calls. Throws SCRIPT_REFUSED naming the program if neither
 * it nor, with `mayFallBack`, that of its fallback is installed.
 */
export function findCommand(name: string, rules: ScriptRules, mayFallBack = true): string[] {
  const seen = new Set<string>();
  let current: string | undefined = name;
  while (current !== undefined && !seen.has(current)) {
    seen.add(current);
    const interpreter = rules.interpreters.get(current);
    const [program = '', ...args] = interpreter?.command ?? [];
    const found = findProgram(program, rules.searchPath);
    if (found !== null) return [found, ...args];
    current = mayFallBack ? interpreter?.fallback : undefined;
  }
  const [program = name] = rules.interpreters.get(name)?.command ?? [];
  throw new TickworkError('SCRIPT_REFUSED', {
    field: 'interpreter',
    value: name,
    reason: `${program} is not installed, or not in the engine's PATH (${rules.searchPath}).`,
    remedy: 'Install it, correct that PATH, or set scripts.interpreters.',
  });
}

/** Relative and empty entries of PATH are left out: they would mean the working directory. */
function findProgram(program: string, searchPath: string): string | null {
  if (program === '') return null;
  if (isAbsolute(program)) return isProgram(program) ? program : null;
  const folders = searchPath.split(delimiter).filter((folder) => isAbsolute(folder));
  const names = process.platform === 'win32' ? [`${program}.exe`, program] : [program];
  for (const folder of folders) {
    const found = names.map((each) => join(folder, each)).find(isProgram);
    if (found !== undefined) return found;
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
