import type { CommandContext, CommandOptions } from '../command.ts';
import { waitForRun } from '../follow-run.ts';
import { withStore } from '../open-scheduler.ts';
import { jsonOption } from '../options.ts';
import { stateText } from '../views.ts';

/** Asks for a run of a job now; a process that runs this store takes it within a second. */
export async function run(
  context: CommandContext,
  [name = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<number | undefined> {
  const { out } = context;
  const input = jsonOption(options, 'input');
  return await withStore(context, options, async (store) => {
    const stored = await store.runNow(name, input === undefined ? {} : { input });
    out.line(stored.runId);
    if (options.wait !== true) {
      out.answer(stored);
      return undefined;
    }
    const { run: ended, exit } = await waitForRun(store, stored.runId);
    out.line(stateText(ended));
    out.answer({ ...stored, run: ended });
    return exit;
  });
}
