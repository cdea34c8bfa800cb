import type { CommandContext, CommandOptions } from '../command.ts';
import { withStore } from '../open-scheduler.ts';

const FINDINGS_EXIT = 1;

/** Looks for broken promises and work that stands still, and says what to do. */
export async function run(
  context: CommandContext,
  _args: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<number> {
  const told = await withStore(context, options, (store) => store.diagnose());
  const { out } = context;
  for (const { severity, kind, jobName, runId, message, repair } of told.ailments) {
    const subject = [jobName, runId].filter((name) => name !== null).join(' ');
    const style = severity === 'error' ? 'red' : 'yellow';
    const text = ` ${subject === '' ? '' : `${subject}: `}${message}`;
    out.line([{ style, text: severity }, text]);
    out.line({ style: 'dim', text: `  ${repair} [${kind}]` });
  }
  for (const note of told.notes) out.words(note);
  out.words(
    `${told.jobCount} jobs, ${told.liveRunCount} live runs, ${told.finishedRunCount} finished, ` +
      `${told.upNodeCount} nodes up: ${told.ailments.length} findings`,
  );
  out.answer(told);
  return told.ailments.length === 0 ? 0 : FINDINGS_EXIT;
}
