import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createScheduler, type Scheduler } from 'tickwork';
import { checkJobs } from '../config/check-jobs.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { problemLines } from '../config/problem.ts';
import type { CommandContext, CommandOptions } from './command.ts';
import { textOption } from './command.ts';
import { openTrial, schedulerOptions } from './dry-scheduler.ts';
import { ConfigProblems } from './fail.ts';
import { readConfig } from './open-scheduler.ts';

/** The file to plan or apply, checked as a whole. Throws ConfigProblems. */
export async function readChecked(
  context: CommandContext,
  file: string | undefined,
  options: CommandOptions,
): Promise<LoadedConfig> {
  const store = textOption(options, 'store');
  const overrides = store === undefined ? {} : { store };
  const config = readConfig(file ?? textOption(options, 'file'), context, overrides);
  const problems = [...config.rejected, ...(await checkJobs(config, openTrial))];
  if (problems.length > 0) throw new ConfigProblems(problems);
  for (const line of problemLines(config.warnings)) context.out.words(line);
  return config;
}

/**
 * Opens the store of a file with the file's options. Without one yet, `create` makes it;
 * else questions are asked in memory, where nothing is stored.
 */
export async function withConfigStore<Result>(
  config: LoadedConfig,
  { create }: { readonly create: boolean },
  work: (scheduler: Scheduler) => Promise<Result>,
): Promise<Result> {
  const scheduler = await open(config, create);
  try {
    return await work(scheduler);
  } finally {
    await scheduler.close();
  }
}

async function open(config: LoadedConfig, create: boolean): Promise<Scheduler> {
  const { settings } = config;
  if (!existsSync(settings.store)) {
    if (!create) return await openTrial(config);
    // The database and what is in it are nobody else's business.
    mkdirSync(dirname(settings.store), { recursive: true, mode: 0o700 });
  }
  return await createScheduler({
    store: settings.store,
    defaults: settings.defaults,
    logger: { log: () => {} },
    ...schedulerOptions(settings),
  });
}
