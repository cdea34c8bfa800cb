import type { TriggerMemory } from '../model/trigger-memory.ts';
import { walk } from '../planner/walk.ts';
import type { Instant } from '../time/instant.ts';
import { advanceMemory } from '../trigger/advance-memory.ts';
import type { Trigger } from '../trigger/trigger.ts';

/** A trigger and where it goes on from. */
export interface Course {
  readonly trigger: Trigger;
  readonly memory: TriggerMemory;
  /** Exclusive. */
  readonly afterAt: Instant;
}

export interface InstantDifference {
  readonly addedCount: number;
  readonly removedCount: number;
  /** The first few. */
  readonly addedAt: readonly Instant[];
  readonly removedAt: readonly Instant[];
  /** True if there are more instants than were looked at: the counts are lower bounds. */
  readonly isTruncated: boolean;
}

const INSTANTS_MAX = 200_000;
const SHOWN_MAX = 5;

/** The instants up to `untilAt` (inclusive) that one course has and the other has not. Pure. */
export function diffInstants(
  before: Course | null,
  after: Course | null,
  untilAt: Instant,
): InstantDifference {
  const old = instantsOf(before, untilAt);
  const fresh = instantsOf(after, untilAt);
  const added: Instant[] = [];
  const removed: Instant[] = [];
  let i = 0;
  let j = 0;
  const isTruncated = old.length === INSTANTS_MAX || fresh.length === INSTANTS_MAX;
  // Where one side was cut, nothing beyond can be compared.
  const cut = Math.min(lastOf(old, untilAt), lastOf(fresh, untilAt));
  for (;;) {
    const was = upTo(old[i], cut);
    const will = upTo(fresh[j], cut);
    if (was === undefined && will === undefined) break;
    if (was === will) {
      i += 1;
      j += 1;
    } else if (will === undefined || (was !== undefined && was < will)) {
      removed.push(was as Instant);
      i += 1;
    } else {
      added.push(will);
      j += 1;
    }
  }
  return {
    ...{ addedCount: added.length, removedCount: removed.length, isTruncated },
    ...{ addedAt: added.slice(0, SHOWN_MAX), removedAt: removed.slice(0, SHOWN_MAX) },
  };
}

function instantsOf(course: Course | null, untilAt: Instant): readonly Instant[] {
  if (course === null) return [];
  const { trigger, memory, afterAt } = course;
  const advance = advanceMemory.bind(null, trigger);
  const bounds = { until: untilAt, limit: INSTANTS_MAX };
  return walk(trigger, advance, { after: afterAt, memory }, bounds).instants;
}

function lastOf(instants: readonly Instant[], untilAt: Instant): Instant {
  return instants.length === INSTANTS_MAX ? (instants.at(-1) ?? untilAt) : untilAt;
}

function upTo(at: Instant | undefined, cut: Instant): Instant | undefined {
  return at === undefined || at > cut ? undefined : at;
}
