import { TickworkError } from '../core/base/errors.ts';
import { callable, instant, optional, optionsOf, refuse } from '../core/base/shape.ts';
import { registerTasks } from '../core/declaration/define-tasks.ts';
import {
  type PoliciesInput,
  parsePolicies,
  policyKeys,
} from '../core/declaration/parse-policies.ts';
import { readFields } from '../core/declaration/read-fields.ts';
import type { AnyTasks, TaskMap } from '../core/declaration/task-types.ts';
import { defaultConcurrency, defaultTimings, type Timings } from '../core/engine/engine-parts.ts';
import { defaultPolicies } from '../core/model/policy.ts';
import { withCheckedCalls } from '../core/operations/check-calls.ts';
import { commonOptions } from '../core/operations/option-shapes.ts';
import type { Scheduler } from '../core/operations/scheduler-api.ts';
import type { Store } from '../core/ports/store.ts';
import type { TaskKind } from '../core/ports/task-kind.ts';
import { SchedulerCore } from '../core/scheduler.ts';
import { parseDuration } from '../core/time/duration.ts';
import type { Instant } from '../core/time/instant.ts';
import { parseInstant } from '../core/time/parse-instant.ts';
import { ZoneTable } from '../core/time/zone-table.ts';
import { intlZoneData } from '../platform/zone-data.ts';
import { createMemoryStore } from '../stores/memory/index.ts';
import { createFunctionTasks } from '../tasks/function/index.ts';
import { guardKind } from '../tasks/guard-kind.ts';
import { SeededIds, SeededRandom } from './seeded-random.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { SimulatedTime } from './simulated-time.ts';
import { SimulatedTimers } from './simulated-timers.ts';

export interface TestSchedulerOptions<Tasks = AnyTasks> {
  /**
   * The instant at which the test begins: ISO text with an offset or followed by a zone
   * (`2026-10-25T00:00 Europe/Berlin`), epoch ms or `Date`. Default `2026-01-01T00:00Z`.
   */
  readonly start?: Instant | Date | string;
  /** The zone of jobs that name none. Default: the zone of `start`, else `UTC`. */
  readonly timezone?: string;
  /** Functions by name, as for `createScheduler`. */
  readonly tasks?: Tasks;
  /** Policies of jobs that set none of their own. */
  readonly defaults?: PoliciesInput;
  /** Decides retry jitter and ids. Default 1. */
  readonly seed?: number | string;
  readonly taskKinds?: readonly TaskKind[];
  /** Puts something between the scheduler and its memory store, such as faults. */
  readonly wrapStore?: (store: Store, time: SimulatedTime) => Store;
  readonly timings?: Partial<Timings>;
}

/** A scheduler in memory whose time stands still until the test moves it. */
export interface TestScheduler<Tasks = AnyTasks> {
  /** The real engine; started. */
  readonly scheduler: Scheduler<Tasks>;
  readonly store: Store;
  now(): Instant;
  /**
   * Lets time pass up to and including an instant: everything due on the way runs, in
   * order, as fast as it can be computed. Work that waits for something real (a socket, a
   * file, `setTimeout`) is not waited for.
   */
  advanceTo(instant: Instant | Date | string): Promise<void>;
  /** Lets time pass: `'90s'`, `'1h30m'` or milliseconds. */
  advanceBy(duration: string | number): Promise<void>;
  /** For handlers: resolves when so much of the simulated time has passed. */
  sleep(duration: string | number): Promise<void>;
  /** Stops the scheduler; what runs is cancelled. */
  close(): Promise<void>;
}

const optionsShape = optionsOf<TestSchedulerOptions>('createTestScheduler', {
  ...commonOptions,
  start: optional(instant),
  seed: optional(seed),
  wrapStore: optional(callable),
});

function seed(value: unknown, field: string): void {
  if (typeof value === 'string' || Number.isFinite(value)) return;
  refuse(field, value, 'must be a number or a text.');
}

/** Time that a stop may take: every grace is over by then. */
const STOP_MS_MAX = 3_600_000;

