import { checkJobs } from '../../config/check-jobs.ts';
import { leaveOut } from '../../config/leave-out.ts';
import { loadTasks, withoutHandler } from '../../config/load-tasks.ts';
import { PROBLEMS_SHOWN_MAX, problemLines, sortProblems } from '../../config/problem.ts';
import type { CommandContext } from '../command.ts';
import { openTrial } from '../dry-scheduler.ts';
import { ConfigProblems } from '../fail.ts';
import { readConfig } from '../open-scheduler.ts';

/** Tells everything that is wrong in a configuration file. Loads its task modules too. */
export async function run(
  context: CommandContext,
  [file]: readonly (string | undefined)[],
): Promise<undefined> {
  const config = readConfig(file, context);
  const tasks = await loadTasks(config);
  const found = [...config.rejected, ...(await checkJobs(config, openTrial))];
  if ('problems' in tasks) throw new ConfigProblems([...tasks.problems, ...found]);
  const unhandled = withoutHandler(config, tasks);
  const { rejected } = leaveOut(config, unhandled).config;
  const problems = config.judgesJobsAlone ? sortProblems([...found, ...rejected]) : found;
  if (problems.length > 0) {
    throw new ConfigProblems(sortProblems([...problems, ...config.warnings]));
  }
  const warnings = sortProblems([...config.warnings, ...unhandled]);
  for (const line of problemLines(warnings)) context.out.words(line);
  const jobCount = Object.keys(config.jobs).length;
  context.out.line(`${config.source.file}: valid, ${jobCount} jobs (${config.format})`);
  context.out.answer({
    valid: true,
    format: config.format,
    jobs: Object.keys(config.jobs),
    warnings: warnings.slice(0, PROBLEMS_SHOWN_MAX),
    warningCount: warnings.length,
  });
  return undefined;
}
