import { z } from 'zod';

/** `500ms`, `30s`, `5m`, `1h30m`, `2d`, `PT30S`; a bare number is milliseconds. */
export const duration = z.union([z.string(), z.number().min(0)]);

const misfireMode = z.enum(['skip', 'fire-once', 'fire-all']);
const overlapMode = z.enum(['skip', 'queue-one', 'queue-all', 'cancel-previous', 'allow']);

/** The policies of a job, and of `defaults`, option by option. */
export const policyShape = {
  misfire: z
    .union([
      misfireMode,
      z.strictObject({
        mode: misfireMode.optional().describe('Which missed instants run.'),
        grace: duration.optional().describe('An instant that is later than this counts as missed.'),
        maxAge: duration.optional().describe('Missed instants older than this are not run.'),
        maxRuns: z
          .int()
          .min(1)
          .optional()
          .describe('fire-all: maximum number of missed runs; the newest are kept.'),
      }),
    ])
    .optional()
    .describe('What happens to instants that were missed while no node was up.'),
  overlap: z
    .union([
      overlapMode,
      z.strictObject({
        mode: overlapMode.optional().describe('What happens to the new run.'),
        maxWaiting: z
          .int()
          .min(1)
          .optional()
          .describe('queue-all: maximum number of waiting runs.'),
      }),
    ])
    .optional()
    .describe('What happens when a run is due while the previous one has not ended.'),
  retry: z
    .union([
      z.int().min(0),
      z.literal(false),
      z.strictObject({
        attempts: z.int().min(0).optional().describe('Number of attempts after the first.'),
        backoff: z
          .enum(['fixed', 'exponential', 'list'])
          .optional()
          .describe('How the delay between attempts grows.'),
        delay: duration.optional().describe('fixed: the delay. exponential: the first delay.'),
        delays: z
          .array(duration)
          .min(1)
          .optional()
          .describe('list: the delays in order; the last one repeats.'),
        factor: z
          .number()
          .min(1)
          .optional()
          .describe('exponential: each delay is this many times the previous one.'),
        maxDelay: duration.optional().describe('exponential: the longest delay.'),
        jitter: z
          .number()
          .min(0)
          .max(1)
          .optional()
          .describe('Lengthens each delay by a random part of it, 0 to this.'),
      }),
    ])
    .optional()
    .describe('Attempts after a failure: their number, false for none, or number and delays.'),
  timeout: z
    .union([z.string(), z.number().min(0), z.literal(false)])
    .optional()
    .describe('Time limit of one attempt; false = none.'),
  concurrency: z
    .union([
      z.literal(false),
      z.int().min(1),
      z.strictObject({
        key: z
          .string()
          .optional()
          .describe('The key, with {input.x} for parts of the input. Default: the job.'),
        max: z.int().min(1).describe('Maximum number of running runs.'),
      }),
    ])
    .optional()
    .describe('Maximum number of running runs with the same key, on all nodes together.'),
  pool: z
    .union([z.string(), z.literal(false)])
    .optional()
    .describe('The pool (see pools) whose capacity its runs use.'),
  weight: z.int().min(1).optional().describe('How much of the capacity of the pool one run uses.'),
  rate: z
    .union([
      z.literal(false),
      z.strictObject({
        max: z.int().min(1).describe('Maximum number of starts in one window.'),
        per: duration.describe('Length of the window.'),
        key: z
          .string()
          .optional()
          .describe('The key, with {input.x} for parts of the input. Default: the job.'),
      }),
    ])
    .optional()
    .describe('Maximum number of starts in a window of time, on all nodes together.'),
  onlyIf: z
    .union([z.string(), z.record(z.string(), z.unknown()), z.literal(false)])
    .optional()
    .describe(
      'A task that runs before each attempt: false, or an exit code other than 0, skips the run.',
    ),
  startWithin: z
    .union([z.string(), z.number().min(1), z.literal(false)])
    .optional()
    .describe('A run that has not started within this time after its instant is skipped.'),
  cancelGrace: duration.optional().describe('Time between the request to stop and the kill.'),
  onFailure: z
    .union([
      z.literal(false),
      z.strictObject({
        retryAfter: duration
          .optional()
          .describe(
            'Runs the job again this long after the failure; instants before that are skipped.',
          ),
        pauseAfter: z
          .int()
          .min(1)
          .optional()
          .describe('Pauses the job after this many failed runs in a row.'),
      }),
    ])
    .optional()
    .describe('What follows when all attempts of a run have failed; false = nothing.'),
  onNodeLoss: z
    .enum(['retry', 'fail'])
    .optional()
    .describe(
      'What happens to a run whose process dies: retry = at least once, fail = at most once.',
    ),
  priority: z
    .int()
    .min(-100)
    .max(100)
    .optional()
    .describe('Runs with a larger number start first.'),
  retention: z
    .strictObject({
      age: duration.optional().describe('Finished runs older than this are deleted.'),
      runs: z.int().min(0).optional().describe('Maximum number of finished runs that are kept.'),
      failedAge: duration
        .optional()
        .describe('The age for FAILED runs, which are then limited separately.'),
      failedRuns: z
        .int()
        .min(0)
        .optional()
        .describe('Maximum number of FAILED runs that are kept, in addition to the others.'),
    })
    .optional()
    .describe('How long and how many finished runs are kept.'),
};
