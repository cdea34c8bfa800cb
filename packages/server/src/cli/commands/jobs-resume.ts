import type { CatchUp, PausedInstants } from 'tickwork';
import type { CommandContext, CommandOptions } from '../command.ts';
import { formatInstant } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';
import { choiceOption, nameOrTag } from '../options.ts';
import { say } from '../text.ts';
import { jobJson, windowText } from '../views.ts';

const ways: readonly CatchUp[] = ['drop', 'latest', 'all'];

/** Makes a paused or disabled job, or all paused ones with a tag, active. */
export async function run(
  context: CommandContext,
  [name]: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const { out } = context;
  const which = nameOrTag(name, options);
  const catchUp = choiceOption(options, 'catchUp', ways) ?? 'drop';
  const skips = options.skips === true;
  await withStore(context, options, async (store) => {
    if ('tag' in which) {
      const jobs = await store.resumeTagged(which.tag, { catchUp, skips });
      for (const each of jobs) out.line(`${each} is active`);
      out.answer({ jobs });
      return;
    }
    const paused = await store.pausedInstants(which.name);
    out.line(countText(paused));
    if (options.preview === true) {
      out.answer({ paused });
      return;
    }
    const job = await store.resume(which.name, { catchUp, skips });
    const zone = job.zone ?? undefined;
    const next = job.nextRunAt === null ? '' : `, next at ${formatInstant(job.nextRunAt, zone)}`;
    out.line(`${job.name} is active${next}`);
    const stay = job.skipWindows.filter((skipWindow) => skipWindow.toAt > Date.now());
    for (const skipWindow of stay) {
      out.line(`${say(STILL_SKIPS, context.language)} ${windowText(skipWindow, zone)}`);
    }
    out.answer({ job: jobJson(job), paused });
  });
  return undefined;
}

const STILL_SKIPS = {
  en: 'still skips (--skips lifts that)',
  zh: '仍将跳过（用 --skips 取消）',
};

function countText({ count, fromAt, toAt }: PausedInstants): string {
  if (fromAt === null || toAt === null) return 'nothing was passed over';
  return `${count} passed over, ${formatInstant(fromAt)} … ${formatInstant(toAt)}`;
}
