import { TickworkError } from '../../core/base/errors.ts';
import type { Json, JsonObject } from '../../core/base/json.ts';
import type { TaskSpec } from '../../core/model/task-spec.ts';
import { type InlineScript, parseInline } from './inline-script.ts';
import type { ScriptRules } from './script-config.ts';
import { maySet } from './script-environment.ts';

/** The options of a script task, as they stand in a job. */
export interface ScriptOptions {
  /** The script: absolute below a root, or relative to one (the first that has it); or itself. */
  readonly script: string | InlineScript;
  /** Arrive at the script byte by byte; no shell ever reads them. */
  readonly args: readonly string[];
  /** The working directory below a root; `null`: the root of the script, or `inline.cwd`. */
  readonly cwd: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** The name of an interpreter; `null`: by the ending of the script. */
  readonly interpreter: string | null;
}

const optionNames = ['path', 'inline', 'shell', 'args', 'cwd', 'env', 'interpreter'];
const PATH_CHARACTERS_MAX = 4096;
const ARGS_MAX = 1000;

/**
 * Reads the options of a script task. Throws INVALID_JOB naming the option below `field`.
 * Files are not looked at here.
 */
export function parseScriptOptions(
  task: TaskSpec,
  field: string,
  rules: ScriptRules,
): ScriptOptions {
  if (task.name !== '') throw invalid(`${field}.name`, task.name, 'a script task has no name.');
  const { options } = task;
  for (const name of Object.keys(options)) {
    if (optionNames.includes(name)) continue;
    const remedy = `The options are ${optionNames.join(', ')}.`;
    throw invalid(`${field}.${name}`, options[name], 'a script has no such option.', remedy);
  }
  const interpreter = optional(options.interpreter, `${field}.interpreter`);
  if (interpreter !== null && !rules.interpreters.has(interpreter)) {
    const names = [...rules.interpreters.keys()].join(', ');
    throw invalid(`${field}.interpreter`, interpreter, `the interpreters are ${names}.`);
  }
  return {
    script:
      parseInline(options, field, rules.inlineFolder !== null) ??
      parsePath(options.path, `${field}.path`),
    args: parseArgs(options.args ?? [], `${field}.args`),
    cwd: optional(options.cwd, `${field}.cwd`),
    env: parseEnv(options.env ?? {}, `${field}.env`, rules),
    interpreter,
  };
}

function parsePath(value: Json | undefined, field: string): string {
  const path = text(value, field);
  if (path.length <= PATH_CHARACTERS_MAX) return path;
  throw invalid(field, path, `it has more than ${PATH_CHARACTERS_MAX} characters.`);
}

function parseArgs(args: Json, field: string): readonly string[] {
  if (!isList(args)) throw invalid(field, args, 'it must be a list of texts.');
  if (args.length > ARGS_MAX) {
    throw invalid(field, args.length, `at most ${ARGS_MAX} arguments are possible.`);
  }
  return args.map((arg, index) => plain(arg, `${field}[${index}]`));
}

function parseEnv(env: Json, field: string, rules: ScriptRules): Readonly<Record<string, string>> {
  if (typeof env !== 'object' || env === null || isList(env)) {
    throw invalid(field, env, 'it must be an object of texts.');
  }
  const parsed: Record<string, string> = {};
  for (const [name, value] of Object.entries(env as JsonObject)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw invalid(`${field}.${name}`, name, 'it is no name of an environment variable.');
    }
    if (!maySet(name, rules)) {
      // Some variables make interpreters run other code (BASH_ENV, NODE_OPTIONS, LD_PRELOAD, …)
      // and no list of them is complete, so the operator says which ones are harmless.
      const remedy = `Add "${name}" to scripts.env if it is harmless, or use the input.`;
      throw invalid(`${field}.${name}`, undefined, 'jobs may not set this variable.', remedy);
    }
    parsed[name] = plain(value, `${field}.${name}`);
  }
  return parsed;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function optional(value: Json | undefined, field: string): string | null {
  return value === undefined || value === null ? null : text(value, field);
}

function text(value: Json | undefined, field: string): string {
  const parsed = plain(value, field);
  if (parsed === '') throw invalid(field, value, 'it must not be empty.');
  return parsed;
}

function plain(value: Json | undefined, field: string): string {
  if (typeof value !== 'string') {
    const remedy = typeof value === 'number' ? `Put it in quotes: "${value}".` : undefined;
    throw invalid(field, value, 'it must be a text.', remedy);
  }
  if (value.includes('\0')) throw invalid(field, value, 'it contains a NUL character.');
  if (!value.isWellFormed()) throw invalid(field, value, 'it contains half a character.');
  return value;
}

function invalid(field: string, value: unknown, reason: string, remedy?: string): TickworkError {
  return new TickworkError('INVALID_JOB', {
    field,
    value,
    reason,
    ...(remedy !== undefined && { remedy }),
  });
}
