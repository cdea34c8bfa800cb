import type { SkipRange } from 'tickwork';
import type { CommandContext, CommandOptions } from '../command.ts';
import { formatInstant, formatLength } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';
import { jobJson, printFields, windowText } from '../views.ts';

const SKIPS_SHOWN_MS = 7 * 86_400_000;

/** A job with its definition and figures. */
export async function run(
  context: CommandContext,
  [name = '']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const now = Date.now();
  const { job, stats, skips } = await withStore(context, options, async (store) => ({
    job: await store.findJob(name),
    stats: await store.stats(name),
    skips: await store.skips(name, now - SKIPS_SHOWN_MS, now),
  }));
  const { out, language } = context;
  const zone = job.zone ?? undefined;
  const instant = (at: number | null): string => (at === null ? '-' : formatInstant(at, zone));
  const windows = job.skipWindows.filter((skipWindow) => skipWindow.toAt > now);
  printFields(out, [
    ['name', job.name],
    ['status', [job.status, job.statusReason].filter((part) => part !== null).join(': ')],
    ['when', job.describe[language]],
    ['task', [job.definition.task.kind, job.definition.task.name].join(' ').trim()],
    ['next', instant(stats.nextRunAt)],
    ...windows.map(
      (skipWindow, i) => [i === 0 ? 'skips' : '', windowText(skipWindow, zone)] as const,
    ),
    ['last', instant(stats.lastRunAt)],
    ['runs', String(stats.runCount)],
    ['success', `${stats.successCount} of ${stats.successCount + stats.failureCount}`],
    ['mean', stats.durationMsMean === null ? '-' : formatLength(stats.durationMsMean)],
    ['skipped', String(stats.skippedCount)],
    ...skips.slice(-5).map((skip) => ['', skipText(skip, zone)] as const),
    ['error', stats.lastError ?? '-'],
    ...(job.failuresInRow > 0 ? [['failures', `${job.failuresInRow} in a row`] as const] : []),
    ['revision', String(job.revision)],
    ['source', [job.source.kind, job.source.id].join(' ').trim()],
    ['tags', job.definition.tags.join(', ') || '-'],
    ['policies', JSON.stringify(job.definition.policies)],
  ]);
  out.answer({ job: jobJson(job), stats, skips });
  return undefined;
}

/** `3 × paused, 2027-01-01 09:00:00+00:00 … 2027-01-01 09:00:02+00:00` */
function skipText(skip: SkipRange, zone: string | undefined): string {
  const [from, to] = [formatInstant(skip.fromAt, zone), formatInstant(skip.toAt, zone)];
  return `${skip.count} × ${skip.reason}, ${from}${from === to ? '' : ` … ${to}`}`;
}
