import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { withStore } from '../open-scheduler.ts';
import { jobJson } from '../views.ts';

/** Takes a job out of force: its instants leave no rows. */
export async function run(
  context: CommandContext,
  [name = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const reason = textOption(options, 'reason');
  const job = await withStore(context, options, (store) =>
    store.disable(name, reason === undefined ? {} : { reason }),
  );
  context.out.line(`${name} is disabled`);
  context.out.answer({ job: jobJson(job) });
  return undefined;
}
