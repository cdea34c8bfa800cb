import { describe, expect, test } from 'vitest';
import { calendarSource } from '../../core/calendar/calendar-source.ts';
import type { CalendarSpec } from '../../core/calendar/calendar-spec.ts';
import { INSTANT_END, type Instant } from '../../core/time/instant.ts';
import type { ZoneTable } from '../../core/time/zone-table.ts';
import { compileTrigger } from '../../core/trigger/compile-trigger.ts';
import type { TriggerSpec } from '../../core/trigger/spec.ts';
import {
  freshMemory,
  type Locale,
  type Trigger,
  type TriggerMemory,
} from '../../core/trigger/trigger.ts';
import { advanceMemory } from '../../core/trigger/trigger-memory.ts';

export interface TriggerConformanceOptions {
  readonly zones: ZoneTable;
  readonly calendars?: Readonly<Record<string, CalendarSpec>>;
  /** Where the questions begin. Default 2026-01-01T00:00:00Z. */
  readonly from?: Instant;
  /** How many instants are looked at. Default 200. */
  readonly steps?: number;
  /** Makes the evaluator of a kind that the library does not know. Default `compileTrigger`. */
  readonly compile?: (spec: TriggerSpec, jobName: string) => Trigger;
}

const JANUARY_2026 = 1_767_225_600_000;
const JOB = 'conformance';
const LOCALES: readonly Locale[] = ['en', 'zh-CN'];

/**
 * What every trigger promises, as tests: call it in a test file with a stored
 * form of the kind under test. Checked are order, repeatability, equal answers
 * between two instants, restoring from JSON in the midst, the end of time, and
 * descriptions. Kinds that events drive pass with no instant at all.
 */
export function triggerConformance(
  name: string,
  spec: TriggerSpec,
  options: TriggerConformanceOptions,
): void {
  const from = options.from ?? JANUARY_2026;
  const steps = options.steps ?? 200;
  const calendars = calendarSource(options.calendars ?? {});
  const compile = (given: TriggerSpec): Trigger =>
    options.compile?.(given, JOB) ??
    compileTrigger(given, { zones: options.zones, calendars, jobName: JOB });

  describe(`${name} keeps the promises of a trigger`, () => {
    test('instants strictly increase and lie before the year 2200', () => {
      let last = from;
      for (const at of instantsOf(compile(spec), from, steps)) {
        expect(at).toBeGreaterThan(last);
        expect(at).toBeLessThan(INSTANT_END);
        expect(Number.isInteger(at)).toBe(true);
        last = at;
      }
    });

    test('every question before an instant has the same answer', () => {
      const trigger = compile(spec);
      walk(trigger, from, Math.min(steps, 50), (after, at, memory) => {
        for (const share of [0, 0.25, 0.5, 0.75]) {
          const between = after + Math.floor((at - 1 - after) * share);
          expect(trigger.next(between, memory)).toBe(at);
        }
        expect(trigger.next(at - 1, memory)).toBe(at);
      });
    });

    test('questions leave no trace: a second walk finds the same', () => {
      const trigger = compile(spec);
      const first = instantsOf(trigger, from, steps);
      trigger.next(INSTANT_END - 1, freshMemory(from));
      trigger.next(0, freshMemory(0));
      expect(instantsOf(trigger, from, steps)).toEqual(first);
    });

    test('the stored form is JSON and gives the same future in the midst', () => {
      const restored = JSON.parse(JSON.stringify(spec)) as TriggerSpec;
      expect(restored).toEqual(spec);
      const trigger = compile(spec);
      walk(trigger, from, Math.min(steps, 30), (after, at, memory) => {
        const kept = JSON.parse(JSON.stringify(memory)) as TriggerMemory;
        expect(kept).toEqual(memory);
        expect(compile(restored).next(after, kept)).toBe(at);
      });
    });

    test('the end of time is null, and no question throws', () => {
      const trigger = compile(spec);
      for (const after of [INSTANT_END - 1, INSTANT_END, INSTANT_END * 2]) {
        expect(trigger.next(after, freshMemory(from))).toBeNull();
      }
      for (const after of [-1, 0, 1, 951_782_400_000, INSTANT_END - 86_400_000]) {
        const at = trigger.next(after, freshMemory(0));
        if (at !== null) expect(at).toBeGreaterThan(after);
      }
    });

    for (const locale of LOCALES) {
      test(`describes itself in ${locale} without a final stop`, () => {
        const text = compile(spec).describe(locale);
        expect(text).not.toBe('');
        expect(text).not.toMatch(/[.。\n]$|undefined|NaN|\[object/);
        expect(compile(spec).describe(locale)).toBe(text);
      });
    }
  });
}

/** The first instants of a trigger that comes into force at `from`. */
export function instantsOf(trigger: Trigger, from: Instant, count: number): readonly Instant[] {
  const instants: Instant[] = [];
  walk(trigger, from, count, (_after, at) => instants.push(at));
  return instants;
}

function walk(
  trigger: Trigger,
  from: Instant,
  count: number,
  visit: (after: Instant, at: Instant, memory: TriggerMemory) => void,
): void {
  let memory = freshMemory(from);
  let after = from;
  for (let i = 0; i < count; i++) {
    const at = trigger.next(after, memory);
    if (at === null) return;
    visit(after, at, memory);
    memory = advanceMemory(trigger, memory, at);
    after = at;
  }
}
