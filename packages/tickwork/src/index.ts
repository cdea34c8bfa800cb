import {
  anything,
  epochMs,
  listOf,
  optional,
  optionsOf,
  recordOf,
  shape,
  text,
  whole,
} from './core/base/shape.ts';
import { calendarSource } from './core/calendar/calendar-source.ts';
import { type CalendarInput, parseCalendars } from './core/calendar/parse-calendar.ts';
import { registerTasks } from './core/declaration/define-tasks.ts';
import { parsePools } from './core/declaration/parse-limits.ts';
import {
  type PoliciesInput,
  parsePolicies,
  policyKeys,
} from './core/declaration/parse-policies.ts';
import { readFields } from './core/declaration/read-fields.ts';
import type { AnyTasks, TaskMap } from './core/declaration/task-types.ts';
import { defaultConcurrency, defaultTimings, type Timings } from './core/engine/engine-parts.ts';
import { nextFires as coreNextFires } from './core/forecast/next-fires.ts';
import { defaultPolicies } from './core/model/policy.ts';
import { withCheckedCalls } from './core/operations/check-calls.ts';
import type { NextFire } from './core/operations/operations.ts';
import {
  commonOptions,
  concurrency,
  logger,
  storeOrAddress,
} from './core/operations/option-shapes.ts';
import type { Scheduler } from './core/operations/scheduler-api.ts';
import type { Logger } from './core/ports/logger.ts';
import type { Store } from './core/ports/store.ts';
import type { TaskKind } from './core/ports/task-kind.ts';
import { SchedulerCore } from './core/scheduler.ts';
import { ZoneTable } from './core/time/zone-table.ts';
import type { TriggerInput } from './core/trigger/trigger-input.ts';
import { createConsoleLogger } from './platform/console-logger.ts';
import { createLeftovers } from './platform/leftovers.ts';
import { engineMark, signalMarked } from './platform/marked-processes.ts';
import { readProcessIdentity } from './platform/process-identity.ts';
import { createProcessWatch } from './platform/process-watch.ts';
import { systemClock } from './platform/system-clock.ts';
import { createSystemIds } from './platform/system-ids.ts';
import { systemRandom } from './platform/system-random.ts';
import { systemTimers } from './platform/system-timers.ts';
import { intlZoneData } from './platform/zone-data.ts';
import { openStore } from './stores/index.ts';
import { guardKind } from './tasks/guard-kind.ts';
import { createTasks } from './tasks/index.ts';
import type { ScriptTasksConfig } from './tasks/script/index.ts';
import { version } from './version.ts';

export {
  type ErrorCode,
  errorCatalogue,
  isTickworkError,
  TickworkError,
} from './core/base/errors.ts';
export type { Json, JsonForm, JsonGiven, JsonObject, JsonSafe } from './core/base/json.ts';
export { printable } from './core/base/printable.ts';
export { defineTasks } from './core/declaration/define-tasks.ts';
export type { JobInput } from './core/declaration/job-input.ts';
export type { PoliciesInput } from './core/declaration/parse-policies.ts';
export type * from './core/declaration/task-types.ts';
export { defaultConcurrency, defaultTimings, type Timings } from './core/engine/engine-parts.ts';
export type { Trouble, TroubleReport } from './core/engine/troubles.ts';
export type { EventName, EventPayloads, TickworkEvent } from './core/events/catalogue.ts';
export { eventCatalogue } from './core/events/catalogue.ts';
export { lintRules } from './core/lint/rules.ts';
export type { Job, JobDefinition, JobSource, JobStatus } from './core/model/job.ts';
export type { Node } from './core/model/node.ts';
export { defaultPolicies, type Policies } from './core/model/policy.ts';
export type { Attempt, Run, RunReason, SkipRange } from './core/model/run.ts';
export { type RunState, runStates } from './core/model/run-state.ts';
export type { TaskSpec } from './core/model/task-spec.ts';
export type * from './core/operations/control-api.ts';
export type * from './core/operations/enqueue-api.ts';
export type { JobView } from './core/operations/job-view.ts';
export type * from './core/operations/operations.ts';
export type * from './core/operations/questions-api.ts';
export type * from './core/operations/scheduler-api.ts';
export type { JobFilter } from './core/ports/job-store.ts';
export type { Logger } from './core/ports/logger.ts';
export type { OutputChunk, RunFilter, RunPage } from './core/ports/run-store.ts';
export type { Store } from './core/ports/store.ts';
export type {
  TaskClass,
  TaskContext,
  TaskHandler,
  TaskOptions,
} from './core/ports/task-handler.ts';
export type { AttemptContext, TaskKind, TaskResult } from './core/ports/task-kind.ts';
export type { TriggerInput } from './core/trigger/trigger-input.ts';
export { version } from './version.ts';

