import type { CommandContext, CommandOptions } from '../command.ts';
import { formatInstant, formatLength } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';
import { printFields, stateText, tookText } from '../views.ts';

/** A run with its attempts. */
export async function run(
  context: CommandContext,
  [runId = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const detail = await withStore(context, options, (store) => store.findRun(runId));
  const { run: found, attempts } = detail;
  const { out } = context;
  printFields(out, [
    ['run', found.id],
    ['job', found.jobName ?? '-'],
    ['state', stateText(found)],
    ['origin', found.origin],
    ['fire at', formatInstant(found.fireAt)],
    ['took', tookText(found)],
    ['node', found.nodeId ?? '-'],
    ['stands for', `${found.coalescedCount} missed instants besides its own`],
    ['input', JSON.stringify(found.input ?? detail.definition?.input ?? null)],
    ['result', JSON.stringify(found.result)],
    ['error', found.error ?? '-'],
  ]);
  out.line();
  out.table(
    ['ATTEMPT', 'OUTCOME', 'STARTED', 'TOOK', 'EXIT', 'NODE', 'ERROR'].map((title) => ({ title })),
    attempts.map((attempt) => [
      String(attempt.attempt),
      attempt.outcome,
      formatInstant(attempt.startedAt),
      attempt.endedAt === null ? '-' : formatLength(attempt.endedAt - attempt.startedAt),
      attempt.exitCode === null ? '-' : String(attempt.exitCode),
      attempt.nodeId,
      attempt.error ?? '',
    ]),
  );
  out.answer(detail);
  return undefined;
}
