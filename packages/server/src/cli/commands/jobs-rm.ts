import type { CommandContext, CommandOptions } from '../command.ts';
import { withStore } from '../open-scheduler.ts';

/** Removes a job. A file that still names it brings it back when it is read again. */
export async function run(
  context: CommandContext,
  [name = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  await withStore(context, options, (store) => store.remove(name));
  context.out.line(`${name} is removed`);
  context.out.answer({ removed: name });
  return undefined;
}
