import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { UsageError } from '../fail.ts';
import { withStore } from '../open-scheduler.ts';
import { countOption } from '../options.ts';
import { jobJson } from '../views.ts';

/** Takes a former definition of a job back, as a new revision. */
export async function run(
  context: CommandContext,
  [name = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  if (textOption(options, 'to') === undefined) {
    throw new UsageError('say which revision: --to 3; see jobs revisions.');
  }
  const to = countOption(options, 'to', 1, Number.MAX_SAFE_INTEGER);
  const job = await withStore(context, options, (store) => store.rollback(name, to));
  context.out.line(`${name} is revision ${to} again, as revision ${job.revision}`);
  if (job.source.kind === 'file') {
    context.out.words(`${job.source.id} says otherwise and changes it back when it is applied`);
  }
  context.out.answer({ job: jobJson(job) });
  return undefined;
}
