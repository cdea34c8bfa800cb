import { TickworkError } from 'tickwork';
import type { CommandContext, CommandOptions } from '../command.ts';
import { withStore } from '../open-scheduler.ts';

/** Stops a run: at once if it has not begun, else its node stops it within a second. */
export async function run(
  context: CommandContext,
  [runId = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const cancelled = await withStore(context, options, (store) => store.cancel(runId));
  if (cancelled.outcome === 'unknown') {
    throw new TickworkError('RUN_NOT_FOUND', {
      field: 'run',
      value: runId,
      reason: 'does not exist.',
      remedy: 'List the runs with `tickwork runs ls`.',
    });
  }
  context.out.line(`${runId}: ${words[cancelled.outcome]}`);
  context.out.answer(cancelled);
  return undefined;
}

const words = {
  cancelled: 'cancelled',
  requested: 'its node is asked to stop it',
  finished: 'had finished already',
} as const;
