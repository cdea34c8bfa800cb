import type { PauseOptions } from 'tickwork';
import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { formatInstant } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';
import { nameOrTag } from '../options.ts';
import { jobJson } from '../views.ts';

/** Lets a job, or all with a tag, rest until it is resumed, or until an instant. */
export async function run(
  context: CommandContext,
  [name]: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const { out } = context;
  const which = nameOrTag(name, options);
  const [reason, until] = [textOption(options, 'reason'), textOption(options, 'until')];
  const how: PauseOptions = {
    ...(reason === undefined ? {} : { reason }),
    ...(until === undefined ? {} : { until }),
  };
  if ('tag' in which) {
    const jobs = await withStore(context, options, (store) => store.pauseTagged(which.tag, how));
    for (const each of jobs) out.line(`${each} is paused`);
    out.answer({ jobs });
    return undefined;
  }
  const job = await withStore(context, options, (store) => store.pause(which.name, how));
  const end = job.pausedUntilAt === null ? '' : ` until ${formatInstant(job.pausedUntilAt)}`;
  out.line(`${job.name} is paused${end}`);
  out.answer({ job: jobJson(job) });
  return undefined;
}
