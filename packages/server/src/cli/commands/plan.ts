import { fileSource } from '../../config/file-source.ts';
import type { CommandContext, CommandOptions } from '../command.ts';
import { readChecked, withConfigStore } from '../config-store.ts';
import { countOption } from '../options.ts';
import { showDifference } from '../show-difference.ts';

const DAYS_MAX = 366;

/** What applying a file would change: jobs, and the instants that come and go. */
export async function run(
  context: CommandContext,
  [file]: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const days = countOption(options, 'days', 30, DAYS_MAX);
  const config = await readChecked(context, file, options);
  const { jobs, calendars } = config;
  const difference = await withConfigStore(config, { create: false }, (scheduler) =>
    scheduler.diffJobs(fileSource(config), jobs, { days, calendars }),
  );
  showDifference(context.out, difference);
  context.out.answer(difference);
  return undefined;
}
