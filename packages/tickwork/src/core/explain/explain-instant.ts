import { expectedInstants, type RevisionTrigger } from '../audit/expected-instants.ts';
import type { InForce } from '../audit/in-force.ts';
import { freshMemory } from '../model/trigger-memory.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { Instant } from '../time/instant.ts';
import { instantText } from '../trigger/words/instant-words.ts';
import { type ExplainStep, step } from './explanation.ts';

/** Compiles any form of a trigger of the job. */
export type CompileSpec = (spec: TriggerSpec) => RevisionTrigger;

const HOUR_MS = 3_600_000;
/** How far back the instant before is looked for, in growing steps. */
const LOOK_BACK_MS = [HOUR_MS, 24 * HOUR_MS, 31 * 24 * HOUR_MS, 1500 * 24 * HOUR_MS];
const LOOK_AHEAD_MS = 1500 * 24 * HOUR_MS;

export interface InstantFacts {
  readonly stretches: readonly InForce[];
  readonly triggerOf: (revision: number) => RevisionTrigger;
}

/** The first planned instant in [fromAt, toAt], or `null`. */
export function plannedIn(facts: InstantFacts, fromAt: Instant, toAt: Instant): Instant | null {
  const window = { fromAt: fromAt - 1, untilAt: toAt };
  for (const { at } of expectedInstants(facts.stretches, facts.triggerOf, window)) return at;
  return null;
}

/** The planned instants next to `at`, itself left out. */
export function neighboursOf(
  facts: InstantFacts,
  at: Instant,
): { readonly previousAt: Instant | null; readonly nextAt: Instant | null } {
  let previousAt: Instant | null = null;
  for (const ms of LOOK_BACK_MS) {
    const window = { fromAt: Math.max(0, at - ms), untilAt: at - 1 };
    for (const each of expectedInstants(facts.stretches, facts.triggerOf, window)) {
      previousAt = each.at;
    }
    if (previousAt !== null || window.fromAt === 0) break;
  }
  return { previousAt, nextAt: plannedIn(facts, at + 1, at + LOOK_AHEAD_MS) };
}

/**
 * Why a trigger does not fire at an instant: each of its bounds is left out in turn, and the
 * planner's own evaluator is asked again.
 */
export function explainNoInstant(
  at: Instant,
  spec: TriggerSpec,
  compile: CompileSpec,
): ExplainStep {
  const fires = (form: TriggerSpec): boolean =>
    compile(form).trigger.next(at - 1, freshMemory(at - 1)) === at;
  const { calendar, startAt, endAt } = spec;
  const { calendar: _calendar, roll: _roll, ...freeOfCalendar } = spec;
  const { startAt: _start, endAt: _end, runsMax: _max, ...unbounded } = freeOfCalendar;
  const plain = unbounded as TriggerSpec;
  if (fires(plain)) {
    if (calendar !== undefined && !fires({ ...spec, startAt: 0, endAt: at } as TriggerSpec)) {
      const rolled = spec.roll !== undefined && spec.roll !== 'skip';
      const moved = rolled ? `; it was moved to another day (${spec.roll})` : '';
      const words = `The calendar ${calendar} excludes that day${moved}.`;
      return step('calendar', words, { calendar, roll: spec.roll ?? 'skip' });
    }
    if (startAt !== undefined && at < startAt) {
      return step('before-start', `The trigger begins only at ${instantText(startAt)}.`, {
        startAt,
      });
    }
    if (endAt !== undefined && at > endAt) {
      return step('after-end', `The trigger ended at ${instantText(endAt)}.`, { endAt });
    }
    if (spec.runsMax !== undefined) {
      const words = `The trigger has fired ${spec.runsMax} times, as often as it may.`;
      return step('runs-max', words, { runsMax: spec.runsMax });
    }
  }
  const changed = clockChange(at, spec, compile);
  return changed ?? step('no-instant', 'The trigger does not fire at that instant.');
}

/** A time of day that a clock change removes, for triggers that drop it. */
function clockChange(at: Instant, spec: TriggerSpec, compile: CompileSpec): ExplainStep | null {
  const dst = 'dst' in spec ? spec.dst : undefined;
  if (dst?.gap !== 'skip' || !('zone' in spec)) return null;
  const after = { ...spec, dst: { ...dst, gap: 'after' } } as TriggerSpec;
  if (compile(after).trigger.next(at - 1, freshMemory(at - 1)) !== at) return null;
  const words = `A clock change in ${spec.zone} skips that time of day, and the trigger drops it.`;
  return step('clock-change', words, { zone: spec.zone });
}
