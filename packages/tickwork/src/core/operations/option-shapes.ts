import {
  anything,
  type Check,
  callable,
  hasMethods,
  listOf,
  optional,
  recordOf,
  refuse,
  shape,
  text,
  whole,
} from '../base/shape.ts';
import { defaultTimings, type Timings } from '../engine/engine-parts.ts';
import type { SlotKind } from '../ports/task-kind.ts';

/* The options that schedulers are made with, those of programs and those of tests. */

const TIMING_MS_MAX = 2 ** 31 - 1;
const SLOTS_MAX = 100_000;

const timingMs = optional(whole(1, TIMING_MS_MAX));
const slots = optional(whole(0, SLOTS_MAX));

const eachTiming = Object.fromEntries(
  Object.keys(defaultTimings).map((key) => [key, timingMs]),
) as Record<keyof Timings, Check>;

/** What `createScheduler` and `createTestScheduler` both take; policies are read later. */
export const commonOptions = {
  tasks: optional(recordOf(callable)),
  timezone: optional(text()),
  defaults: optional(recordOf(anything)),
  taskKinds: optional(listOf(taskKind)),
  timings: optional(shape<Timings>('timings', eachTiming)),
};

export const concurrency = optional(
  shape<Record<SlotKind, number>>('concurrency', { function: slots, external: slots }),
);

/** A path, an address, or a store. */
export function storeOrAddress(value: unknown, field: string): void {
  if (typeof value === 'string' && value !== '') return;
  if (hasMethods(value, ['readClock', 'planDue', 'claimRuns', 'close'])) return;
  refuse(field, value, 'is no store.', 'Give a path, an address, or what createMemoryStore gives.');
}

export function logger(value: unknown, field: string): void {
  if (hasMethods(value, ['log'])) return;
  refuse(field, value, 'is no logger.', 'It needs a method `log`.');
}

function taskKind(value: unknown, field: string): void {
  if (hasMethods(value, ['handles', 'validate', 'execute'])) return;
  refuse(field, value, 'is no task kind.', 'It needs handles, validate and execute.');
}
