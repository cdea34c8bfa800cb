import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { UsageError } from '../fail.ts';
import { formatInstant } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';

/** Why a job did or did not run at an instant. */
export async function run(
  context: CommandContext,
  [name = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const at = textOption(options, 'at');
  if (at === undefined) throw new UsageError('say when: --at 2026-12-01T02:00.');
  const told = await withStore(context, options, (store) => store.explain(name, { at }));
  const { out } = context;
  out.line(out.style('bold', `${told.jobName} at ${formatInstant(told.askedAt)}: ${told.verdict}`));
  for (const { message } of told.steps) out.line(`  ${message}`);
  const near = (label: string, instant: number | null): void => {
    if (instant !== null) out.line(out.style('dim', `${label} ${formatInstant(instant)}`));
  };
  near('before', told.previousAt);
  near('after ', told.nextAt);
  out.answer(told);
  return undefined;
}
