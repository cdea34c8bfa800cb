import { createInterface } from 'node:readline/promises';
import { unknownNames } from '../../config/check-jobs.ts';
import { fileSource } from '../../config/file-source.ts';
import { problemLines } from '../../config/problem.ts';
import { applyConfig } from '../../config/reload.ts';
import type { CommandContext, CommandOptions } from '../command.ts';
import { readChecked, withConfigStore } from '../config-store.ts';
import { UsageError } from '../fail.ts';
import { showDifference } from '../show-difference.ts';

/** Makes the stored jobs those of a file, after showing what changes. */
export async function run(
  context: CommandContext,
  [file]: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<number> {
  const isSure = options.yes === true;
  const canAsk = process.stdin.isTTY === true && context.out.stdout.isTTY === true;
  if (!isSure && !canAsk) throw new UsageError('off a terminal, confirm with --yes.');
  const config = await readChecked(context, file, options);
  const { jobs, calendars } = config;
  return await withConfigStore(config, { create: true }, async (scheduler) => {
    const difference = await scheduler.diffJobs(fileSource(config), jobs, { calendars });
    showDifference(context.out, difference);
    const agreed = isSure || difference.jobs.length === 0 || (await confirm());
    if (!agreed) {
      context.out.words('nothing was changed');
      context.out.answer({ applied: null, difference });
      return 1;
    }
    const applied = await applyConfig(scheduler, config);
    for (const line of problemLines(unknownNames(config, applied))) context.out.words(line);
    context.out.words('applied');
    context.out.answer({ applied, difference });
    return 0;
  });
}

async function confirm(): Promise<boolean> {
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/iu.test((await asked.question('Apply this? [y/N] ')).trim());
  } finally {
    asked.close();
  }
}
