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
  const { told, zone } = await withStore(context, options, async (store) => ({
    told: await store.explain(name, { at }),
    zone: (await store.findJob(name)).zone ?? undefined,
  }));
  const { out } = context;
  const asked = formatInstant(told.askedAt, zone);
  out.line({ style: 'bold', text: `${told.jobName} at ${asked}: ${told.verdict}` });
  for (const { message } of told.steps) out.line(`  ${message}`);
  const near = (label: string, instant: number | null): void => {
    if (instant === null) return;
    out.line({ style: 'dim', text: `${label} ${formatInstant(instant, zone)}` });
  };
  near('before', told.previousAt);
  near('after ', told.nextAt);
  out.answer(told);
  return undefined;
}
