import { join } from 'node:path';
import { z } from 'zod';
import type { ConfigFormat } from '../load-config.ts';
import type { Located } from '../located.ts';
import { parseBytes } from '../parse-bytes.ts';
import { type Problem, problemAtPath } from '../problem.ts';
import type { Settings } from '../settings.ts';

const seconds = z.number().min(0);
const level = z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR']);

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
});

/** `scheduler_config.json` of the Python scheduler: three sections, all keys optional. */
export const enterpriseFormat: ConfigFormat<typeof enterpriseSchema> = {
  name: 'enterprise',
  schema: enterpriseSchema,
  detects(root) {
    if (root.kind !== 'map' || root.entries.size === 0) return false;
    const sections = [...root.entries].filter(([, node]) => node.kind === 'map');
    const isKnown = ([key, node]: [string, Located]) =>
      node.kind === 'map' && [...node.entries.keys()].some((name) => ownKeys[key]?.includes(name));
    return sections.some(isKnown);
  },
  interpret(value, { source, root }) {
    const { scheduler = {}, tasks = {}, logging = {} } = value;
    const size = parseBytes(logging.max_log_size ?? '10MB');
    if (size === null) {
      const path = ['logging', 'max_log_size'];
      const message = `${JSON.stringify(logging.max_log_size)} — expected a size such as 10MB.`;
      return { problems: [problemAtPath(source, root, path, message)] };
    }
    const workers = scheduler.max_workers ?? 10;
    const settings: Settings = {
      name: null,
      description: null,
      timezone: null,
      store: '.tickwork/tickwork.db',
      concurrency: { function: workers, external: workers },
      scripts: { roots: ['.'], env: [], interpreters: {} },
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
    };
    const given = new Set<string>();
    if (scheduler.max_workers !== undefined) {
      for (const pool of ['function', 'external']) given.add(`concurrency.${pool}`);
    }
    if (scheduler.log_level !== undefined) given.add('log.level');
    const warnings: Problem[] = [];
    return { settings, given, modules: [], calendars: {}, jobs: {}, jobPaths: new Map(), warnings };
  },
};

const levels = { DEBUG: 'debug', INFO: 'info', WARNING: 'warn', ERROR: 'error' } as const;

/** Keys that only this format has; one of them is enough to know it. */
const ownKeys: Readonly<Record<string, readonly string[]>> = {
  scheduler: ['max_workers', 'check_interval', 'enable_monitoring', 'log_level'],
  tasks: ['default_timeout', 'max_retries', 'retry_delay'],
  logging: ['log_dir', 'log_file', 'max_log_size', 'backup_count'],
};
