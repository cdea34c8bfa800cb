import { existsSync } from 'node:fs';
import { createScheduler, type Scheduler, TickworkError } from 'tickwork';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import { resolvePath } from '../config/resolve-path.ts';
import type { Overrides } from '../config/settings.ts';
import { type CommandContext, type CommandOptions, textOption } from './command.ts';
import { schedulerOptions } from './dry-scheduler.ts';
import { ConfigProblems } from './fail.ts';

export const DEFAULT_FILE = 'tickwork.yaml';

/** The configuration that a command is about. Throws ConfigProblems. */
export function readConfig(
  file: string | undefined,
  context: CommandContext,
  overrides: Overrides = {},
): LoadedConfig {
  const path = file ?? context.variables.TICKWORK_FILE ?? DEFAULT_FILE;
  const loaded = loadConfig(path, { overrides });
  if (!loaded.ok) throw new ConfigProblems(loaded.problems);
  return loaded.config;
}

/**
 * Opens the store that `--store`, `--file` or the configuration in the working directory
 * names, gives it to `work`, and closes it. Nothing is planned or run meanwhile.
 */
export async function withStore<Result>(
  context: CommandContext,
  options: CommandOptions,
  work: (scheduler: Scheduler) => Promise<Result>,
): Promise<Result> {
  const flag = textOption(options, 'store');
  const variable = context.variables.TICKWORK_STORE;
  const file = textOption(options, 'file');
  let config: LoadedConfig | null = null;
  let path = flag ?? (file === undefined ? variable : undefined);
  if (path === undefined) {
    config = readConfig(file, context);
    path = config.settings.store;
  }
  const store = resolvePath(path, process.cwd());
  if (!existsSync(store)) {
    throw new TickworkError('STORE_UNAVAILABLE', {
      field: 'store',
      value: store,
      reason: 'does not exist yet.',
      remedy: 'Start `tickwork run` first, or name another with --store or --file.',
    });
  }
  const scheduler = await createScheduler({
    store,
    logger: { log: () => {} },
    ...schedulerOptions(config?.settings),
  });
  try {
    return await work(scheduler);
  } finally {
    await scheduler.close();
  }
}
