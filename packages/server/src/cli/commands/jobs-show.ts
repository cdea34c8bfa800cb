import type { CommandContext, CommandOptions } from '../command.ts';
import { formatInstant, formatLength } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';
import { jobJson, printFields } from '../views.ts';

/** A job with its definition and figures. */
export async function run(
  context: CommandContext,
  [name = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const { job, stats } = await withStore(context, options, async (store) => ({
    job: await store.findJob(name),
    stats: await store.stats(name),
  }));
  const { out, language } = context;
  const instant = (at: number | null): string => (at === null ? '-' : formatInstant(at));
  printFields(out, [
    ['name', job.name],
    ['status', [job.status, job.statusReason].filter((part) => part !== null).join(': ')],
    ['when', job.describe[language]],
    ['task', [job.definition.task.kind, job.definition.task.name].join(' ').trim()],
    ['next', instant(stats.nextRunAt)],
    ['last', instant(stats.lastRunAt)],
    ['runs', String(stats.runCount)],
    ['success', `${stats.successCount} of ${stats.successCount + stats.failureCount}`],
    ['mean', stats.durationMsMean === null ? '-' : formatLength(stats.durationMsMean)],
    ['skipped', String(stats.skippedCount)],
    ['error', stats.lastError ?? '-'],
    ['revision', String(job.revision)],
    ['source', [job.source.kind, job.source.id].join(' ').trim()],
    ['tags', job.definition.tags.join(', ') || '-'],
    ['policies', JSON.stringify(job.definition.policies)],
  ]);
  out.answer({ job: jobJson(job), stats });
  return undefined;
}
