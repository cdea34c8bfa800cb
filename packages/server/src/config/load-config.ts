import { dirname, resolve } from 'node:path';
import type { JobInput, TaskHandler } from 'tickwork';
import { checkValue } from './check-value.ts';
import type { ConfigFormat } from './config-format.ts';
import { type Environment, processEnvironment } from './environment.ts';
import { unreadKey } from './explain-issue.ts';
import { formats } from './formats/index.ts';
import { limits } from './limits.ts';
import type { Located } from './located.ts';
import { parseJsonc } from './parse-jsonc.ts';
import { parseYaml } from './parse-yaml.ts';
import { type Problem, problemAtPath, type Source, sortProblems } from './problem.ts';
import { readText } from './read-text.ts';
import { resolvePath } from './resolve-path.ts';
import type { Secrets } from './secrets.ts';
import { setAsideUnknown } from './set-aside.ts';
import { type Origin, type Overrides, readOverrides, type Settings } from './settings.ts';
import { substitute } from './substitute.ts';
import type { TaskModule } from './task-module.ts';

/** A configuration file, read and checked as far as its own schema goes. */
export interface LoadedConfig {
  /** `tickwork`, or the name of a foreign format. */
  readonly format: string;
  readonly file: string;
  readonly directory: string;
  readonly source: Source;
  readonly root: Located;
  readonly settings: Settings;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly modules: readonly TaskModule[];
  /** Tasks that the format brings along, by name; those of `modules` go before them. */
  readonly builtins: Readonly<Record<string, TaskHandler>>;
  readonly calendars: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, JobInput>>;
  /** Where each job stands in the file: `jobs.backup`, or `scheduler.jobs.0`. */
  readonly jobPaths: ReadonlyMap<string, readonly (string | number)[]>;
  /** What it has from the environment. */
  readonly secrets: Secrets;
  readonly warnings: readonly Problem[];
  /** True: a wrong job is left out and does not refuse the file. */
  readonly judgesJobsAlone: boolean;
  /** What is wrong with the jobs that were left out. */
  readonly rejected: readonly Problem[];
}

