import {
  amount,
  anything,
  type Check,
  callable,
  duration,
  epochMs,
  flag,
  instant,
  listOf,
  oneOf,
  optional,
  optionsOf,
  orNull,
  present,
  recordOf,
  shape,
  text,
  whole,
} from '../base/shape.ts';
import { eventCatalogue } from '../events/catalogue.ts';
import type { DurationFigures } from '../forecast/measure-durations.ts';
import type { JobSource } from '../model/job.ts';
import { runOrigins } from '../model/run.ts';
import { runStates } from '../model/run-state.ts';
import type { JobFilter } from '../ports/job-store.ts';
import type { RunFilter } from '../ports/run-store.ts';
import type { TaskOptions } from '../ports/task-handler.ts';
import type { SlotKind } from '../ports/task-kind.ts';
import type { Instant } from '../time/instant.ts';
import type { BackfillOptions, PauseOptions, ResumeOptions, SkipOptions } from './control-api.ts';
import type { EnqueueManyOptions, EnqueueOptions, WaitOptions } from './enqueue-api.ts';
import type { ApplyOptions, Operations } from './operations.ts';
import { PAGE_MAX } from './page-of.ts';
import type { AuditOptions, DiffOptions, ForecastOptions, LintOptions } from './questions-api.ts';
import type { Scheduler } from './scheduler-api.ts';

/** The options that a call takes as its argument of this number. */
type Argument<Call extends keyof Scheduler, At extends number> = NonNullable<
  Parameters<Scheduler[Call]>[At]
>;
type PageOptions = Argument<'jobs', 1>;
type StopOptions = Argument<'stop', 0>;
type RunNowOptions = Argument<'runNow', 1>;
type NextFiresQuery = Argument<'nextFires', 1>;
type OutputPlace = NonNullable<Parameters<Operations['output']>[1]>;

/* What each call of a scheduler takes, argument by argument. A test calls all with wrong ones. */

const NAME_CHARACTERS_MAX = 200;
const KEY_CHARACTERS_MAX = 500;
const REQUEST_ID_CHARACTERS_MAX = 100;
const TIMEOUT_MS_MAX = 2 ** 31 - 1;
const COUNT_MAX = 1_000;
const CHUNKS_MAX = 100_000;
const DAYS_MAX = 366;
const NODES_MAX = 10_000;
const PLACES_MAX = 100_000;

const name = text({ max: NAME_CHARACTERS_MAX });
const reason = optional(text({ max: 1_000 }));
const runId = text({ max: KEY_CHARACTERS_MAX });
const status = oneOf(['active', 'paused', 'disabled']);

const source = shape<JobSource>('a source', {
  kind: oneOf(['code', 'file', 'api']),
  id: text({ min: 0, max: 4_096 }),
});

const page = optional(
  optionsOf<PageOptions>('a page', {
    after: optional(orNull(text({ min: 0 }))),
    limit: optional(whole(1, PAGE_MAX)),
  }),
);

const jobFilter = optional(
  optionsOf<JobFilter>('a filter of jobs', {
    status: optional(status),
    source: optional(source),
    tag: optional(name),
    eventDriven: optional(flag),
    search: optional(text({ min: 0 })),
  }),
);

const runFilter = optional(
  optionsOf<RunFilter>('a filter of runs', {
    jobId: optional(whole(1, Number.MAX_SAFE_INTEGER)),
    jobName: optional(name),
    states: optional(listOf(oneOf(runStates), { min: 1, max: runStates.length })),
    origin: optional(oneOf(runOrigins)),
    handler: optional(text()),
    fromAt: optional(epochMs),
    toAt: optional(epochMs),
  }),
);

const common = {
  runAt: optional(instant),
  delay: optional(duration),
  priority: optional(whole(-100, 100)),
  policies: optional(recordOf(anything)),
};

const enqueue = optionsOf<EnqueueOptions>('enqueue', {
  ...common,
  key: optional(text({ max: KEY_CHARACTERS_MAX })),
  requestId: optional(text({ max: REQUEST_ID_CHARACTERS_MAX })),
});

const enqueueMany = optionsOf<EnqueueManyOptions>('enqueueMany', {
  ...common,
  requestIds: optional(listOf(text({ max: REQUEST_ID_CHARACTERS_MAX }))),
});

const taskOptions = optionsOf<TaskOptions>('a task', {
  isolate: optional(oneOf(['worker'])),
  module: anything,
  exportName: optional(text()),
});

const stop = optionsOf<StopOptions>('stop', {
  drain: optional(flag),
  timeoutMs: optional(whole(0, TIMEOUT_MS_MAX)),
});

