import { readText } from './read-text.ts';

const FILE_BYTES_MAX = 65_536;

/** Where variables come from: the process's, or a table in tests. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The text of a file named by a `NAME_FILE` variable. Throws if it cannot be read. */
  readonly readFile: (path: string) => string;
}

/** The environment of this process. */
export function processEnvironment(): Environment {
  return {
    variables: process.env,
    readFile(path) {
      const text = readText(path, FILE_BYTES_MAX);
      if (text === null) throw new Error(`${path} has more than ${FILE_BYTES_MAX} bytes`);
      return text;
    },
  };
}

/** The value of a variable, or the text of the file that `NAME_FILE` names; `null` = not set. */
export function readVariable(environment: Environment, name: string): string | null {
  const value = setVariable(environment, name);
  if (value !== undefined && value !== '') return value;
  const path = setVariable(environment, `${name}_FILE`);
  if (path === undefined || path === '') return null;
  return environment.readFile(path).replace(/\r?\n$/u, '');
}

/** A variable that is set; what every object inherits, such as `constructor`, is none. */
export function setVariable({ variables }: Environment, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

/** `concurrency.function` is set by `TICKWORK_CONCURRENCY_FUNCTION`. */
export function variableOf(path: string): string {
  return `TICKWORK_${path.replaceAll(/[.]/gu, '_').toUpperCase()}`;
}
