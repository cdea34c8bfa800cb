import { isDeepStrictEqual } from 'node:util';
import type { ApplyOptions, ApplyResult, Scheduler } from 'tickwork';
import { checkJobs, type OpenTrial } from './check-jobs.ts';
import { fileSource } from './file-source.ts';
import { leaveOut } from './leave-out.ts';
import type { LoadedConfig } from './load-config.ts';
import { type LoadOptions, loadConfig } from './load-config.ts';
import { type LoadedTasks, withoutHandler } from './load-tasks.ts';
import type { Problem } from './problem.ts';

export type ReloadOutcome =
  | { readonly ok: false; readonly problems: readonly Problem[] }
  | {
      readonly ok: true;
      readonly config: LoadedConfig;
      readonly applied: ApplyResult;
      /** Options that differ but count only from the next start. */
      readonly restartFor: readonly string[];
    };

/** Makes the stored jobs and calendars of a file those that it names now. */
export async function applyConfig(
  scheduler: Scheduler,
  config: LoadedConfig,
  options: Pick<ApplyOptions, 'absent'> = {},
): Promise<ApplyResult> {
  const source = fileSource(config);
  await scheduler.applyCalendars(config.calendars, source);
  return await scheduler.applyJobs(source, config.jobs, options);
}

/** Names of functions that nobody has are wrong only where each job is judged by itself. */
function unknown(
  config: LoadedConfig,
  { tasks }: { readonly tasks: LoadedTasks },
): readonly Problem[] {
  return config.judgesJobsAlone ? withoutHandler(config, tasks) : [];
}

export interface ReloadOptions extends LoadOptions {
  readonly openTrial: OpenTrial;
  readonly tasks: LoadedTasks;
  /** Whether jobs that a file with this text lacks are disabled, or stay for now. */
  readonly mayRemove: (text: string) => boolean;
}

/**
 * Reads a file again and applies the difference. The whole file is checked first: while
 * anything in it is wrong, nothing changes. Jobs that are gone from it become disabled, if they
 * may; else they are `kept`.
 */
export async function reload(
  scheduler: Scheduler,
  running: LoadedConfig,
  options: ReloadOptions,
): Promise<ReloadOutcome> {
  const loaded = loadConfig(running.source.file, options);
  if (!loaded.ok) return loaded;
  // What a job means here is decided by the options this process was started with.
  const { settings } = loaded.config;
  const present = {
    ...loaded.config,
    settings: { ...running.settings, defaults: settings.defaults },
  };
  const found = [...(await checkJobs(present, options.openTrial)), ...unknown(present, options)];
  const { config, problems } = leaveOut(present, found);
  if (problems.length > 0) return { ok: false, problems };
  const absent = options.mayRemove(config.source.text) ? 'disable' : 'keep';
  const applied = await applyConfig(scheduler, config, { absent });
  const fixed = ['name', 'timezone', 'store', 'concurrency', 'pools', 'scripts', 'log'] as const;
  const restartFor: string[] = fixed.filter(
    (key) => !isDeepStrictEqual(settings[key], running.settings[key]),
  );
  if (!isDeepStrictEqual(config.modules, running.modules)) restartFor.push('tasks');
  return { ok: true, config, applied, restartFor };
}
