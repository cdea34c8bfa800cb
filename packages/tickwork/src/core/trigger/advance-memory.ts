import type { TriggerMemory } from '../model/trigger-memory.ts';
import type { Instant } from '../time/instant.ts';
import { hasMembers } from './kind.ts';
import type { Trigger } from './trigger.ts';

/**
 * What the memory is after `fireAt` was planned (run or skipped). Pure; `fireAt`
 * is what `trigger.next` gave under this memory. What the store keeps (`endedAt`) stays.
 */
export function advanceMemory(
  trigger: Trigger,
  memory: TriggerMemory,
  fireAt: Instant,
): TriggerMemory {
  return {
    ...memory,
    previousAt: fireAt,
    fireCount: memory.fireCount + 1,
    members: hasMembers(trigger) ? trigger.membersAfter(memory, fireAt) : memory.members,
  };
}