export interface SchedulerOptions<Tasks = AnyTasks> {
  /**
   * Where everything is kept: the path of a SQLite file (made if it is missing), an address
   * (`sqlite:<path>`, `memory:`), or a store such as `createMemoryStore(…)`. Default
   * `tickwork.db` in the working directory.
   */
  readonly store?: string | Store;
  /**
   * Functions by name, registered at once; see `defineTasks`. The compiler knows them by name, or
   * by `createScheduler<Tasks>()` where they are registered elsewhere.
   */
  readonly tasks?: Tasks;
  /** The IANA zone of jobs that name none. Default: the host's. */
  readonly timezone?: string;
  /** Default: short lines on standard error. */
  readonly logger?: Logger;
  /** How many attempts run at once. Defaults: 100 functions, 10 scripts and other outside work. */
  readonly concurrency?: { readonly function?: number; readonly external?: number };
  /** Scripts are refused unless the folders they lie in are named here, as absolute paths. */
  readonly scripts?: Omit<ScriptTasksConfig, 'environment' | 'engine' | 'signalMarked'>;
  /** Policies of jobs that set none of their own. */
  readonly defaults?: PoliciesInput;
  /** The sizes of the pools in which jobs may take room, by name; see the policy `pool`. */
  readonly pools?: Readonly<Record<string, number>>;
  /** This process's name in lists of nodes. Default: the host's name. */
  readonly name?: string;
  /** Task kinds of your own, besides `function` and `script`. */
  readonly taskKinds?: readonly TaskKind[];
  /** Leases and polling; for tests and special cases. */
  readonly timings?: Partial<Timings>;
}

export interface NextFiresOptions {
  /** Exclusive; epoch ms. Default: now. */
  readonly after?: number;
  /** 1 to 1,000; default 10. */
  readonly count?: number;
  /** The zone of triggers that name none. Default: the host's. */
  readonly zone?: string;
  /** Decides `H` fields, jitter and random lengths. */
  readonly jobName?: string;
  /** The calendars that triggers may name, as `applyCalendars` takes them. Default none. */
  readonly calendars?: Readonly<Record<string, CalendarInput>>;
}

/**
 * The next instants of a trigger, without a store or a scheduler, ascending; fewer than asked
 * for if the trigger ends. Throws INVALID_TRIGGER and its like for what cannot be read, naming
 * the field; INVALID_CALENDAR for a wrong calendar; CALENDAR_NOT_FOUND for a name that
 * `calendars` lacks.
 *
 * @example
 * const calendars = { work: { weekends: 'sat-sun' } };
 * nextFires({ daily: '09:00', calendar: 'work' }, { calendars });
 */
export function nextFires(
  trigger: TriggerInput | readonly TriggerInput[],
  options: NextFiresOptions = {},
): readonly NextFire[] {
  nextFiresShape(options, 'options');
  zoneTable ??= new ZoneTable(intlZoneData());
  const zones = zoneTable;
  const { after = systemClock.now(), zone = zones.host().name, calendars = {}, ...rest } = options;
  const source = calendarSource(parseCalendars(calendars));
  return coreNextFires(trigger, { ...rest, zones, after, zone, calendars: source });
}

