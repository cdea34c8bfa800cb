import type { CommandContext, CommandOptions } from '../command.ts';
import { withStore } from '../open-scheduler.ts';

/** Does the work of a finished run again, as a new run. */
export async function run(
  context: CommandContext,
  [runId = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const stored = await withStore(context, options, (store) => store.retry(runId));
  context.out.line(stored.runId);
  context.out.answer(stored);
  return undefined;
}
