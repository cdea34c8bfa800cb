import { z } from 'zod';
import { policyShape } from './policies-schema.ts';
import { taskModulesSchema } from './task-modules.ts';
import { triggerShape } from './trigger-schema.ts';

const job = z
  .strictObject({
    task: z
      .union([z.string(), z.record(z.string(), z.unknown())])
      .optional()
      .describe(
        'What to run: the name of a function of a task module, or a task kind with its options.',
      ),
    script: z
      .union([z.string(), z.record(z.string(), z.unknown())])
      .optional()
      .describe('What to run: a script below scripts.roots, or inline text, with its options.'),
    input: z.unknown().optional().describe('The input of the task.'),
    trigger: z
      .unknown()
      .optional()
      .describe('The trigger as one value, instead of the trigger keys.'),
    ...triggerShape,
    ...policyShape,
    tags: z.array(z.string()).optional().describe('Words for finding and selecting jobs.'),
    description: z.string().optional().describe('Free text for readers.'),
    status: z
      .enum(['active', 'disabled'])
      .optional()
      .describe('disabled: the job is kept but does not run.'),
  })
  .describe('A job: its trigger, its task and its policies.');

/** `tickwork.yaml` and `tickwork.json`. Unknown keys are errors at every depth. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('The JSON schema of this file, for editors. Ignored.'),
    name: z.string().min(1).optional().describe('Name of the node.'),
    description: z
      .string()
      .optional()
      .describe('Free text for readers; printed when the file is run.'),
    timezone: z
      .string()
      .optional()
      .describe('IANA time zone of jobs that name none. Default: the zone of the host.'),
    store: z
      .string()
      .min(1)
      .default('.tickwork/tickwork.db')
      .describe('The SQLite file, relative to this file. Created if it does not exist.'),
    concurrency: z
      .strictObject({
        function: z.int().min(1).default(100).describe('Slots for functions.'),
        external: z.int().min(1).default(10).describe('Slots for scripts and other external work.'),
      })
      .optional()
      .describe('Number of runs that this node executes at once.'),
    pools: z
      .record(z.string(), z.int().min(1))
      .optional()
      .describe('Named capacity pools and their sizes.'),
    scripts: z
      .strictObject({
        roots: z
          .array(z.string().min(1))
          .default([])
          .describe('Directories that scripts may be run from, relative to this file.'),
        env: z
          .array(z.string().min(1))
          .default([])
          .describe('Environment variables of scripts, in addition to the standard ones.'),
        inline: z
          .boolean()
          .default(false)
          .describe(
            'true: jobs may contain their script as text, {inline: …, shell: bash}. Whoever can ' +
              'write a job can then run any command.',
          ),
        interpreters: z
          .record(
            z.string(),
            z.strictObject({
              command: z.array(z.string().min(1)).min(1).describe('The program and its arguments.'),
              extensions: z
                .array(z.string().min(1))
                .describe('File name extensions that it runs, for example .rb.'),
              fallback: z
                .string()
                .optional()
                .describe('The program to use if it is not installed.'),
            }),
          )
          .optional()
          .describe('Additional interpreters for scripts.'),
      })
      .optional()
      .describe('Which scripts may be run, and how.'),
    defaults: z.strictObject(policyShape).optional().describe('Default policies of the jobs.'),
    calendars: z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .optional()
      .describe('Named sets of days that triggers include or exclude.'),
    tasks: taskModulesSchema
      .optional()
      .describe('Modules with the functions that jobs name as their task.'),
    jobs: z.record(z.string(), job).optional().describe('The jobs, by name.'),
    log: z
      .strictObject({
        level: z
          .enum(['debug', 'info', 'warn', 'error'])
          .default('info')
          .describe('The lowest level that is logged.'),
        format: z
          .enum(['text', 'json'])
          .default('text')
          .describe('text for readers, or json for one JSON object per line.'),
      })
      .optional()
      .describe('Logging.'),
  })
  .describe('Configuration of Tickwork.');
