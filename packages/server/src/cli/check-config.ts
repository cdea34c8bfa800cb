import { checkJobs, checkNames } from '../config/check-jobs.ts';
import { leaveOut } from '../config/leave-out.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { loadTasks, withoutHandler } from '../config/load-tasks.ts';
import { type Problem, sortProblems } from '../config/problem.ts';
import { openTrial } from './dry-scheduler.ts';

/** What is wrong with a configuration; `errors` refuse it. */
export interface CheckedConfig {
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/**
 * Checks a configuration as a whole: its task modules, calendars and jobs. Loads the modules.
 * `validate` tells what it gives, and `import` writes nothing in which it finds an error.
 */
export async function checkConfig(config: LoadedConfig): Promise<CheckedConfig> {
  const tasks = await loadTasks(config);
  const found = [...config.rejected, ...(await checkJobs(config, openTrial))];
  const { warnings } = config;
  if ('problems' in tasks) return { errors: [...tasks.problems, ...found], warnings };
  const unhandled = withoutHandler(config, tasks);
  const { rejected } = leaveOut(config, unhandled).config;
  const errors = config.judgesJobsAlone ? sortProblems([...found, ...rejected]) : found;
  const names = errors.length > 0 ? [] : await checkNames(config, openTrial);
  return { errors, warnings: sortProblems([...warnings, ...unhandled, ...names]) };
}
