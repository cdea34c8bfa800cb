import type { Forecast, ForecastOptions, HourForecast } from 'tickwork';
import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { askedFile, keptDurations, tellIfEmpty, withFileJobs } from '../file-jobs.ts';
import { formatInstant, formatLength } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';
import { choiceOption, countOption } from '../options.ts';
import type { Output } from '../output.ts';
import { printFields } from '../views.ts';

const NODES_MAX = 10_000;
const JOBS_SHOWN = 20;
const BAR_MAX = 40;

/** What would run in a period: load per hour, peaks, collisions, quiet windows. */
export async function run(
  context: CommandContext,
  [file]: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const query = queryOf(options);
  const config = askedFile(context, file, options);
  let told: Forecast;
  if (config === null) {
    told = await withStore(context, options, (store) => store.forecast(query));
  } else {
    const durations = await keptDurations(config);
    const slots = config.settings.concurrency;
    const asked = { ...query, durations, slots, jobs: config.jobs };
    told = await withFileJobs(config, (scheduler) => scheduler.forecast(asked));
  }
  if (told.jobs.length > 0) show(context.out, told);
  tellIfEmpty(context, config, told.jobs.length);
  context.out.answer(told);
  return undefined;
}

function queryOf(options: CommandOptions): ForecastOptions {
  const texts = ['from', 'to', 'assume'] as const;
  const given = texts.flatMap((name) => {
    const text = textOption(options, name);
    return text === undefined ? [] : [[name, text] as const];
  });
  const use = choiceOption(options, 'use', ['mean', 'p95']);
  return {
    ...Object.fromEntries(given),
    ...(use === undefined ? {} : { use }),
    nodes: countOption(options, 'nodes', 1, NODES_MAX),
  };
}

function show(out: Output, told: Forecast): void {
  const { peak, slots, quietWindows, clockNotes } = told;
  const at = (instant: number | null): string => (instant === null ? '-' : formatInstant(instant));
  const slotLine = ({
    runningCount,
    slotCount,
    busyShare,
    fullMs,
  }: Forecast['slots']['function']) =>
    `${runningCount} of ${slotCount} slots at most, ${(busyShare * 100).toFixed(1)} % busy` +
    (fullMs === 0 ? '' : `, runs wait for ${formatLength(fullMs)}`);
  const assumed = told.assumedCount === 0 ? '' : `, ${told.assumedCount} with assumed lengths`;
  printFields(out, [
    ['period', `${at(told.fromAt)} to ${at(told.untilAt)}`],
    ['jobs', `${told.jobs.length}${assumed}`],
    ['runs', String(told.runCount)],
    ['peak', `${peak.runningCount} at once, ${at(peak.peakAt)}`],
    ['functions', slotLine(slots.function)],
    ['external', slotLine(slots.external)],
    ['collisions', String(told.collisionCount)],
    ['quiet', quietWindows.map((each) => `${at(each.fromAt)} to ${at(each.untilAt)}`).join('\n')],
  ]);
  out.line();
  showHours(out, told.hours);
  showJobs(out, told);
  showLimits(out, told.limits);
  for (const { jobName, message } of clockNotes) out.line(`${jobName}: ${message}`);
  for (const { jobNames, jobCount, message } of told.unknowns) {
    const more = jobCount > jobNames.length ? ` and ${jobCount - jobNames.length} more` : '';
    out.line(`${jobNames.join(', ')}${more}: ${message}`);
  }
}

/** A line per hour; of more than two days only the busiest hours. */
function showHours(out: Output, hours: readonly HourForecast[]): void {
  const max = Math.max(1, ...hours.map((hour) => hour.startedCount));
  const shown = hours.length <= 48 ? hours : busiest(hours);
  out.table(
    [
      { title: 'HOUR' },
      { title: 'RUNS', align: 'right' },
      { title: 'AT ONCE', align: 'right' },
      { title: '' },
    ],
    shown.map(({ hourAt, startedCount, runningCountMax }) => [
      formatInstant(hourAt),
      String(startedCount),
      String(runningCountMax),
      '#'.repeat(Math.round((startedCount / max) * BAR_MAX)),
    ]),
  );
  if (shown.length < hours.length)
    out.words(`the ${shown.length} busiest of ${hours.length} hours`);
}

function busiest(hours: readonly HourForecast[]): readonly HourForecast[] {
  const sorted = [...hours].sort((a, b) => b.startedCount - a.startedCount || a.hourAt - b.hourAt);
  return sorted.slice(0, 12).sort((a, b) => a.hourAt - b.hourAt);
}

type SkipReason = keyof Forecast['jobs'][number]['skipped'];

/** `12 overlap, 3 too-late`: the reasons in the words of the ledger. */
function skippedText(skipped: Forecast['jobs'][number]['skipped']): string {
  const reasons = (Object.keys(skipped) as SkipReason[]).filter((reason) => skipped[reason] > 0);
  return reasons.map((reason) => `${skipped[reason]} ${reason}`).join(', ') || '0';
}

function delaysText(count: number, longestMs: number): string {
  return count === 0 ? '0' : `${count} (${formatLength(longestMs)})`;
}

/** Only jobs with something to tell. */
function showJobs(out: Output, { jobs }: Forecast): void {
  const troubled = jobs.filter(
    (job) =>
      Object.values(job.skipped).some((count) => count > 0) ||
      job.lateCount + job.timeoutCount + job.replacedCount + job.limitedCount > 0,
  );
  if (troubled.length === 0) return;
  out.line();
  const numbers = ['INSTANTS', 'RUNS', 'QUEUED', 'REPLACED', 'TIMED OUT', 'LATE', 'LIMITED'];
  out.table(
    [
      { title: 'JOB' },
      ...numbers.map((title) => ({ title, align: 'right' as const })),
      { title: 'SKIPPED' },
    ],
    troubled
      .slice(0, JOBS_SHOWN)
      .map((job) => [
        job.jobName,
        String(job.instantCount),
        String(job.runCount),
        String(job.queuedCount),
        String(job.replacedCount),
        String(job.timeoutCount),
        delaysText(job.lateCount, job.latenessMsMax),
        delaysText(job.limitedCount, job.limitedMsMax),
        skippedText(job.skipped),
      ]),
  );
  if (troubled.length > JOBS_SHOWN) {
    out.words(`the first ${JOBS_SHOWN} of ${troubled.length} jobs with something to tell`);
  }
}

/** Keys, pools and rates that hold runs back. */
function showLimits(out: Output, limits: Forecast['limits']): void {
  const felt = limits.filter((limit) => limit.limitedCount > 0).slice(0, JOBS_SHOWN);
  if (felt.length === 0) return;
  out.line();
  const numbers = ['DELAYED', 'WAITING AT MOST', 'EXPIRED'];
  out.table(
    [
      { title: 'LIMIT' },
      { title: 'ROOM' },
      ...numbers.map((title) => ({ title, align: 'right' as const })),
      { title: 'PEAK AT' },
    ],
    felt.map(({ key, max, perMs, ...limit }) => [
      key,
      perMs === null ? `${max} at once` : `${max} in ${formatLength(perMs)}`,
      delaysText(limit.limitedCount, limit.limitedMsMax),
      String(limit.waitingCountMax),
      String(limit.expiredCount),
      limit.waitingPeakAt === null ? '-' : formatInstant(limit.waitingPeakAt),
    ]),
  );
}
