import { checkJobs } from '../../config/check-jobs.ts';
import { loadTasks, withoutHandler } from '../../config/load-tasks.ts';
import { formatProblem } from '../../config/problem.ts';
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
  const problems = [
    ...('problems' in tasks ? tasks.problems : []),
    ...(await checkJobs(config, openTrial)),
  ];
  if (problems.length > 0 || 'problems' in tasks) throw new ConfigProblems(problems);
  const warnings = withoutHandler(config, tasks);
  for (const warning of warnings) context.out.words(formatProblem(warning));
  const jobCount = Object.keys(config.jobs).length;
  context.out.line(`${config.source.file}: valid, ${jobCount} jobs (${config.format})`);
  context.out.answer({
    valid: true,
    format: config.format,
    jobs: Object.keys(config.jobs),
    warnings,
  });
  return undefined;
}
