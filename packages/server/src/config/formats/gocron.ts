import type { JobInput } from 'tickwork';
import { z } from 'zod';
import type { ConfigFormat } from '../load-config.ts';
import type { Located } from '../located.ts';
import { type Problem, problemAtPath } from '../problem.ts';

const level = z.enum(['debug', 'info', 'warn', 'error', 'DEBUG', 'INFO', 'WARN', 'ERROR']);

const entry = z.strictObject({
  name: z.string().min(1).describe('The job, and the task that is registered under this name.'),
  type: z
    .enum(['duration', 'cron', 'daily', 'weekly', 'monthly'])
    .describe('How to read schedule.'),
  schedule: z.string().min(1).describe('30s, a cron expression, 02:00.'),
  enabled: z.boolean().default(true).describe('false: listed, never run.'),
});

/** Other sections of the application's file are none of our business and stay unread. */
const gocronSchema = z.object({
  scheduler: z.strictObject({
    enabled: z.boolean().default(true).describe('false: nothing runs.'),
    jobs: z.array(entry).default([]).describe('The jobs.'),
  }),
  log: z.object({ level: level.optional() }).optional(),
});

/** `configs/config.dev.yaml` of services on gocron: a list of jobs below `scheduler.jobs`. */
export const gocronFormat: ConfigFormat<typeof gocronSchema> = {
  name: 'gocron',
  schema: gocronSchema,
  detects(root) {
    const scheduler = memberOf(root, 'scheduler');
    const jobs = scheduler && memberOf(scheduler, 'jobs');
    return jobs?.kind === 'list' || (scheduler !== null && memberOf(scheduler, 'enabled') !== null);
  },
  // As these services have it: a wrong job is told, and the others run.
  jobList: ['scheduler', 'jobs'],
  interpret(value, { source, root, indexOf }) {
    const jobs: Record<string, JobInput> = {};
    const jobPaths = new Map<string, readonly (string | number)[]>();
    const rejected: Problem[] = [];
    for (const [entry, job] of value.scheduler.jobs.entries()) {
      const path = ['scheduler', 'jobs', indexOf(entry)];
      if (Object.hasOwn(jobs, job.name)) {
        const message = `${JSON.stringify(job.name)} names an earlier job too; names must differ.`;
        rejected.push(problemAtPath(source, root, [...path, 'name'], message));
        continue;
      }
      const active = value.scheduler.enabled && job.enabled;
      jobs[job.name] = {
        [triggerKeys[job.type]]: job.schedule,
        task: job.name,
        status: active ? 'active' : 'disabled',
      };
      jobPaths.set(job.name, path);
    }
    return {
      settings: {
        name: null,
        description: null,
        timezone: null,
        store: '.tickwork/tickwork.db',
        concurrency: { function: 100, external: 10 },
        scripts: { roots: [], env: [], interpreters: {} },
        defaults: {},
        log: {
          level: (value.log?.level?.toLowerCase() ?? 'info') as 'info',
          format: 'text',
          file: null,
        },
      },
      given: new Set(value.log?.level === undefined ? [] : ['log.level']),
      modules: [],
      calendars: {},
      jobs,
      jobPaths,
      warnings: [],
      rejected,
    };
  },
};

const triggerKeys = {
  duration: 'every',
  cron: 'cron',
  daily: 'daily',
  weekly: 'weekly',
  monthly: 'monthly',
} as const;

function memberOf(node: Located, key: string): Located | null {
  return node.kind === 'map' ? (node.entries.get(key) ?? null) : null;
}
