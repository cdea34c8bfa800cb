import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { formatInstant } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';
import { countOption } from '../options.ts';

/** Passes over the next instants of a job, or a day. */
export async function run(
  context: CommandContext,
  [name = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const [date, reason] = [textOption(options, 'date'), textOption(options, 'reason')];
  const given = textOption(options, 'next') !== undefined || date === undefined;
  const skipWindow = await withStore(context, options, (store) =>
    store.skip(name, {
      ...(given ? { next: countOption(options, 'next', 1, 10_000) } : {}),
      ...(date === undefined ? {} : { date }),
      ...(reason === undefined ? {} : { reason }),
    }),
  );
  const { out } = context;
  out.line(
    `${name} passes over ${formatInstant(skipWindow.fromAt)} … ${formatInstant(skipWindow.toAt)}`,
  );
  out.answer({ skipWindow });
  return undefined;
}
