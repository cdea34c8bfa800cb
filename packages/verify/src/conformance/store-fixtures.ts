import type { JobDefinition, JobState } from '../../../tickwork/src/core/model/job.ts';
import type { NodeInfo } from '../../../tickwork/src/core/model/node.ts';
import { defaultPolicies, type RetentionPolicy } from '../../../tickwork/src/core/model/policy.ts';
import { type NewRun, runId } from '../../../tickwork/src/core/model/run.ts';
import { freshMemory } from '../../../tickwork/src/core/model/trigger-memory.ts';
import type {
  Expected,
  JobPosition,
  JobWrite,
  PlanWrite,
} from '../../../tickwork/src/core/ports/job-store.ts';
import type { Completion } from '../../../tickwork/src/core/ports/run-store.ts';
import type { Instant } from '../../../tickwork/src/core/time/instant.ts';

/** The instant at which the tests of stores begin. */
export const T0: Instant = 1_800_000_000_000;
export const LEASE_MS = 15_000;

export interface DefinitionOptions {
  readonly tags?: readonly string[];
  readonly retention?: RetentionPolicy;
  readonly description?: string;
}

export function definitionOf(options: DefinitionOptions = {}): JobDefinition {
  return {
    trigger: { kind: 'interval', everyMs: 1000 },
    task: { kind: 'function', name: 'work', options: {} },
    input: { deep: [1, 'zwölf', null] },
    policies: { ...defaultPolicies, retention: options.retention ?? defaultPolicies.retention },
    tags: options.tags ?? [],
    description: options.description ?? '',
  };
}

export function positionAt(cursorAt: Instant, nextFireAt: Instant | null): JobPosition {
  return { cursorAt, nextFireAt, memory: freshMemory(cursorAt), zoneVersion: '2026c' };
}

export function jobWrite(name: string, changes: Partial<JobWrite> = {}): JobWrite {
  return {
    name,
    expected: null,
    definition: definitionOf(),
    source: { kind: 'code', id: '' },
    status: 'active',
    statusReason: null,
    pausedUntilAt: null,
    effectiveAt: T0,
    position: positionAt(T0, T0 + 1000),
    eventDriven: false,
    rearmAfterMs: null,
    supersede: null,
    at: T0,
    ...changes,
  };
}

export function expectedOf({ id, revision, cursorAt, status, memory }: JobState): Expected {
  return { jobId: id, revision, cursorAt, status, endedAt: memory.endedAt ?? null };
}

export function planWrite(
  job: JobState,
  cursorAt: Instant,
  changes: Partial<PlanWrite> = {},
): PlanWrite {
  return {
    expected: expectedOf(job),
    position: positionAt(cursorAt, cursorAt + 1000),
    runs: [],
    skips: [],
    supersede: null,
    at: T0,
    ...changes,
  };
}

/** A run of a job at an instant, or, without a job, an enqueued one under `id`. */
export function newRun(changes: Partial<NewRun> & Pick<NewRun, 'id'>): NewRun {
  const fireAt = changes.fireAt ?? T0;
  return {
    jobId: null,
    jobRevision: null,
    origin: 'enqueue',
    fireAt,
    startAt: fireAt,
    handler: 'function:work',
    priority: 0,
    dedupeKey: null,
    coalescedCount: 0,
    definition: null,
    parentId: null,
    ...changes,
  };
}

export function scheduledRun(
  job: JobState,
  fireAt: Instant,
  changes: Partial<NewRun> = {},
): NewRun {
  return newRun({
    id: runId.scheduled(job.id, fireAt),
    jobId: job.id,
    jobRevision: job.revision,
    origin: 'schedule',
    fireAt,
    ...changes,
  });
}

export function nodeInfo(id: string): NodeInfo {
  return {
    id,
    name: id,
    host: 'host',
    pid: 1,
    bootId: 'boot',
    processStart: '7',
    version: '0.1.0',
  };
}

export function completion(
  run: { readonly runId: string; readonly nodeId: string; readonly fence: number },
  changes: Partial<Completion> = {},
): Completion {
  return {
    ...run,
    startedAt: T0,
    endedAt: T0 + 10,
    state: 'SUCCESS',
    reason: null,
    outcome: 'success',
    error: null,
    exitCode: null,
    result: null,
    dueAt: null,
    followUps: [],
    ...changes,
  };
}
