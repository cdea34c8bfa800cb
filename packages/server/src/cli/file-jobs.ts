import { existsSync } from 'node:fs';
import { createScheduler, type Durations, type Scheduler } from 'tickwork';
import { fileSource } from '../config/file-source.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { formatProblem } from '../config/problem.ts';
import { type CommandContext, type CommandOptions, textOption } from './command.ts';
import { openTrial } from './dry-scheduler.ts';
import { DEFAULT_FILE, readConfig } from './open-scheduler.ts';

/**
 * The file that a question is about, or `null` if it is about the jobs of a store: the
 * argument, `--file`, or, unless `--store` is given, the file in the working directory.
 */
export function askedFile(
  context: CommandContext,
  file: string | undefined,
  options: CommandOptions,
): LoadedConfig | null {
  const named = file ?? textOption(options, 'file');
  const store = textOption(options, 'store') ?? context.variables.TICKWORK_STORE;
  if (named === undefined && store !== undefined) return null;
  const overrides = store === undefined ? {} : { store };
  const path = named ?? context.variables.TICKWORK_FILE ?? DEFAULT_FILE;
  const config = readConfig(path, context, overrides);
  for (const problem of config.rejected) context.out.words(formatProblem(problem));
  return config;
}

/** Asks about the jobs of a file in a scheduler that keeps nothing; its calendars are known. */
export async function withFileJobs<Result>(
  config: LoadedConfig,
  ask: (scheduler: Scheduler) => Promise<Result>,
): Promise<Result> {
  const scheduler = await openTrial(config);
  try {
    await scheduler.applyCalendars(config.calendars, fileSource(config));
    return await ask(scheduler);
  } finally {
    await scheduler.close();
  }
}

/** What runs of the file's jobs have taken, as its store tells; empty without a store. */
export async function keptDurations(config: LoadedConfig): Promise<Durations> {
  const { store } = config.settings;
  if (!existsSync(store)) return {};
  const scheduler = await createScheduler({ store, logger: { log: () => {} } });
  try {
    return await scheduler.durations();
  } finally {
    await scheduler.close();
  }
}
