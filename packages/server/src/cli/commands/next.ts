import type { NextFire, Scheduler, TriggerInput } from 'tickwork';
import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { dryScheduler } from '../dry-scheduler.ts';
import { UsageError } from '../fail.ts';
import { markText } from '../instant-marks.ts';
import { formatInstant, formatLength } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';
import { countOption } from '../options.ts';
import { joinLines, type Line, type Style } from '../styled.ts';

/** The next instants of a cron expression, or of a stored job. */
export async function run(
  context: CommandContext,
  [expression]: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const job = textOption(options, 'job');
  if ((expression === undefined) === (job === undefined)) {
    throw new UsageError(
      "give an expression in quotes, such as '0 9 * * mon-fri', or --job <name>.",
    );
  }
  const zone = textOption(options, 'zone');
  const after = textOption(options, 'after');
  const query = {
    count: countOption(options, 'count', 5, 1000),
    ...(zone === undefined ? {} : { zone }),
    ...(after === undefined ? {} : { after }),
  };
  if (job !== undefined) {
    const fires = await withStore(context, options, (store) => store.nextFires({ job }, query));
    show(context, fires, { zone, marked: true });
    return undefined;
  }
  const scheduler = await dryScheduler();
  try {
    const trigger = { cron: expression ?? '', ...(zone === undefined ? {} : { zone }) };
    const fires = await firesOf(scheduler, trigger, textOption(options, 'seed'), query);
    show(context, fires, { zone, marked: false });
  } finally {
    await scheduler.close();
  }
  return undefined;
}

/** `H` fields and jitter are spread by the job's name, so a seed is a job of that name. */
async function firesOf(
  scheduler: Scheduler,
  trigger: TriggerInput,
  seed: string | undefined,
  query: { readonly count: number; readonly zone?: string; readonly after?: string },
): Promise<readonly NextFire[]> {
  if (seed === undefined) return await scheduler.nextFires(trigger, query);
  await scheduler.job(seed, { trigger, task: 'preview' });
  return await scheduler.nextFires({ job: seed }, query);
}

/** Of a job each instant has its mark; of an expression only those that are not run. */
function show(
  context: CommandContext,
  fires: readonly NextFire[],
  { zone, marked }: { readonly zone: string | undefined; readonly marked: boolean },
): void {
  const { out, language } = context;
  const now = Date.now();
  for (const fire of fires) {
    const { startAt, mark, notes } = fire;
    const style: Style = mark === 'will-run' ? 'green' : 'yellow';
    const told = marked || mark !== 'will-run';
    const parts: readonly Line[] = [
      formatInstant(startAt, zone ?? fire.zone ?? undefined),
      told ? { style, text: markText(fire, language) } : '',
      out.stdout.isTTY === true && startAt >= now
        ? { style: 'dim', text: `in ${formatLength(startAt - now)}` }
        : '',
      notes.length === 0 ? '' : { style: 'yellow', text: notes.join('; ') },
    ];
    const shown = parts.filter((part) => part !== '');
    out.line(joinLines(shown, '  '));
  }
  if (fires.length === 0) out.words('no further instant');
  out.answer({ fires });
}
