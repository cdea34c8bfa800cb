import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Path } from './located.ts';
import { resolvePath } from './resolve-path.ts';
import type { TaskModule } from './task-module.ts';

/** The option `tasks`: the modules whose exports are tasks. */
export const taskModulesSchema = z.array(
  z.strictObject({
    module: z
      .string()
      .min(1)
      .describe('A JavaScript or TypeScript file; its exports are handlers by name.'),
  }),
);

/** The modules that the option at `option` names; relative paths start at `directory`. */
export function namedModules(
  tasks: z.output<typeof taskModulesSchema>,
  directory: string,
  option: Path = ['tasks'],
): readonly TaskModule[] {
  return tasks.map(({ module }, index) => ({
    path: resolvePath(module, directory),
    place: [...option, index, 'module'],
  }));
}

/** The modules of a folder, by name, without its tests and type declarations. */
export function foundModules(folder: string): readonly TaskModule[] {
  return filesOf(folder)
    .filter((name) => MODULE.test(name) && !NO_TASKS.test(name))
    .sort()
    .map((name) => ({ path: join(folder, name), place: null }));
}

const MODULE = /\.[cm]?[jt]s$/u;
const NO_TASKS = /\.(?:test|spec|d)\.[cm]?[jt]s$/u;

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
