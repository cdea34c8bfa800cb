import { PROBLEMS_SHOWN_MAX, problemLines } from '../../config/problem.ts';
import { checkConfig } from '../check-config.ts';
import type { CommandContext } from '../command.ts';
import { ConfigProblems } from '../fail.ts';
import { readConfig } from '../open-scheduler.ts';

/** Tells everything that is wrong in a configuration file. Loads its task modules too. */
export async function run(
  context: CommandContext,
  [file]: readonly (string | undefined)[],
): Promise<undefined> {
  const config = readConfig(file, context);
  const { errors, warnings } = await checkConfig(config);
  if (errors.length > 0) throw new ConfigProblems([...errors, ...config.warnings]);
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
