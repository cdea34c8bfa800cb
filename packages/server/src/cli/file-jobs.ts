import { existsSync } from 'node:fs';
import { createScheduler, type Durations, isTickworkError, type Scheduler } from 'tickwork';
import { checkJobs } from '../config/check-jobs.ts';
import { fileSource } from '../config/file-source.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { problemLines } from '../config/problem.ts';
import { type CommandContext, type CommandOptions, textOption } from './command.ts';
import { openTrial } from './dry-scheduler.ts';
import { ConfigProblems } from './fail.ts';
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
  for (const line of problemLines(config.rejected)) context.out.words(line);
  return config;
}

/**
 * Asks about the jobs of a file in a scheduler that keeps nothing; its calendars are known.
 * Throws ConfigProblems if the file is to blame: only then it is checked job by job, as that
 * takes as long as asking.
 */
export async function withFileJobs<Result>(
  config: LoadedConfig,
  ask: (scheduler: Scheduler) => Promise<Result>,
): Promise<Result> {
  try {
    return await askTrial(config, ask);
  } catch (error) {
    const problems = isTickworkError(error) ? await checkJobs(config, openTrial) : [];
    if (problems.length > 0) throw new ConfigProblems(problems);
    throw error;
  }
}

async function askTrial<Result>(
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

/** Says so if there is nothing to ask about. */
export function tellIfEmpty(
  { out }: CommandContext,
  config: LoadedConfig | null,
  jobCount: number,
): void {
  if (jobCount > 0) return;
  if (config === null) out.words('the store has no jobs that are not disabled');
  else out.words(`${config.file} has no jobs: write some below jobs:`);
}
