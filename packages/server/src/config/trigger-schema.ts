import { z } from 'zod';

const text = z.string();
const texts = z.union([z.string(), z.array(z.string()).min(1)]);
const days = z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()])).min(1)]);
const instant = z.union([z.string(), z.number()]);
const daysAt = z.union([z.string(), z.strictObject({ on: days, at: texts })]);
const daysAtList = z.union([daysAt, z.array(daysAt).min(1)]);
const span = z.union([z.string(), z.strictObject({ from: z.string(), to: z.string() })]);

/**
 * The keys that say when a job runs, and their options. Only shapes are told here, for
 * editors and for places in messages; the library decides what a value means.
 */
export const triggerShape = {
  every: text.optional().describe('Fires at this interval, for example 30s.'),
  from: z
    .enum(['start', 'end'])
    .optional()
    .describe('every: whether the interval counts from the start or from the end of a run.'),
  phase: text.optional().describe('every: offset of the grid of instants from 1970-01-01T00:00Z.'),
  cron: texts.optional().describe('A cron expression of 5 to 7 fields, or a macro such as @daily.'),
  dialect: z
    .enum(['standard', 'quartz'])
    .optional()
    .describe('cron: how weekdays are numbered (standard: Sunday is 0; quartz: Sunday is 1).'),
  daily: texts.optional().describe('Times of day, for example 02:00.'),
  weekly: daysAtList.optional().describe("Weekdays and times, for example 'mon,wed 09:00'."),
  monthly: daysAtList
    .optional()
    .describe("Days of the month and times, for example 'last workday 18:00'."),
  everyDays: z.int().min(1).optional().describe('Every n days, counted from anchor.'),
  everyWeeks: z.int().min(1).optional().describe('Every n weeks, counted from anchor.'),
  everyMonths: z.int().min(1).optional().describe('Every n months, counted from anchor.'),
  at: texts.optional().describe('everyDays, everyWeeks, everyMonths: the times of day.'),
  on: days
    .optional()
    .describe('everyWeeks, everyMonths: the days; after: success, failure or completion.'),
  anchor: instant.optional().describe('The date or instant from which periods are counted.'),
  once: instant.optional().describe('One instant, for example 2030-12-01T09:00.'),
  allowPast: z.boolean().optional().describe('once: accept an instant in the past.'),
  random: z
    .strictObject({
      min: z.string().describe('Shortest interval.'),
      max: z.string().describe('Longest interval.'),
      seed: z.union([z.string(), z.number()]).optional().describe('Seed of the random sequence.'),
      activeHours: z
        .union([span, z.array(span).min(1)])
        .optional()
        .describe("Local hours within which it fires, for example '08:00..22:00'."),
      weekdayWeights: z
        .union([z.array(z.number().min(0)), z.record(z.string(), z.number().min(0))])
        .optional()
        .describe('Weights of the weekdays, as a list from Monday on or by name.'),
    })
    .optional()
    .describe('Fires at random intervals between min and max.'),
  startup: z
    .union([z.boolean(), z.enum(['node', 'cluster'])])
    .optional()
    .describe('Fires once when the scheduler starts.'),
  after: texts.optional().describe('Fires when a run of one of these jobs ends.'),
  manual: z.literal(true).optional().describe('Runs only when it is run by hand.'),
  any: z
    .array(z.unknown())
    .min(1)
    .optional()
    .describe('Several triggers; the job fires at the instants of each.'),
  zone: text.optional().describe('The IANA time zone of the trigger.'),
  startAt: instant.optional().describe('Earliest instant.'),
  endAt: instant.optional().describe('Latest instant; a date includes the whole day.'),
  runsMax: z.int().min(1).optional().describe('Maximum number of instants in total.'),
  limit: z.int().min(1).optional().describe('Same as runsMax.'),
  jitter: text
    .optional()
    .describe(
      'Delays each start by 0 to this duration; the same instant always has the same delay.',
    ),
  calendar: text
    .optional()
    .describe('Name of the calendar that says on which days the job may run.'),
  roll: z
    .enum(['skip', 'following', 'preceding', 'modified-following', 'modified-preceding'])
    .optional()
    .describe('Where instants on excluded days move to.'),
  dst: z
    .union([
      z.literal('ocps'),
      z.strictObject({
        gap: z
          .enum(['after', 'skip'])
          .optional()
          .describe('Times of day that do not exist because of a clock change.'),
        overlap: z
          .enum(['first', 'both', 'last'])
          .optional()
          .describe('Times of day that occur twice because of a clock change.'),
      }),
    ])
    .optional()
    .describe('What happens to times of day that a clock change removes or repeats.'),
};
