import type { Json } from '../../core/base/json.ts';
import type { Job, JobDefinition } from '../../core/model/job.ts';
import type { RunDefinition } from '../../core/model/run.ts';
import type { TriggerMemory } from '../../core/model/trigger-memory.ts';
import type { StoredCalendar } from '../../core/ports/job-store.ts';

/**
 * The texts of rows, read. Each reader answers with the value, or throws a `SyntaxError` where the
 * text is no JSON or not of the shape that this program writes: both are met when a file was
 * damaged or written by another program, and the store treats both alike. The shape is checked as
 * far down as the engine needs it to tell one job's damage from its own defects.
 */
export const storedText = {
  definition: reader<JobDefinition>((value) => has(value, work) && has(value, { trigger: kind })),
  memory: reader<TriggerMemory>((value) =>
    has(value, { anchorAt: isNumber, fireCount: isNumber, members: isObject }),
  ),
  skipWindows: reader<Job['skipWindows']>(
    (value) =>
      Array.isArray(value) &&
      value.every((window) => has(window, { fromAt: isNumber, toAt: isNumber })),
  ),
  calendar: reader<StoredCalendar['definition']>(isObject),
  work: reader<Pick<RunDefinition, 'task' | 'policies'>>((value) => has(value, work)),
  runDefinition: reader<RunDefinition>((value) => has(value, work)),
  json: reader<Json>(() => true),
} as const;

type Shape = (value: unknown) => boolean;
type Shapes = Readonly<Record<string, Shape>>;

// Functions and constants below are used when a text is read, not while this file loads.
const work: Shapes = { task: kind, policies: isObject };

function reader<T>(isRight: Shape): (text: string) => T {
  return (text) => {
    const value: unknown = JSON.parse(text);
    if (!isRight(value)) throw new SyntaxError('a value of another shape was expected');
    return value as T;
  };
}

function has(value: unknown, shapes: Shapes): boolean {
  if (!isObject(value)) return false;
  for (const name in shapes) {
    if (shapes[name]?.((value as Record<string, unknown>)[name]) !== true) return false;
  }
  return true;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kind(value: unknown): boolean {
  return isObject(value) && typeof (value as { kind?: unknown }).kind === 'string';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}
