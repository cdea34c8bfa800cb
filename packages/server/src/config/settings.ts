import type { PoliciesInput, SchedulerOptions } from 'tickwork';
import { z } from 'zod';
import { type Environment, readVariable, variableOf } from './environment.ts';
import { configSchema } from './schema.ts';
import { definitionOf, typeText, unwrap } from './schema-walk.ts';

export type Origin = 'flag' | 'environment' | 'file' | 'default';

/** What a log file is allowed to become. */
export interface LogFile {
  readonly path: string;
  readonly bytesMax: number;
  /** How many former files are kept beside it: `.1` is the latest. */
  readonly backupCount: number;
}

/** The options of a file that are not jobs, calendars or tasks; complete, paths absolute. */
export interface Settings {
  /** Of the file. */
  readonly directory: string;
  readonly name: string | null;
  /** Printed when the file is run. */
  readonly description: string | null;
  readonly timezone: string | null;
  readonly store: string;
  readonly concurrency: { readonly function: number; readonly external: number };
  /** The sizes of pools by name; absent = none. */
  readonly pools?: Readonly<Record<string, number>>;
  readonly scripts: {
    readonly roots: readonly string[];
    readonly env: readonly string[];
    /** True: jobs may carry scripts as text; they run in `directory`. */
    readonly inline: boolean;
    readonly interpreters: NonNullable<SchedulerOptions['scripts']>['interpreters'];
  };
  readonly defaults: PoliciesInput;
  readonly log: {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly format: 'text' | 'json';
    readonly file: LogFile | null;
  };
}

/** The options that flags and the environment may set, by path. */
export const overridable = [
  'name',
  'timezone',
  'store',
  'concurrency.function',
  'concurrency.external',
  'log.level',
  'log.format',
] as const;

export type OverridablePath = (typeof overridable)[number];
export type Overrides = Readonly<Partial<Record<OverridablePath, string>>>;

export interface Overridden {
  readonly values: ReadonlyMap<string, string | number>;
  readonly origins: ReadonlyMap<string, Origin>;
  /** `TICKWORK_LOG_LEVEL: "loud" — expected debug | info | warn | error.` */
  readonly mistakes: readonly string[];
}

/** What flags and environment say: the flag wins. */
export function readOverrides(flags: Overrides, environment: Environment): Overridden {
  const values = new Map<string, string | number>();
  const origins = new Map<string, Origin>();
  const mistakes: string[] = [];
  for (const path of overridable) {
    const name = variableOf(path);
    const flag = flags[path];
    let text: string | null;
    try {
      text = flag ?? readVariable(environment, name);
    } catch {
      mistakes.push(`${name}_FILE: the file it names cannot be read.`);
      continue;
    }
    if (text === null) continue;
    const schema = optionSchema(path);
    const isNumber = definitionOf(unwrap(schema).schema).type === 'number';
    const parsed = schema.safeParse(isNumber ? Number(text) : text);
    if (!parsed.success) {
      const place = flag === undefined ? name : `--${path.replaceAll('.', '-')}`;
      mistakes.push(`${place}: ${JSON.stringify(text)} — expected ${typeText(schema)}.`);
      continue;
    }
    values.set(path, parsed.data as string | number);
    origins.set(path, flag === undefined ? 'environment' : 'flag');
  }
  return { values, origins, mistakes };
}

function optionSchema(path: string): z.ZodType {
  let schema: z.ZodType = configSchema;
  for (const step of path.split('.')) {
    schema = definitionOf(unwrap(schema).schema).shape?.[step] ?? z.never();
  }
  return schema;
}
