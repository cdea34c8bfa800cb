import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { withStore } from '../open-scheduler.ts';
import { countOption } from '../options.ts';
import { say } from '../text.ts';
import { windowText } from '../views.ts';

/** Passes over the next instants of a job, or a day. */
export async function run(
  context: CommandContext,
  [name = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const [date, reason] = [textOption(options, 'date'), textOption(options, 'reason')];
  const given = textOption(options, 'next') !== undefined || date === undefined;
  const { skipWindow, zone } = await withStore(context, options, async (store) => ({
    skipWindow: await store.skip(name, {
      ...(given ? { next: countOption(options, 'next', 1, 10_000) } : {}),
      ...(date === undefined ? {} : { date }),
      ...(reason === undefined ? {} : { reason }),
    }),
    zone: (await store.findJob(name)).zone ?? undefined,
  }));
  const { out } = context;
  const text = { en: `${name} skips`, zh: `${name} 将跳过` };
  out.line(`${say(text, context.language)} ${windowText(skipWindow, zone)}`);
  out.answer({ skipWindow });
  return undefined;
}
