import { type RunFilter, type RunState, runStates } from 'tickwork';
import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { UsageError } from '../fail.ts';
import { withStore } from '../open-scheduler.ts';
import { countOption } from '../options.ts';
import { runRow } from '../views.ts';

/** Lists runs, the latest first. */
export async function run(
  context: CommandContext,
  _args: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const jobName = textOption(options, 'job');
  const states = statesOption(textOption(options, 'state'));
  const filter: RunFilter = {
    ...(jobName === undefined ? {} : { jobName }),
    ...(states === undefined ? {} : { states }),
  };
  const limit = countOption(options, 'limit', 20, 1000);
  const { runs, next } = await withStore(context, options, async (store) => {
    if (jobName !== undefined) await store.findJob(jobName);
    return await store.runs(filter, { limit });
  });
  const titles = ['RUN', 'JOB', 'STATE', 'FIRE AT', 'ATTEMPT', 'TOOK', 'ERROR'];
  context.out.table(
    titles.map((title) => ({ title })),
    runs.map((each) => runRow(each)),
  );
  context.out.answer({ runs, next });
  return undefined;
}

function statesOption(text: string | undefined): readonly RunState[] | undefined {
  if (text === undefined) return undefined;
  return text.split(',').map((word) => {
    const state = runStates.find((known) => known === word.trim().toUpperCase());
    if (state !== undefined) return state;
    throw new UsageError(`--state: "${word}" — expected ${runStates.join(', ')}.`);
  });
}
