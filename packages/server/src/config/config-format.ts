import type { JobInput, TaskHandler } from 'tickwork';
import type { z } from 'zod';
import type { Located, Path } from './located.ts';
import type { Problem, Source } from './problem.ts';
import type { Settings } from './settings.ts';
import type { TaskModule } from './task-module.ts';

/** What a format makes of its file. */
export interface Interpreted {
  /** Relative paths are meant from the directory of the file. */
  readonly settings: Omit<Settings, 'directory'>;
  readonly given: ReadonlySet<string>;
  readonly modules: readonly TaskModule[];
  readonly builtins?: Readonly<Record<string, TaskHandler>>;
  readonly calendars: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, JobInput>>;
  readonly jobPaths: ReadonlyMap<string, readonly (string | number)[]>;
  readonly warnings: readonly Problem[];
  /** What is wrong with jobs that are left out; only with `judgesJobsAlone`. */
  readonly rejected?: readonly Problem[];
}

/** One kind of configuration file: the contract of `formats/`. */
export interface ConfigFormat<Schema extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly schema: Schema;
  /** True if a file with these contents is of this format. */
  detects(root: Located): boolean;
  /**
   * `refuse`: a key that the schema does not know is an error. `tell`: it is a warning, and what
   * stands below it is not read at all, for files that other programs read too.
   */
  readonly unknownKeys: 'refuse' | 'tell';
  /** True: a wrong job is told and left out, and the others run. */
  readonly judgesJobsAlone: boolean;
  /** With `judgesJobsAlone`: the list of which each entry that the schema refuses is left out. */
  readonly jobList?: Path;
  /**
   * `value` has passed the schema, without the entries of `jobList` that did not; `indexOf`
   * tells where an entry stands in the file. `problems` refuse the file.
   */
  interpret(
    value: z.output<Schema>,
    place: {
      readonly source: Source;
      readonly root: Located;
      readonly indexOf: (entry: number) => number;
    },
  ): Interpreted | { readonly problems: readonly Problem[] };
}
