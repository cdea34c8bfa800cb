import type { TriggerMemory } from '../model/trigger-memory.ts';
import type { Instant } from '../time/instant.ts';
import type { Trigger } from '../trigger/trigger.ts';

/** The next step of a trigger's own memory, see `advanceMemory` of the triggers. */
export type Advance = (memory: TriggerMemory, fireAt: Instant) => TriggerMemory;

export interface Walk {
  /** Ascending. */
  readonly instants: readonly Instant[];
  /** Those of them that the trigger excludes: they are skipped, see `Trigger.excludes`. */
  readonly excluded: ReadonlySet<Instant>;
  readonly memory: TriggerMemory;
  /** The first instant that was not taken; `null` = there is none. */
  readonly nextAt: Instant | null;
}

/**
 * The instants of a trigger in (after, until], at most `limit` of them, with what
 * follows. This is the only place where triggers are stepped: preview, planner,
 * forecast and audit all walk here.
 */
export function walk(
  trigger: Trigger,
  advance: Advance,
  from: { readonly after: Instant; readonly memory: TriggerMemory },
  bounds: { readonly until: Instant; readonly limit: number },
): Walk {
  const instants: Instant[] = [];
  const excluded = new Set<Instant>();
  let memory = from.memory;
  let nextAt = trigger.next(from.after, memory);
  while (nextAt !== null && nextAt <= bounds.until && instants.length < bounds.limit) {
    instants.push(nextAt);
    if (trigger.excludes?.(nextAt, memory) === true) excluded.add(nextAt);
    memory = advance(memory, nextAt);
    nextAt = trigger.next(nextAt, memory);
  }
  return { instants, excluded, memory, nextAt };
}
