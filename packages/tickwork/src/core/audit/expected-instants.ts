import type { TriggerSpec } from '../model/trigger-spec.ts';
import { type Advance, walk } from '../planner/walk.ts';
import type { Instant } from '../time/instant.ts';
import type { Trigger } from '../trigger/trigger.ts';
import type { InForce } from './in-force.ts';

export interface ExpectedInstant {
  readonly at: Instant;
  readonly revision: number;
}

/** What walking one revision needs. */
export interface RevisionTrigger {
  readonly spec: TriggerSpec;
  readonly trigger: Trigger;
  readonly advance: Advance;
}

/** Instants held at once, so that a job of every second over years takes no memory. */
const STEP = 10_000;

/**
 * Every instant of the stretches in (fromAt, untilAt], ascending, each once: the plan
 * computed again by the planner's own walk.
 */
export function* expectedInstants(
  stretches: readonly InForce[],
  triggerOf: (revision: number) => RevisionTrigger,
  window: { readonly fromAt: Instant; readonly untilAt: Instant },
): Generator<ExpectedInstant> {
  let lastAt = window.fromAt;
  for (const stretch of stretches) {
    const until = Math.min(stretch.untilAt ?? window.untilAt, window.untilAt);
    if (until <= lastAt) continue;
    const { spec, trigger, advance } = triggerOf(stretch.revision);
    let { memory } = stretch;
    // What remembers nothing can be asked anywhere; the others are walked from their start.
    let after = remembers(spec) ? stretch.afterAt : Math.max(stretch.afterAt, lastAt);
    for (;;) {
      const found = walk(trigger, advance, { after, memory }, { until, limit: STEP });
      for (const at of found.instants) {
        if (at <= lastAt) continue;
        lastAt = at;
        yield { at, revision: stretch.revision };
      }
      if (found.nextAt === null || found.nextAt > until) break;
      after = found.instants.at(-1) ?? until;
      memory = found.memory;
    }
    lastAt = Math.max(lastAt, until);
  }
}

/** True if an instant depends on those before it. */
function remembers(spec: TriggerSpec): boolean {
  if (spec.runsMax !== undefined || spec.kind === 'random') return true;
  return spec.kind === 'any' && spec.of.some(remembers);
}
