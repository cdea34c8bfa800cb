import assert from 'node:assert/strict';
import { calendarSource } from '../../../tickwork/src/core/calendar/calendar-source.ts';
import type { CalendarSpec } from '../../../tickwork/src/core/calendar/calendar-spec.ts';
import {
  freshMemory,
  type TriggerMemory,
} from '../../../tickwork/src/core/model/trigger-memory.ts';
import type { TriggerSpec } from '../../../tickwork/src/core/model/trigger-spec.ts';
import { INSTANT_END, type Instant } from '../../../tickwork/src/core/time/instant.ts';
import type { ZoneTable } from '../../../tickwork/src/core/time/zone-table.ts';
import { advanceMemory } from '../../../tickwork/src/core/trigger/advance-memory.ts';
import { compileTrigger } from '../../../tickwork/src/core/trigger/compile-trigger.ts';
import type { Locale, Trigger } from '../../../tickwork/src/core/trigger/trigger.ts';

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

/** One promise: `check` throws if it is broken. */
export interface Promised {
  readonly name: string;
  readonly check: () => void;
}

/**
 * What every trigger promises, as checks for any test runner: call it with a
 * stored form of the kind under test. Checked are order, repeatability, equal answers
 * between two instants, restoring from JSON in the midst, the end of time, and
 * descriptions. Kinds that events drive pass with no instant at all.
 *
 * @example
 * for (const { name, check } of triggerConformance(spec, { zones })) test(name, check);
 */
export function triggerConformance(
  spec: TriggerSpec,
  options: TriggerConformanceOptions,
): readonly Promised[] {
  const subject = new Subject(spec, options);
  return [
    { name: 'instants strictly increase and lie before 2200', check: () => subject.increases() },
    { name: 'every question before an instant has one answer', check: () => subject.isSteady() },
    { name: 'questions leave no trace', check: () => subject.isPure() },
    { name: 'the stored form gives the same future in the midst', check: () => subject.restores() },
    { name: 'the end of time is null, and no question throws', check: () => subject.ends() },
    ...LOCALES.map((locale) => ({
      name: `describes itself in ${locale} without a final stop`,
      check: () => subject.describes(locale),
    })),
  ];
}

class Subject {
  readonly #spec: TriggerSpec;
  readonly #from: Instant;
  readonly #steps: number;
  readonly #compile: (spec: TriggerSpec) => Trigger;

  constructor(spec: TriggerSpec, options: TriggerConformanceOptions) {
    const calendars = calendarSource(options.calendars ?? {});
    this.#spec = spec;
    this.#from = options.from ?? JANUARY_2026;
    this.#steps = options.steps ?? 200;
    this.#compile = (given) =>
      options.compile?.(given, JOB) ??
      compileTrigger(given, { zones: options.zones, calendars, jobName: JOB });
  }

  increases(): void {
    let last = this.#from;
    for (const at of instantsOf(this.#compile(this.#spec), this.#from, this.#steps)) {
      assert.ok(at > last, `${at} does not follow ${last}`);
      assert.ok(at < INSTANT_END, `${at} lies after 2199`);
      assert.ok(Number.isInteger(at), `${at} is no whole number`);
      last = at;
    }
  }

  isSteady(): void {
    const trigger = this.#compile(this.#spec);
    walk(trigger, this.#from, Math.min(this.#steps, 50), (after, at, memory) => {
      for (const share of [0, 0.25, 0.5, 0.75, 1]) {
        const between = after + Math.floor((at - 1 - after) * share);
        assert.equal(trigger.next(between, memory), at, `asked after ${between}`);
      }
    });
  }

  isPure(): void {
    const trigger = this.#compile(this.#spec);
    const first = instantsOf(trigger, this.#from, this.#steps);
    trigger.next(INSTANT_END - 1, freshMemory(this.#from));
    trigger.next(0, freshMemory(0));
    assert.deepEqual(instantsOf(trigger, this.#from, this.#steps), first);
  }

  restores(): void {
    const restored = JSON.parse(JSON.stringify(this.#spec)) as TriggerSpec;
    assert.deepEqual(restored, this.#spec);
    walk(this.#compile(this.#spec), this.#from, Math.min(this.#steps, 30), (after, at, memory) => {
      const kept = JSON.parse(JSON.stringify(memory)) as TriggerMemory;
      assert.deepEqual(kept, memory);
      assert.equal(this.#compile(restored).next(after, kept), at, `asked after ${after}`);
    });
  }

  ends(): void {
    const trigger = this.#compile(this.#spec);
    for (const after of [INSTANT_END - 1, INSTANT_END, INSTANT_END * 2]) {
      assert.equal(trigger.next(after, freshMemory(this.#from)), null, `asked after ${after}`);
    }
    for (const after of [-1, 0, 1, 951_782_400_000, INSTANT_END - 86_400_000]) {
      const at = trigger.next(after, freshMemory(0));
      assert.ok(at === null || at > after, `${at} does not follow ${after}`);
    }
  }

  describes(locale: Locale): void {
    const text = this.#compile(this.#spec).describe(locale);
    assert.notEqual(text, '');
    assert.doesNotMatch(text, /[.。\n]$|undefined|NaN|\[object/);
    assert.equal(this.#compile(this.#spec).describe(locale), text);
  }
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
