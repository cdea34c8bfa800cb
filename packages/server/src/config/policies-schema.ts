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
        mode: misfireMode.optional().describe('Which of the missed instants are run.'),
        grace: duration.optional().describe('Later than this counts as missed.'),
        maxAge: duration.optional().describe('Older instants are never caught up.'),
        maxRuns: z.int().min(1).optional().describe('fire-all: at most so many, the newest.'),
      }),
    ])
    .optional()
    .describe('What happens to instants that were missed while nothing ran.'),
  overlap: z
    .union([
      overlapMode,
      z.strictObject({
        mode: overlapMode.optional().describe('What happens to the new instant.'),
        maxWaiting: z.int().min(1).optional().describe('queue-all: at most so many wait.'),
      }),
    ])
    .optional()
    .describe('What happens when an instant comes while the former run is not finished.'),
  retry: z
    .union([
      z.int().min(0),
      z.literal(false),
      z.strictObject({
        attempts: z.int().min(0).optional().describe('Further attempts after the first.'),
        backoff: z
          .enum(['fixed', 'exponential', 'list'])
          .optional()
          .describe('How the delays between attempts grow.'),
        delay: duration.optional().describe('The delay, or the first one.'),
        delays: z.array(duration).min(1).optional().describe('list: each delay; the last repeats.'),
        factor: z.number().min(1).optional().describe('exponential: each delay is so much longer.'),
        maxDelay: duration.optional().describe('exponential: no delay is longer.'),
        jitter: z
          .number()
          .min(0)
          .max(1)
          .optional()
          .describe('Lengthens delays by up to this part.'),
      }),
    ])
    .optional()
    .describe(
      'Further attempts after a failure: a number, false for none, or how they are spaced.',
    ),
  timeout: z
    .union([z.string(), z.number().min(0), z.literal(false)])
    .optional()
    .describe('Longest time of one attempt; false = no limit.'),
  concurrency: z
    .union([
      z.literal(false),
      z.int().min(1),
      z.strictObject({
        key: z.string().optional().describe('With {input.x} for parts of the input; else the job.'),
        max: z.int().min(1).describe('At most so many at once.'),
      }),
    ])
    .optional()
    .describe('At most so many runs with the same key at once, on all nodes.'),
  pool: z
    .union([z.string(), z.literal(false)])
    .optional()
    .describe('The pool, see pools, in which its runs take room.'),
  weight: z.int().min(1).optional().describe('How much room of the pool a run takes.'),
  rate: z
    .union([
      z.literal(false),
      z.strictObject({
        max: z.int().min(1).describe('At most so many starts in each window.'),
        per: duration.describe('The length of a window.'),
        key: z.string().optional().describe('With {input.x} for parts of the input; else the job.'),
      }),
    ])
    .optional()
    .describe('At most so many starts in each window of time, on all nodes.'),
  onlyIf: z
    .union([z.string(), z.record(z.string(), z.unknown()), z.literal(false)])
    .optional()
    .describe('A task asked before each attempt: false, or an exit code not 0, skips the run.'),
  startWithin: z
    .union([z.string(), z.number().min(1), z.literal(false)])
    .optional()
    .describe('A run that could not start so long after its instant is skipped.'),
  cancelGrace: duration.optional().describe('Between the request to stop and the kill.'),
  onFailure: z
    .union([
      z.literal(false),
      z.strictObject({
        retryAfter: duration
          .optional()
          .describe('Runs again so long after the end; what is due until then is skipped.'),
        pauseAfter: z
          .int()
          .min(1)
          .optional()
          .describe('Pauses the job after so many failed runs in a row.'),
      }),
    ])
    .optional()
    .describe('What follows a run that has failed for good; false = nothing.'),
  onNodeLoss: z
    .enum(['retry', 'fail'])
    .optional()
    .describe('When the process of a run dies: retry = at least once, fail = at most once.'),
  priority: z.int().min(-100).max(100).optional().describe('Larger ones are started first.'),
  retention: z
    .strictObject({
      age: duration.optional().describe('Finished runs older than this are removed.'),
      runs: z.int().min(0).optional().describe('At most so many finished runs are kept.'),
      failedAge: duration
        .optional()
        .describe('The age for FAILED runs, which are then counted apart.'),
      failedRuns: z
        .int()
        .min(0)
        .optional()
        .describe('At most so many FAILED runs are kept, besides the others.'),
    })
    .optional()
    .describe('How long finished runs are kept.'),
};
