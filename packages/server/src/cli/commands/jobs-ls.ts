import type { JobFilter, JobStatus } from 'tickwork';
import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { formatInstant } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';
import { choiceOption, countOption } from '../options.ts';
import { jobJson } from '../views.ts';

const statuses: readonly JobStatus[] = ['active', 'paused', 'disabled'];

/** Lists jobs in the order of their names. */
export async function run(
  context: CommandContext,
  _args: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const status = choiceOption(options, 'status', statuses);
  const [tag, search] = [textOption(options, 'tag'), textOption(options, 'search')];
  const filter: JobFilter = {
    ...(status === undefined ? {} : { status }),
    ...(tag === undefined ? {} : { tag }),
    ...(search === undefined ? {} : { search }),
  };
  const limit = countOption(options, 'limit', 20, 1000);
  const jobs = await withStore(context, options, (store) => store.jobs(filter, { limit }));
  const { out, language } = context;
  out.table(
    [
      { title: 'NAME' },
      { title: 'STATUS' },
      { title: 'NEXT' },
      { title: 'LAST' },
      { title: 'WHEN' },
    ],
    jobs.map((job) => [
      job.name,
      { style: job.status === 'active' ? 'green' : 'yellow', text: job.status },
      job.nextRunAt === null ? '-' : formatInstant(job.nextRunAt),
      job.stats.lastState ?? '-',
      job.describe[language],
    ]),
  );
  out.answer({ jobs: jobs.map(jobJson) });
  return undefined;
}
