import type { OutputChunk } from 'tickwork';
import type { CommandContext, CommandOptions } from '../command.ts';
import { readOutput } from '../follow-run.ts';
import { withStore } from '../open-scheduler.ts';

/** What a run has written: its stderr goes to stderr, all else to stdout. */
export async function run(
  context: CommandContext,
  [runId = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const { out } = context;
  const raw = options.raw === true;
  const chunks: OutputChunk[] = [];
  await withStore(context, options, (store) =>
    readOutput(
      store,
      runId,
      { follow: options.follow === true, gone: out.stdout.gone },
      (chunk) => {
        if (out.json) chunks.push(chunk);
        else out.output(chunk.stream === 'stderr' ? 'stderr' : 'stdout', chunk.text, raw);
      },
    ),
  );
  out.answer({ runId, output: chunks });
  return undefined;
}
