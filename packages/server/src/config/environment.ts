import { readFileSync } from 'node:fs';
import type { Environment } from './substitute.ts';

/** The environment of this process. */
export function processEnvironment(): Environment {
  return { variables: process.env, readFile: (path) => readFileSync(path, 'utf8') };
}

/** The value of a variable, or the text of the file that `NAME_FILE` names; `null` = not set. */
export function readVariable(environment: Environment, name: string): string | null {
  const value = environment.variables[name];
  if (value !== undefined && value !== '') return value;
  const path = environment.variables[`${name}_FILE`];
  if (path === undefined || path === '') return null;
  return environment.readFile(path).replace(/\r?\n$/u, '');
}

/** `concurrency.function` is set by `TICKWORK_CONCURRENCY_FUNCTION`. */
export function variableOf(path: string): string {
  return `TICKWORK_${path.replaceAll(/[.]/gu, '_').toUpperCase()}`;
}
