import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { UsageError } from '../fail.ts';
import { withStore } from '../open-scheduler.ts';

/** Makes up for the instants of a range. */
export async function run(
  context: CommandContext,
  [name = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const [from, to] = [textOption(options, 'from'), textOption(options, 'to')];
  if (from === undefined || to === undefined) {
    throw new UsageError('--from and --to: the first and the last instant are expected.');
  }
  const force = options.force === true;
  const made = await withStore(context, options, (store) =>
    store.backfill(name, { from, to, force }),
  );
  const kept = made.existingCount === 0 ? '' : `, ${made.existingCount} left alone`;
  context.out.line(`${made.runIds.length} of ${made.instantCount} instants to be run${kept}`);
  context.out.answer(made);
  return undefined;
}