/**
 * Makes a scheduler for tests: the engine of `createScheduler` on a memory store, with a
 * clock that only the test moves. No test waits, and a night with a clock change takes
 * milliseconds. Throws INVALID_INSTANT, INVALID_ZONE or INVALID_DURATION for wrong options.
 *
 * @example
 * const test = await createTestScheduler({ start: '2026-10-25T00:00 Europe/Berlin' });
 * test.scheduler.task('report', () => sent.push(test.now()));
 * await test.scheduler.job('nightly', { daily: '02:30', task: 'report' });
 * await test.advanceBy('1d');
 */
export async function createTestScheduler<Tasks extends TaskMap<Tasks> = AnyTasks>(
  options: TestSchedulerOptions<Tasks> = {},
): Promise<TestScheduler<Tasks>> {
  optionsShape(options, 'options');
  const zoneData = intlZoneData();
  const zones = new ZoneTable(zoneData);
  const { zone, text } = splitStart(options.start ?? '2026-01-01T00:00Z');
  const timezone = zones.get(options.timezone ?? zone ?? 'UTC', 'timezone').name;
  const instantOf = (value: Instant | Date | string, field: string): Instant =>
    parseInstant(value, { zone: zones.get(timezone), field });
  const startAt = parseInstant(text, { zone: zones.get(zone ?? timezone), field: 'start' });
  const time = new SimulatedTime(startAt);
  const clock = new SimulatedClock(time);
  const memory = createMemoryStore({ clock });
  const store = options.wrapStore?.(memory, time) ?? memory;
  const functions = createFunctionTasks();
  registerTasks(functions, options.tasks);
  const random = new SeededRandom(options.seed ?? 1);
  const scheduler = new SchedulerCore({
    ...{ store, clock, timers: new SimulatedTimers(time), random, zoneData, functions, timezone },
    ids: new SeededIds('test', random.fork('ids')),
    logger: { log: () => {} },
    processWatch: { isGone: () => false },
    taskKinds: [functions.kind, ...(options.taskKinds ?? []).map(guardKind)],
    node: { name: 'test', host: 'test', pid: 1, bootId: '', processStart: '', version: '' },
    concurrency: defaultConcurrency,
    timings: { ...defaultTimings, ...options.timings },
    policies: parsePolicies(
      readFields(options.defaults ?? {}, 'defaults', policyKeys).values,
      defaultPolicies,
      'defaults',
    ),
  });
  const finish = async (work: Promise<void>, limitMs: number): Promise<void> => {
    const state = { done: false };
    const watched = work.finally(() => {
      state.done = true;
    });
    await Promise.all([watched, time.runWhile(() => !state.done, time.now + limitMs)]);
  };
  await finish(scheduler.start(), STOP_MS_MAX);
  return {
    ...{ scheduler: withCheckedCalls<Tasks>(scheduler), store },
    now: () => clock.now(),
    advanceTo: (instant) => time.runUntil(forward(instantOf(instant, 'instant'), clock.now())),
    advanceBy: (duration) =>
      time.runUntil(time.now + parseDuration(duration, { field: 'duration', bareUnit: 'ms' })),
    sleep: (duration) =>
      new Promise((resolve) => {
        time.after(parseDuration(duration, { field: 'duration', bareUnit: 'ms' }), resolve);
      }),
    close: () => finish(scheduler.stop({ drain: false }), STOP_MS_MAX),
  };
}

function splitStart(start: Instant | Date | string): {
  zone: string | null;
  text: Instant | Date | string;
} {
  const match = typeof start === 'string' ? /^(\S+) ([A-Za-z]\S*)$/.exec(start.trim()) : null;
  if (match === null) return { zone: null, text: start };
  return { zone: match[2] ?? null, text: match[1] ?? '' };
}

function forward(to: Instant, now: Instant): Instant {
  if (to >= now) return to;
  throw new TickworkError('INVALID_INSTANT', {
    field: 'instant',
    value: to,
    reason: 'lies in the past of this test.',
    remedy: 'Time only moves forward; make a new test scheduler.',
  });
}
