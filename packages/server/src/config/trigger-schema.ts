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
  every: text.optional().describe('Fires again and again after this length of time, as 30s.'),
  from: z.enum(['start', 'end']).optional().describe('every: counted from start or end of runs.'),
  phase: text.optional().describe('every: shifts the grid, counted from 1970-01-01T00:00Z.'),
  cron: texts.optional().describe('A cron expression of 5 to 7 fields, or @daily and the like.'),
  dialect: z.enum(['standard', 'quartz']).optional().describe('cron: how weekdays are counted.'),
  daily: texts.optional().describe('Times of each day, as 02:00.'),
  weekly: daysAtList.optional().describe("Weekdays with times, as 'mon,wed 09:00'."),
  monthly: daysAtList
    .optional()
    .describe("Days of each month with times, as 'last workday 18:00'."),
  everyDays: z.int().min(1).optional().describe('Every n-th day, counted from anchor.'),
  everyWeeks: z.int().min(1).optional().describe('Every n-th week, counted from anchor.'),
  everyMonths: z.int().min(1).optional().describe('Every n-th month, counted from anchor.'),
  at: texts.optional().describe('everyDays, everyWeeks, everyMonths: the times of the day.'),
  on: days
    .optional()
    .describe('everyWeeks, everyMonths: the days; after: success, failure or completion.'),
  anchor: instant.optional().describe('A date or instant that periods are counted from.'),
  once: instant.optional().describe('One instant, as 2030-12-01T09:00.'),
  allowPast: z.boolean().optional().describe('once: accept an instant that is past.'),
  random: z
    .strictObject({
      min: z.string().describe('The shortest length.'),
      max: z.string().describe('The longest length.'),
      seed: z.union([z.string(), z.number()]).optional().describe('Draws other lengths.'),
      activeHours: z
        .union([span, z.array(span).min(1)])
        .optional()
        .describe("Local hours in which instants may fall, as '08:00..22:00'."),
      weekdayWeights: z
        .union([z.array(z.number().min(0)), z.record(z.string(), z.number().min(0))])
        .optional()
        .describe('Weights of the weekdays, Monday first or by name.'),
    })
    .optional()
    .describe('Fires after lengths of time drawn between min and max.'),
  startup: z
    .union([z.boolean(), z.enum(['node', 'cluster'])])
    .optional()
    .describe('Fires when the scheduler starts.'),
  after: texts.optional().describe('Fires when a run of one of these jobs ends.'),
  manual: z.literal(true).optional().describe('Fires only by hand.'),
  any: z.array(z.unknown()).min(1).optional().describe('Several triggers: fires at each.'),
  zone: text.optional().describe('The IANA time zone of the trigger.'),
  startAt: instant.optional().describe('No instant before.'),
  endAt: instant.optional().describe('No instant after; a date includes the whole day.'),
  runsMax: z.int().min(1).optional().describe('At most so many instants in all.'),
  limit: z.int().min(1).optional().describe('The same as runsMax.'),
  jitter: text.optional().describe('Each start is moved by 0 to this length.'),
  calendar: text.optional().describe('The calendar that says on which days the job may run.'),
  roll: z
    .enum(['skip', 'following', 'preceding', 'modified-following', 'modified-preceding'])
    .optional()
    .describe('Where instants on excluded days go.'),
  dst: z
    .union([
      z.literal('ocps'),
      z.strictObject({
        gap: z.enum(['after', 'skip']).optional().describe('Times that a clock change removes.'),
        overlap: z
          .enum(['first', 'both', 'last'])
          .optional()
          .describe('Times that a clock change repeats.'),
      }),
    ])
    .optional()
    .describe('Times of day that a clock change removes or repeats.'),
};
