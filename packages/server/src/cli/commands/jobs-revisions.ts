import type { CommandContext, CommandOptions } from '../command.ts';
import { formatInstant } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';

/** The definitions that a job had, the oldest first. */
export async function run(
  context: CommandContext,
  [name = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const revisions = await withStore(context, options, (store) => store.revisions(name));
  const { out } = context;
  out.table(
    ['REVISION', 'SAVED', 'CHANGED', 'TRIGGER'].map((title) => ({ title })),
    revisions.map(({ revision, savedAt, fields, definition, isCurrent }) => [
      `${revision}${isCurrent ? ' *' : ''}`,
      savedAt === null ? '-' : formatInstant(savedAt),
      fields.join(', ') || '-',
      JSON.stringify(definition.trigger),
    ]),
  );
  out.answer({ jobName: name, revisions });
  return undefined;
}
