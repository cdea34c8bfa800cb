import { z } from 'zod';
import { policyShape } from './policies-schema.ts';
import { taskModulesSchema } from './task-modules.ts';
import { triggerShape } from './trigger-schema.ts';

const job = z
  .strictObject({
    task: z
      .union([z.string(), z.record(z.string(), z.unknown())])
      .optional()
      .describe('What to run: the name of a function of a task module, or a task of a kind.'),
    script: z
      .union([z.string(), z.record(z.string(), z.unknown())])
      .optional()
      .describe('What to run: a script below scripts.roots, or inline, with its options.'),
    input: z.unknown().optional().describe('Handed to the task.'),
    trigger: z.unknown().optional().describe('When, in one value, in place of the keys below.'),
    ...triggerShape,
    ...policyShape,
    tags: z.array(z.string()).optional().describe('Words to find jobs by.'),
    description: z.string().optional().describe('Text for people.'),
    status: z.enum(['active', 'disabled']).optional().describe('disabled: never runs.'),
  })
  .describe('A job: when, what, and its policies.');

/** `tickwork.yaml` and `tickwork.json`. Unknown keys are errors at every depth. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors; ignored.'),
    name: z.string().min(1).optional().describe('How this node calls itself.'),
    description: z.string().optional().describe('Text for people; printed when the file is run.'),
    timezone: z
      .string()
      .optional()
      .describe("The IANA zone of jobs that name none; without it the host's."),
    store: z
      .string()
      .min(1)
      .default('.tickwork/tickwork.db')
      .describe('The SQLite file, relative to this file; made if it is missing.'),
    concurrency: z
      .strictObject({
        function: z.int().min(1).default(100).describe('Function runs at once.'),
        external: z.int().min(1).default(10).describe('Scripts and other outside work at once.'),
      })
      .optional()
      .describe('How much this node runs at once.'),
    pools: z
      .record(z.string(), z.int().min(1))
      .optional()
      .describe('Rooms that runs of several jobs share: their sizes by name.'),
    scripts: z
      .strictObject({
        roots: z
          .array(z.string().min(1))
          .default([])
          .describe('Directories, relative to this file, below which scripts may be run.'),
        env: z
          .array(z.string().min(1))
          .default([])
          .describe('Environment variables that scripts get besides the usual few.'),
        inline: z
          .boolean()
          .default(false)
          .describe(
            'true: jobs may hold their script as text, {inline: …, shell: bash}; whoever may ' +
              'write a job then runs any command.',
          ),
        interpreters: z
          .record(
            z.string(),
            z.strictObject({
              command: z.array(z.string().min(1)).min(1).describe('The program and its arguments.'),
              extensions: z.array(z.string().min(1)).describe('The endings it runs, as .rb.'),
              fallback: z.string().optional().describe('What to use where it is not installed.'),
            }),
          )
          .optional()
          .describe('Further programs that run scripts.'),
      })
      .optional()
      .describe('What scripts may be run.'),
    defaults: z.strictObject(policyShape).optional().describe('Policies of jobs that say nothing.'),
    calendars: z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .optional()
      .describe('Named sets of days that triggers include or exclude.'),
    tasks: taskModulesSchema
      .optional()
      .describe('Where the functions are that jobs name as their task.'),
    jobs: z.record(z.string(), job).optional().describe('The jobs by name.'),
    log: z
      .strictObject({
        level: z
          .enum(['debug', 'info', 'warn', 'error'])
          .default('info')
          .describe('The least important lines that are written.'),
        format: z
          .enum(['text', 'json'])
          .default('text')
          .describe('Lines for people, or one JSON object a line.'),
      })
      .optional()
      .describe('What is written while running.'),
  })
  .describe('The configuration of Tickwork.');
