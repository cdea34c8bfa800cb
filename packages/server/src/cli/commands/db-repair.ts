import type { StoreFault } from 'tickwork';
import type { CommandContext, CommandOptions } from '../command.ts';
import { withStore } from '../open-scheduler.ts';

const FOUND_EXIT = 1;

/** Says what a repair of the store would do, and with `--yes` does it. */
export async function run(
  context: CommandContext,
  _args: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<number> {
  const isMeant = options.yes === true;
  const { out } = context;
  const faults = await withStore(context, options, async (store) =>
    isMeant ? await store.repairStore() : await store.examineStore(),
  );
  const mended = faults.filter(({ repair }) => repair !== null);
  const others = isMeant ? [] : faults.filter(({ repair }) => repair === null);
  for (const fault of mended) tell(context, fault, isMeant ? 'done' : 'repair');
  for (const fault of others) tell(context, fault, 'by hand');
  if (faults.length === 0) out.words('Nothing to repair.');
  else if (!isMeant) out.words('Nothing was changed. Stop every node, then repeat it with --yes.');
  out.answer({ repaired: isMeant, faults });
  return faults.length === 0 || isMeant ? 0 : FOUND_EXIT;
}

function tell({ out }: CommandContext, fault: StoreFault, word: string): void {
  const subject = fault.runId ?? fault.jobName;
  const text = ` ${subject === null ? '' : `${subject}: `}${fault.message}`;
  out.line([{ style: 'red', text: fault.code }, text]);
  const advice = fault.repair ?? 'No repair is known; see tickwork doctor.';
  out.line({ style: 'dim', text: `  ${word}: ${advice}` });
}
