import { performance } from 'node:perf_hooks';
import { createScheduler, type Scheduler, type SchedulerOptions } from 'tickwork';
import { createMemoryStore } from 'tickwork/memory';
import type { OpenTrial } from '../config/check-jobs.ts';
import type { Settings } from '../config/settings.ts';

const silent = { log: () => {} };

/** A scheduler in memory, to ask questions that need no store: nothing is kept or run. */
export async function dryScheduler(
  settings?: Pick<Settings, 'directory' | 'timezone' | 'scripts' | 'pools'>,
): Promise<Scheduler> {
  const clock = { now: () => Date.now(), mono: () => performance.now() };
  return await createScheduler({
    store: createMemoryStore({ clock }),
    logger: silent,
    ...schedulerOptions(settings),
  });
}

/** The same for a file, see `checkJobs`. */
export const openTrial: OpenTrial = (config) => dryScheduler(config.settings);

/** The options of `createScheduler` that decide what a job means. */
export function schedulerOptions(
  settings?: Pick<Settings, 'directory' | 'timezone' | 'scripts' | 'pools'>,
): Pick<SchedulerOptions, 'timezone' | 'scripts' | 'pools'> {
  if (settings === undefined) return {};
  const { roots, env, interpreters, inline } = settings.scripts;
  return {
    ...(settings.timezone === null ? {} : { timezone: settings.timezone }),
    ...(settings.pools === undefined ? {} : { pools: settings.pools }),
    scripts: {
      roots,
      env,
      ...(interpreters === undefined ? {} : { interpreters }),
      ...(inline ? { inline: { cwd: settings.directory } } : {}),
    },
  };
}
