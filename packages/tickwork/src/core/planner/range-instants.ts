import type { JobChange } from '../model/job-change.ts';
import { freshMemory, type TriggerMemory } from '../model/trigger-memory.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { Instant } from '../time/instant.ts';
import type { Trigger } from '../trigger/trigger.ts';
import type { Advance } from './walk.ts';

/** An instant that the trigger of a revision asks for. */
export interface RangeInstant {
  readonly fireAt: Instant;
  readonly revision: number;
}

/** The trigger of one revision. */
export interface RevisionTrigger {
  readonly spec: TriggerSpec;
  readonly trigger: Trigger;
  readonly advance: Advance;
}

/** A stretch (after, until] in which one revision was in force. */
interface Stretch {
  readonly revision: number;
  readonly after: Instant;
  readonly until: Instant;
  readonly memory: TriggerMemory;
}

/**
 * The instants of a job in [fromAt, toAt] by the revision in force at each, ascending, and
 * whether it was paused or not; none where it was disabled. Before its first change the job
 * is taken to have had its first definition. At most `limit` of them. `triggerOf` answers
 * `null` for a revision that is gone. Pure.
 */
export function rangeInstants(
  changes: readonly JobChange[],
  triggerOf: (revision: number) => RevisionTrigger | null,
  range: { readonly fromAt: Instant; readonly toAt: Instant; readonly limit: number },
): RangeInstant[] {
  const found: RangeInstant[] = [];
  for (const stretch of stretches(changes, range)) {
    const revision = triggerOf(stretch.revision);
    if (revision === null) continue;
    for (const fireAt of instantsOf(stretch, revision, range.fromAt)) {
      if (found.length >= range.limit) return found;
      found.push({ fireAt, revision: stretch.revision });
    }
  }
  return found;
}

function* instantsOf(
  stretch: Stretch,
  { spec, trigger, advance }: RevisionTrigger,
  fromAt: Instant,
): Generator<Instant> {
  // What looks at its own past is walked from where its memory stands.
  let after = remembers(spec) ? stretch.after : Math.max(stretch.after, fromAt - 1);
  let { memory } = stretch;
  for (;;) {
    const fireAt = trigger.next(after, memory);
    if (fireAt === null || fireAt > stretch.until) return;
    const isRun = trigger.excludes?.(fireAt, memory) !== true;
    if (fireAt >= fromAt && isRun) yield fireAt;
    memory = advance(memory, fireAt);
    after = fireAt;
  }
}

function stretches(
  changes: readonly JobChange[],
  { fromAt, toAt }: { readonly fromAt: Instant; readonly toAt: Instant },
): Stretch[] {
  const [first] = changes;
  if (first === undefined) return [];
  const before: Stretch = {
    revision: first.revision,
    after: Math.min(fromAt - 1, first.cursorAt),
    until: Math.min(first.cursorAt, toAt),
    memory: freshMemory(first.memory.anchorAt),
  };
  const known = changes.flatMap((change, i): Stretch[] => {
    if (change.status === 'disabled') return [];
    const until = Math.min(changes[i + 1]?.cursorAt ?? toAt, toAt);
    const { revision, cursorAt: after, memory } = change;
    return until < fromAt || until <= after ? [] : [{ revision, after, until, memory }];
  });
  return before.until > before.after ? [before, ...known] : known;
}

function remembers(spec: TriggerSpec): boolean {
  const parts = spec.kind === 'any' ? spec.of : [spec];
  return (
    spec.runsMax !== undefined ||
    parts.some((part) => part.kind === 'random' || part.runsMax !== undefined)
  );
}
