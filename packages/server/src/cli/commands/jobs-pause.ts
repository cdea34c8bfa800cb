import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { formatInstant } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';
import { jobJson } from '../views.ts';

/** Lets a job rest until it is resumed, or until an instant. */
export async function run(
  context: CommandContext,
  [name = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const [reason, until] = [textOption(options, 'reason'), textOption(options, 'until')];
  const job = await withStore(context, options, (store) =>
    store.pause(name, {
      ...(reason === undefined ? {} : { reason }),
      ...(until === undefined ? {} : { until }),
    }),
  );
  const end = job.pausedUntilAt === null ? '' : ` until ${formatInstant(job.pausedUntilAt)}`;
  context.out.line(`${name} is paused${end}`);
  context.out.answer({ job: jobJson(job) });
  return undefined;
}
