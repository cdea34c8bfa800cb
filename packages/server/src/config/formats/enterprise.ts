import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { ConfigFormat } from '../config-format.ts';
import type { Located } from '../located.ts';
import { parseBytes } from '../parse-bytes.ts';
import { problemAtPath } from '../problem.ts';
import type { Settings } from '../settings.ts';
import { namedModules, taskModulesSchema } from '../task-modules.ts';
import { cleanLogs } from './enterprise-log-cleanup.ts';
import { predefinedJobs, predefinedSchema } from './enterprise-tasks.ts';

const seconds = z.number().min(0);
const level = z.enum(['DEBUG', 'INFO', 'WARNING', 'WARN', 'ERROR', 'CRITICAL', 'FATAL']);

const enterpriseSchema = z.strictObject({
  scheduler: z
    .strictObject({
      max_workers: z.int().min(1).optional().describe('Runs at once.'),
      check_interval: seconds.optional().describe('Accepted; runs start at their instant anyway.'),
      enable_monitoring: z.boolean().optional().describe('Accepted; facts are always kept.'),
      log_level: level.optional().describe('The least important lines that are written.'),
    })
    .optional(),
  tasks: z
    .strictObject({
      default_timeout: seconds.optional().describe('Seconds of one attempt; 0 = no limit.'),
      max_retries: z.int().min(0).optional().describe('Further attempts after a failure.'),
      retry_delay: seconds.optional().describe('Seconds between attempts.'),
      modules: taskModulesSchema
        .optional()
        .describe('Where the functions are that further ids of predefined_tasks name.'),
    })
    .optional(),
  logging: z
    .strictObject({
      log_dir: z.string().min(1).optional().describe('Where the log file is.'),
      log_file: z.string().min(1).optional().describe('Its name.'),
      max_log_size: z
        .union([z.string(), z.int().min(1)])
        .optional()
        .describe('When it is renamed, as 10MB.'),
      backup_count: z.int().min(0).optional().describe('How many renamed ones are kept.'),
    })
    .optional(),
  predefined_tasks: predefinedSchema.optional(),
});

type EnterpriseFile = z.output<typeof enterpriseSchema>;

/** `scheduler_config.json` of the Python scheduler: four sections, all keys optional. */
export const enterpriseFormat: ConfigFormat<typeof enterpriseSchema> = {
  name: 'enterprise',
  schema: enterpriseSchema,
  detects(root) {
    if (root.kind !== 'map') return false;
    return [...root.entries].some(([section, node]) => isOwn(section, node));
  },
  unknownKeys: 'tell',
  judgesJobsAlone: true,
  interpret(value, { source, root }) {
    const { logging = {} } = value;
    const size = parseBytes(logging.max_log_size ?? '10MB');
    if (size === null) {
      const path = ['logging', 'max_log_size'];
      const message = `${JSON.stringify(logging.max_log_size)} — expected a size such as 10MB.`;
      return { problems: [problemAtPath(source, root, path, message)] };
    }
    const directory = dirname(resolve(source.file));
    const settings = settingsOf(value, size);
    const modules = value.tasks?.modules ?? [];
    const predefined = predefinedJobs(value.predefined_tasks, {
      directory,
      defaults: settings.defaults,
      hasModules: modules.length > 0,
      place: { source, root },
    });
    const given = new Set<string>();
    if (value.scheduler?.max_workers !== undefined) {
      for (const slots of ['function', 'external']) given.add(`concurrency.${slots}`);
    }
    if (value.scheduler?.log_level !== undefined) given.add('log.level');
    const logDirectory = resolve(directory, logging.log_dir ?? 'logs');
    return {
      settings,
      given,
      modules: namedModules(modules, directory, ['tasks', 'modules']),
      builtins: { log_cleanup: (_input, context) => cleanLogs(logDirectory, context) },
      calendars: {},
      ...predefined,
    };
  },
};

function settingsOf({ scheduler = {}, tasks = {}, logging = {} }: EnterpriseFile, size: number) {
  const workers = scheduler.max_workers ?? 10;
  return {
    name: null,
    description: null,
    timezone: null,
    store: '.tickwork/tickwork.db',
    concurrency: { function: workers, external: workers },
    // Its scripts inherit the whole environment, as children of the Python scheduler do.
    scripts: { roots: ['.'], env: ['*'], inline: false, interpreters: {} },
    defaults: {
      timeout: (tasks.default_timeout ?? 300) * 1000,
      retry: { attempts: tasks.max_retries ?? 3, delay: (tasks.retry_delay ?? 5) * 1000 },
    },
    log: {
      level: levels[scheduler.log_level ?? 'INFO'],
      format: 'text',
      file: {
        path: join(logging.log_dir ?? 'logs', logging.log_file ?? 'scheduler.log'),
        bytesMax: size,
        backupCount: logging.backup_count ?? 5,
      },
    },
  } satisfies Omit<Settings, 'directory'>;
}

const levels = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  WARN: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
  FATAL: 'error',
} as const;

/** Keys that only this format has; one of them is enough to know it. */
const ownKeys: ReadonlyMap<string, readonly string[]> = new Map([
  ['scheduler', ['max_workers', 'check_interval', 'enable_monitoring', 'log_level']],
  ['tasks', ['default_timeout', 'max_retries', 'retry_delay']],
  ['logging', ['log_dir', 'log_file', 'max_log_size', 'backup_count']],
]);

function isOwn(section: string, node: Located): boolean {
  if (node.kind !== 'map') return false;
  if (section === 'predefined_tasks') return true;
  return (ownKeys.get(section) ?? []).some((key) => node.entries.has(key));
}