const applyJobs = optionsOf<ApplyOptions>('applyJobs', {
  dryRun: optional(flag),
  absent: optional(oneOf(['disable', 'keep'])),
});

const runNow = optionsOf<RunNowOptions>('runNow', {
  input: anything,
  requestId: optional(text({ max: REQUEST_ID_CHARACTERS_MAX })),
});

const outputPlace = shape<OutputPlace>('a place in the output', {
  attempt: whole(0, Number.MAX_SAFE_INTEGER),
  seq: whole(-1, Number.MAX_SAFE_INTEGER),
});

const nextFires = optionsOf<NextFiresQuery>('nextFires', {
  after: optional(instant),
  count: optional(whole(1, COUNT_MAX)),
  zone: optional(text()),
});

const skip = optionsOf<SkipOptions>('skip', {
  next: optional(whole(1, 10_000)),
  date: optional(text()),
  reason,
});

const backfill = optionsOf<BackfillOptions>('backfill', {
  from: instant,
  to: instant,
  force: optional(flag),
});
const audit = optionsOf<AuditOptions>('audit', { job: optional(name), since: optional(instant) });

const diffJobs = optionsOf<DiffOptions>('diffJobs', {
  days: optional(whole(1, DAYS_MAX)),
  calendars: optional(recordOf(anything)),
});

const pause = optional(optionsOf<PauseOptions>('pause', { reason, until: optional(instant) }));
const resume = {
  catchUp: optional(oneOf(['drop', 'latest', 'all'])),
  skips: optional(flag),
};
const jobs = recordOf(anything);
const figures = { runCount: amount, meanMs: amount, p95Ms: amount };
const durations = optional(recordOf(shape<DurationFigures>('durations', figures)));
const places = optional(whole(0, PLACES_MAX));

const forecast = optionsOf<ForecastOptions>('forecast', {
  jobs: optional(jobs),
  from: optional(instant),
  to: optional(instant),
  durations,
  use: optional(oneOf(['mean', 'p95'])),
  assume: optional(duration),
  nodes: optional(whole(1, NODES_MAX)),
  slots: optional(shape<Record<SlotKind, number>>('slots', { function: places, external: places })),
});

/** For each call its arguments in their order, by name; more are refused. */
export const callShapes: {
  readonly [Name in keyof Scheduler]: Readonly<Record<string, Check>>;
} = {
  task: { name, handler: optional(callable), options: optional(taskOptions) },
  taskClass: { task: anything },
  on: { event: oneOf(Object.keys(eventCatalogue)), listener: callable },
  troubles: {},
  start: {},
  stop: { options: optional(stop) },
  close: {},

  job: { name, job: anything },
  applyJobs: { source, jobs, options: optional(applyJobs) },
  applyCalendars: { calendars: recordOf(anything), source },
  remove: { name },

  enqueue: { task: anything, input: anything, options: optional(enqueue) },
  enqueueMany: { task: anything, inputs: listOf(present), options: optional(enqueueMany) },
  runNow: { name, options: optional(runNow) },
  waitFor: {
    runId,
    options: optional(optionsOf<WaitOptions>('waitFor', { timeout: optional(duration) })),
  },
  cancel: { runId },
  retry: { runId },

  jobs: { filter: jobFilter, page },
  findJob: { name },
  stats: { name },
  skips: { name, fromAt: epochMs, toAt: epochMs },
  runs: { filter: runFilter, page },
  findRun: { runId },
  output: { runId, after: optional(orNull(outputPlace)), limit: optional(whole(1, CHUNKS_MAX)) },
  nodes: {},
  calendars: {},
  nextFires: { trigger: anything, options: optional(nextFires) },

  pause: { name, options: pause },
  resume: { name, options: optional(optionsOf<ResumeOptions>('resume', resume)) },
  pausedInstants: { name },
  skip: { name, options: skip },
  disable: { name, options: optional(optionsOf<{ reason?: string }>('disable', { reason })) },
  pauseTagged: { tag: name, options: pause },
  resumeTagged: { tag: name, options: optional(optionsOf<ResumeOptions>('resumeTagged', resume)) },
  backfill: { name, options: backfill },

  audit: { options: optional(audit) },
  explain: { job: name, question: optionsOf<{ at: Instant }>('explain', { at: instant }) },
  lint: { options: optional(optionsOf<LintOptions>('lint', { jobs: optional(jobs), durations })) },
  forecast: { options: optional(forecast) },
  diffJobs: { source, jobs, options: optional(diffJobs) },
  revisions: { job: name },
  rollback: { job: name, revision: whole(1, Number.MAX_SAFE_INTEGER) },
  diagnose: {},
  durations: {},
  examineStore: {},
  repairStore: {},
};
