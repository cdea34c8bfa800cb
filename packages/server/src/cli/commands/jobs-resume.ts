import type { CommandContext, CommandOptions } from '../command.ts';
import { formatInstant } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';
import { jobJson } from '../views.ts';

/** Makes a paused or disabled job active. */
export async function run(
  context: CommandContext,
  [name = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const job = await withStore(context, options, (store) => store.resume(name));
  const next = job.nextFireAt === null ? '' : `, next at ${formatInstant(job.nextFireAt)}`;
  context.out.line(`${name} is active${next}`);
  context.out.answer({ job: jobJson(job) });
  return undefined;
}
