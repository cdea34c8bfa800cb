import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { dryScheduler } from '../dry-scheduler.ts';

/** A cron expression in words. */
export async function run(
  context: CommandContext,
  [expression = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const zone = textOption(options, 'zone');
  const scheduler = await dryScheduler();
  try {
    const trigger = { cron: expression, ...(zone === undefined ? {} : { zone }) };
    const { describe } = await scheduler.job('described', { trigger, task: 'described' });
    context.out.line(describe[context.language]);
    context.out.answer({ expression, describe });
  } finally {
    await scheduler.close();
  }
  return undefined;
}
