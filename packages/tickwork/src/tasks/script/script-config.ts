import { statSync } from 'node:fs';
import { isAbsolute, parse, resolve } from 'node:path';
import { TickworkError } from '../../core/base/errors.ts';
import { type InlineScriptsConfig, parseInlineConfig } from './inline-script.ts';

/** A program that runs scripts. */
export interface Interpreter {
  /**
   * The program and its own arguments, such as `['perl', '-w']`. The program is an absolute
   * path or a bare name, which is looked up in the engine's PATH, never in that of a job.
   */
  readonly command: readonly string[];
  /** The endings of the scripts that it runs, such as `.pl`; case does not matter. */
  readonly extensions: readonly string[];
  /** The name of the interpreter to use where this program is not installed. */
  readonly fallback?: string;
}

export type SignalMarked = (
  engine: string,
  start: number,
  signal: 'SIGTERM' | 'SIGKILL' | null,
) => number;

export interface ScriptTasksConfig {
  /** Absolute paths of the folders below which scripts may lie. Empty: no scripts run here. */
  readonly roots: readonly string[];
  /** The engine's own environment, `process.env`. Little of it is handed on, see `env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * What tells this process from every other, for TICKWORK_ENGINE: by it, another process ends
   * the scripts that this one leaves if it is killed. Default `''`: none can be told.
   */
  readonly engine?: string;
  /**
   * Signals the living processes that carry TICKWORK_ENGINE and TICKWORK_START, wherever they
   * went, or with `null` counts them; answers how many they were. Default: it finds none, and a
   * stop reaches the process group of a script only.
   */
  readonly signalMarked?: SignalMarked;
  /**
   * Further variables for scripts: `NAME`, `PREFIX_*`, or `*` for all. They are handed on from
   * the engine's environment, and jobs may set them. Default none.
   */
  readonly env?: readonly string[];
  /** More interpreters by name, or others than the standard ones of that name. */
  readonly interpreters?: Readonly<Record<string, Interpreter>>;
  /**
   * Lets jobs carry their script as text: `{inline: 'pg_dump … | gzip > …', shell: 'bash'}`.
   * Whoever may write a job then runs any command. Absent: scripts are files below `roots`.
   */
  readonly inline?: InlineScriptsConfig;
}

/** The checked configuration. */
export interface ScriptRules {
  readonly roots: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly engine: string;
  readonly signalMarked: SignalMarked;
  /** Where interpreters are looked up: the engine's own PATH. */
  readonly searchPath: string;
  readonly variables: readonly string[];
  /** The folder of inline scripts; `null`: there may be none. */
  readonly inlineFolder: string | null;
  readonly interpreters: ReadonlyMap<string, Interpreter>;
}

/** Where the engine has no PATH of its own. */
export const PATH_DEFAULT = '/usr/local/bin:/usr/bin:/bin';

const standardInterpreters: Readonly<Record<string, Interpreter>> = {
  python: { command: ['python3'], extensions: ['.py'] },
  node: {
    command: [process.execPath],
    extensions: ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'],
  },
  bash: { command: ['bash'], extensions: ['.sh', '.bash'], fallback: 'sh' },
  sh: { command: ['sh'], extensions: [] },
};

/** Checks the configuration once. Throws INVALID_CONFIG naming the field. */
export function parseScriptConfig(config: ScriptTasksConfig): ScriptRules {
  const roots = config.roots.map((root, index) => checkRoot(root, `scripts.roots[${index}]`));
  const variables = (config.env ?? []).map((pattern, index) => {
    if (/^(\*|[A-Za-z_][A-Za-z0-9_]*\*?)$/.test(pattern)) return pattern;
    throw invalid(`scripts.env[${index}]`, pattern, 'it is no name, PREFIX_* or *.');
  });
  const entries = Object.entries({ ...standardInterpreters, ...config.interpreters });
  const names = new Set(entries.map(([name]) => name));
  const interpreters = new Map(
    entries.map(([name, interpreter]) => [name, checkInterpreter(name, interpreter, names)]),
  );
  const { environment, engine = '', signalMarked = () => 0 } = config;
  return Object.freeze({
    roots,
    variables,
    inlineFolder: parseInlineConfig(config.inline),
    interpreters,
    environment,
    engine,
    signalMarked,
    searchPath: environment.PATH || PATH_DEFAULT,
  });
}

function checkRoot(root: unknown, field: string): string {
  if (typeof root !== 'string' || root.includes('\0') || !isAbsolute(root)) {
    throw invalid(field, root, 'a root must be an absolute path.');
  }
  const path = resolve(root);
  if (parse(path).root === path) {
    throw invalid(field, root, 'the whole file system is no root.', 'Name the folder of scripts.');
  }
  try {
    if (statSync(path).isDirectory()) return path;
  } catch (cause) {
    throw new TickworkError('INVALID_CONFIG', {
      field,
      value: root,
      reason: 'the folder cannot be read.',
      remedy: 'Create it or correct the path.',
      cause,
    });
  }
  throw invalid(field, root, 'it is no folder.');
}

function checkInterpreter(
  name: string,
  interpreter: Interpreter,
  names: ReadonlySet<string>,
): Interpreter {
  const field = `scripts.interpreters.${name}`;
  const { command, extensions, fallback } = interpreter;
  const [program] = command;
  const isText = command.every((word) => typeof word === 'string' && !word.includes('\0'));
  if (!program || !isText)
    throw invalid(`${field}.command`, command, 'it must be a list of texts.');
  if (!isAbsolute(program) && /[\\/]/.test(program)) {
    throw invalid(`${field}.command`, program, 'it is neither an absolute path nor a bare name.');
  }
  if (isBatchFile(program)) throw invalid(`${field}.command`, program, batchReason);
  for (const extension of extensions) {
    if (!/^\.[A-Za-z0-9_-]+$/.test(extension)) {
      throw invalid(`${field}.extensions`, extension, 'an ending is a dot and letters.');
    }
    if (isBatchFile(extension)) throw invalid(`${field}.extensions`, extension, batchReason);
  }
  if (fallback !== undefined && !names.has(fallback)) {
    throw invalid(`${field}.fallback`, fallback, 'no interpreter has this name.');
  }
  return Object.freeze({
    ...interpreter,
    extensions: extensions.map((extension) => extension.toLowerCase()),
  });
}

/** Windows runs these through a shell that cannot be given arguments safely (CVE-2024-27980). */
export function isBatchFile(path: string): boolean {
  return /\.(bat|cmd)[. ]*$/i.test(path);
}

export const batchReason = '.bat and .cmd files only run through a shell, which is never used.';

function invalid(field: string, value: unknown, reason: string, remedy?: string): TickworkError {
  return new TickworkError('INVALID_CONFIG', {
    field,
    value,
    reason,
    ...(remedy !== undefined && { remedy }),
  });
}