/** What `nextFires` has compiled, kept for its next calls: zones, and cron expressions by them. */
let zoneTable: ZoneTable | undefined;

const optionsShape = optionsOf<SchedulerOptions>('createScheduler', {
  ...commonOptions,
  store: optional(storeOrAddress),
  logger: optional(logger),
  concurrency,
  scripts: optional(
    shape<NonNullable<SchedulerOptions['scripts']>>('scripts', {
      roots: listOf(text()),
      env: optional(listOf(text())),
      interpreters: optional(recordOf(anything)),
      inline: anything,
    }),
  ),
  pools: optional(recordOf(anything)),
  name: optional(text({ max: 200 })),
});

const nextFiresShape = optionsOf<NextFiresOptions>('nextFires', {
  after: optional(epochMs),
  count: optional(whole(1, 1_000)),
  zone: optional(text()),
  jobName: optional(text({ min: 0, max: 200 })),
  calendars: optional(recordOf(anything)),
});

/**
 * Opens (and if need be makes) the store and gives a scheduler on it. Nothing runs before
 * `start()`; jobs and runs can be managed at once.
 *
 * Throws STORE_* if the store cannot be opened, INVALID_ZONE, INVALID_JOB or INVALID_INPUT
 * for wrong options, naming the option.
 *
 * @example
 * const scheduler = await createScheduler({ store: 'tickwork.db' });
 * scheduler.task('greet', (input, { log }) => log('hello', input));
 * await scheduler.job('greeting', { every: '30s', task: 'greet', input: 'world' });
 * await scheduler.start();
 *
 * @example
 * const scheduler = await createScheduler({ tasks: { add: (n: number[]) => n[0] + n[1] } });
 * const { runId } = await scheduler.enqueue('add', [1, 2]);
 * const sum = await scheduler.waitFor(runId); // a number, once a process has started
 */
export async function createScheduler<Tasks extends TaskMap<Tasks> = AnyTasks>(
  options: SchedulerOptions<Tasks> = {},
): Promise<Scheduler<Tasks>> {
  optionsShape(options, 'options');
  const zoneData = intlZoneData();
  const zones = new ZoneTable(zoneData);
  const timezone = zones.get(options.timezone ?? zoneData.hostZone(), 'timezone').name;
  const pools = parsePools(options.pools, 'pools');
  const policies = parsePolicies(
    readFields(options.defaults ?? {}, 'defaults', policyKeys).values,
    defaultPolicies,
    'defaults',
    pools,
  );
  const { env: environment } = process;
  const identity = readProcessIdentity();
  const engine = engineMark(identity);
  const tasks = createTasks({
    scripts: { roots: [], ...options.scripts, environment, engine, signalMarked },
  });
  registerTasks(tasks.functions, options.tasks);
  const leftovers = createLeftovers(identity, environment.TICKWORK_ENGINE ?? '');
  const { store = 'tickwork.db' } = options;
  const timings = { ...defaultTimings, ...options.timings };
  // A renewal that waits for another program's lock must be answered well before the lease ends.
  const env = { clock: systemClock, lockTimeoutMs: Math.floor(timings.leaseMs / 3) };
  const scheduler = new SchedulerCore({
    store: typeof store === 'string' ? await openStore(store, env) : store,
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    ids: createSystemIds(),
    zoneData,
    logger: options.logger ?? createConsoleLogger(),
    processWatch: { ...createProcessWatch(identity), ...leftovers },
    functions: tasks.functions,
    taskKinds: [...tasks.kinds, ...(options.taskKinds ?? []).map(guardKind)],
    node: { ...identity, name: options.name ?? identity.host, version },
    timezone,
    concurrency: {
      function: options.concurrency?.function ?? defaultConcurrency.function,
      external: options.concurrency?.external ?? defaultConcurrency.external,
    },
    timings,
    policies,
    pools,
  });
  return withCheckedCalls<Tasks>(scheduler);
}
