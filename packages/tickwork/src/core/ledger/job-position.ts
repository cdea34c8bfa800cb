import type { JobState } from '../model/job.ts';
import type { TriggerMemory } from '../model/trigger-memory.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { Expected } from '../ports/job-store.ts';
import type { Instant } from '../time/instant.ts';

/** A trigger that counts from the end of a run counts from the end of the pause instead. */
export function resumedMemory(job: JobState, memory: TriggerMemory, at: Instant): TriggerMemory {
  const { kind } = job.definition.trigger;
  return kind === 'fixed-delay' ? { ...memory, anchorAt: at } : passedMemory(job, memory, at);
}

/** The compare part of a write that was decided on `job` as it stood. */
export function expectedOf(job: JobState): Expected {
  const { id, revision, cursorAt, status, memory } = job;
  return { jobId: id, revision, cursorAt, status, endedAt: memory.endedAt ?? null };
}

/**
 * Instants were passed over and none of them has a run: no end will come, so a delay
 * counts from the moment they are over.
 */
export function passedMemory(job: JobState, memory: TriggerMemory, at: Instant): TriggerMemory {
  return countsFromEnd(job.definition.trigger) ? { ...memory, passedAt: at } : memory;
}

function countsFromEnd(trigger: TriggerSpec): boolean {
  if (trigger.kind === 'any') return trigger.of.some(countsFromEnd);
  return trigger.kind === 'fixed-delay';
}
