import { dirname, join, resolve } from 'node:path';
import { defaultConcurrency, type JobInput, type PoliciesInput } from 'tickwork';
import { z } from 'zod';
import type { ConfigFormat, Interpreted } from '../config-format.ts';
import { type Located, memberOf, type Path } from '../located.ts';
import { type Problem, problemAtPath, type Source } from '../problem.ts';
import { sampleTasks } from '../sample-tasks.ts';
import { foundModules, namedModules, taskModulesSchema } from '../task-modules.ts';

const level = z.enum(['debug', 'info', 'warn', 'error', 'DEBUG', 'INFO', 'WARN', 'ERROR']);

const jobSchema = z.strictObject({
  name: z.string().min(1).describe('The job, and the task that is registered under this name.'),
  type: z
    .enum(['duration', 'cron', 'daily', 'weekly', 'monthly'])
    .describe('How to read schedule.'),
  schedule: z.string().min(1).describe('30s, a cron expression, 02:00.'),
  enabled: z.boolean().optional().describe('Without it or with false: listed, never run.'),
  description: z.string().optional().describe('Text for people.'),
  singleton: z.boolean().optional().describe('true: no run begins while the former goes on.'),
});

const gocronSchema = z.strictObject({
  scheduler: z.strictObject({
    enabled: z.boolean().optional().describe('Without it or with false: nothing runs.'),
    jobs: z.array(jobSchema).nullish().describe('The jobs.'),
  }),
  log: z.strictObject({ level: level.optional() }).optional(),
  logger: z
    .strictObject({ level: level.optional(), encoding: z.enum(['console', 'json']).optional() })
    .optional(),
  tasks: taskModulesSchema
    .optional()
    .describe('Where the functions are; without it the modules in jobs/ beside the file.'),
});

type GocronFile = z.output<typeof gocronSchema>;
type GocronJob = z.output<typeof jobSchema>;

/**
 * What gocron does unless told otherwise: a run is neither repeated nor made up for nor bounded
 * in time, and may begin while the former one goes on.
 */
const gocronPolicies: PoliciesInput = {
  misfire: 'skip',
  overlap: 'allow',
  retry: false,
  timeout: false,
  onNodeLoss: 'fail',
};

/** `configs/config.dev.yaml` of services on gocron: a list of jobs below `scheduler.jobs`. */
export const gocronFormat: ConfigFormat<typeof gocronSchema> = {
  name: 'gocron',
  schema: gocronSchema,
  detects(root) {
    const scheduler = memberOf(root, 'scheduler');
    if (scheduler === null) return false;
    if (memberOf(scheduler, 'jobs')?.kind === 'list') return true;
    return memberOf(scheduler, 'enabled') !== null && memberOf(root, 'jobs') === null;
  },
  // The file is that of a whole application: sections for its server, Redis and so on.
  unknownKeys: 'tell',
  judgesJobsAlone: true,
  jobList: ['scheduler', 'jobs'],
  interpret(value, { source, root, indexOf }) {
    const { jobs, jobPaths, rejected } = jobsOf(value, source, root, indexOf);
    const logLevel = value.log?.level ?? value.logger?.level;
    const directory = dirname(resolve(source.file));
    return {
      settings: {
        name: null,
        description: null,
        timezone: null,
        store: '.tickwork/tickwork.db',
        concurrency: defaultConcurrency,
        scripts: { roots: [], env: [], inline: false, interpreters: {} },
        defaults: gocronPolicies,
        log: {
          level: (logLevel?.toLowerCase() ?? 'info') as 'info',
          format: value.logger?.encoding === 'json' ? 'json' : 'text',
          file: null,
        },
      },
      given: new Set([
        ...(logLevel === undefined ? [] : ['log.level']),
        ...(value.logger?.encoding === undefined ? [] : ['log.format']),
      ]),
      modules:
        value.tasks === undefined
          ? foundModules(join(directory, 'jobs'))
          : namedModules(value.tasks, directory),
      builtins: sampleTasks,
      calendars: {},
      jobs,
      jobPaths,
      warnings: absentSwitches(value, source, root, indexOf),
      rejected,
    };
  },
};

const triggerOf = {
  duration: (every: string) => ({ every }),
  cron: (cron: string) => ({ cron }),
  daily: (daily: string) => ({ daily }),
  weekly: (weekly: string) => ({ weekly }),
  monthly: (monthly: string) => ({ monthly }),
} as const;

function jobsOf(
  { scheduler }: GocronFile,
  source: Source,
  root: Located,
  indexOf: (entry: number) => number,
): Required<Pick<Interpreted, 'jobs' | 'jobPaths' | 'rejected'>> {
  const jobs: Record<string, JobInput> = {};
  const jobPaths = new Map<string, Path>();
  const rejected: Problem[] = [];
  for (const [entry, job] of (scheduler.jobs ?? []).entries()) {
    const path = ['scheduler', 'jobs', indexOf(entry)];
    if (Object.hasOwn(jobs, job.name)) {
      const message = `${JSON.stringify(job.name)} names an earlier job too; names must differ.`;
      rejected.push(problemAtPath(source, root, [...path, 'name'], message));
      continue;
    }
    jobs[job.name] = jobOf(job, scheduler.enabled === true && job.enabled === true);
    jobPaths.set(job.name, path);
  }
  return { jobs, jobPaths, rejected };
}

function jobOf(job: GocronJob, isActive: boolean): JobInput {
  return {
    ...triggerOf[job.type](job.schedule),
    task: job.name,
    status: isActive ? 'active' : 'disabled',
    ...(job.description === undefined ? {} : { description: job.description }),
    ...gocronPolicies,
    ...(job.singleton === true ? { overlap: 'skip' } : {}),
  };
}

/** In these services a switch that is not there is off. */
function absentSwitches(
  { scheduler }: GocronFile,
  source: Source,
  root: Located,
  indexOf: (entry: number) => number,
): readonly Problem[] {
  const warn = (path: Path, what: string): Problem => {
    const message = `is missing, which means false here: ${what} Write enabled: true to run.`;
    return { ...problemAtPath(source, root, [...path, 'enabled'], message), severity: 'warning' };
  };
  const jobs = (scheduler.jobs ?? []).flatMap(({ enabled }, entry) =>
    enabled === undefined
      ? [warn(['scheduler', 'jobs', indexOf(entry)], 'the job is disabled.')]
      : [],
  );
  if (scheduler.enabled !== undefined) return jobs;
  return [warn(['scheduler'], 'nothing runs.'), ...jobs];
}