export type LoadOutcome =
  | { readonly ok: true; readonly config: LoadedConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface LoadOptions {
  readonly overrides?: Overrides;
  readonly environment?: Environment;
}

/** Reads a file of any known format. Never throws: what is wrong is in `problems`. */
export function loadConfig(file: string, options: LoadOptions = {}): LoadOutcome {
  const text = textOf(file);
  if ('message' in text) return refuse([fileProblem(file, text.message)]);
  return parseConfig({ file, text: text.text }, options);
}

export function parseConfig(source: Source, options: LoadOptions = {}): LoadOutcome {
  const environment = options.environment ?? processEnvironment();
  const text = source.text.replace(/^\uFEFF/u, '');
  const clean = { ...source, text };
  const isJson = /\.jsonc?$/iu.test(source.file) || text.trimStart().startsWith('{');
  const parsed = isJson ? parseJsonc(clean) : parseYaml(clean);
  if (parsed.root === undefined) return refuse(parsed.problems);
  const whole = parsed.root;
  if (isNothing(whole)) return refuse([problemAtPath(clean, whole, [], NOTHING)]);
  const format = formats.find((candidate) => candidate.detects(whole)) as ConfigFormat;
  const { root: written, warnings, isRead } = readParts(format, clean, whole);
  const flaws = parsed.problems.filter(({ path }) => isRead(path));
  if (flaws.length > 0) return refuse(flaws);

  const { root, secrets, problems } = substitute(clean, written, environment);
  if (problems.length > 0) return refuse(problems);
  if (root.kind !== 'map')
    return refuse([fileProblem(source.file, 'a map of options is expected.')]);

  const checked = checkValue(format, { source: clean, root, schema: format.schema, secrets });
  if ('problems' in checked) return refuse(secrets.hideIn(checked.problems));
  const { indexOf } = checked;
  const interpreted = format.interpret(checked.value, { source: clean, root, indexOf });
  if ('problems' in interpreted) return refuse(secrets.hideIn(interpreted.problems));
  const rejected = secrets.hideIn([...checked.rejected, ...(interpreted.rejected ?? [])]);

  const overridden = readOverrides(options.overrides ?? {}, environment);
  if (overridden.mistakes.length > 0) {
    return refuse(overridden.mistakes.map((mistake) => fileProblem(source.file, mistake)));
  }
  const origins = new Map<string, Origin>([
    ...[...interpreted.given].map((path) => [path, 'file'] as const),
    ...overridden.origins,
  ]);
  const settings = overlay(interpreted.settings, overridden.values, clean.file);
  const file = resolve(source.file);
  const config: LoadedConfig = {
    ...interpreted,
    builtins: interpreted.builtins ?? {},
    format: format.name,
    file,
    directory: dirname(file),
    judgesJobsAlone: format.judgesJobsAlone,
    rejected: sortProblems(rejected),
    source: clean,
    root,
    settings,
    origins,
    secrets,
    warnings: sortProblems([...warnings, ...secrets.hideIn(interpreted.warnings)]),
  };
  return { ok: true, config };
}

/** What is left of a file while it is being written is no wish to have no jobs. */
const NOTHING = 'the file holds no options. To have no jobs on purpose, write `jobs: {}`.';

function isNothing(root: Located): boolean {
  return root.kind === 'map'
    ? root.entries.size === 0
    : root.kind === 'scalar' && root.value === null;
}

/** The parts of a file that its format reads, and warnings of the others. */
function readParts(
  format: ConfigFormat,
  source: Source,
  whole: Located,
): {
  readonly root: Located;
  readonly warnings: readonly Problem[];
  readonly isRead: (path: string) => boolean;
} {
  if (format.unknownKeys === 'refuse') return { root: whole, warnings: [], isRead: () => true };
  const { root, unknown } = setAsideUnknown(whole, format.schema);
  const context = { source, root: whole, schema: format.schema };
  const warnings = unknown.map((path) => unreadKey(path, context));
  const isRead = (path: string): boolean =>
    !warnings.some((unread) => path === unread.path || path.startsWith(`${unread.path}.`));
  return { root, warnings, isRead };
}

function overlay(
  settings: Omit<Settings, 'directory'>,
  values: ReadonlyMap<string, string | number>,
  file: string,
): Settings {
  const directory = dirname(resolve(file));
  const get = <Value>(path: string, value: Value): Value => (values.get(path) as Value) ?? value;
  // A path that a flag or variable gives is meant from where the command was started.
  const ownStore = values.get('store');
  const store =
    ownStore === undefined
      ? resolvePath(settings.store, directory)
      : resolvePath(String(ownStore), process.cwd());
  const scripts = {
    ...settings.scripts,
    roots: settings.scripts.roots.map((root) => resolvePath(root, directory)),
  };
  const { file: logFile } = settings.log;
  return Object.freeze({
    directory,
    name: get('name', settings.name),
    description: settings.description,
    timezone: get('timezone', settings.timezone),
    store,
    concurrency: {
      function: get('concurrency.function', settings.concurrency.function),
      external: get('concurrency.external', settings.concurrency.external),
    },
    scripts,
    defaults: settings.defaults,
    ...(settings.pools === undefined ? {} : { pools: settings.pools }),
    log: {
      level: get('log.level', settings.log.level),
      format: get('log.format', settings.log.format),
      file: logFile === null ? null : { ...logFile, path: resolvePath(logFile.path, directory) },
    },
  });
}

function textOf(file: string): { text: string } | { message: string } {
  try {
    const text = readText(file, limits.textBytesMax);
    if (text !== null) return { text };
    return { message: `has more than ${limits.textBytesMax} bytes; no more are read.` };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT') {
      return { message: 'there is no such file. Name another, or write it first.' };
    }
    if (code === 'EISDIR') return { message: 'is a directory; name a file.' };
    return { message: `cannot be read (${code ?? String(error)}).` };
  }
}

function fileProblem(file: string, message: string): Problem {
  return { severity: 'error', file, line: 1, column: 1, path: '', message };
}

function refuse(problems: readonly Problem[]): LoadOutcome {
  return { ok: false, problems: sortProblems(problems) };
}
