import type { Run } from '../../../tickwork/src/core/model/run.ts';

/** A run as a store gives it, for tests of what is decided about it. */
export function storedRun(fields: Partial<Run> = {}): Run {
  const fireAt = fields.fireAt ?? 1_000;
  return {
    id: `1-${fireAt.toString(36)}`,
    jobId: 1,
    jobRevision: 1,
    jobName: 'job',
    origin: 'schedule',
    fireAt,
    startAt: fireAt,
    handler: 'function:work',
    priority: 0,
    dedupeKey: null,
    coalescedCount: 0,
    definition: null,
    parentId: null,
    state: 'PENDING',
    reason: null,
    dueAt: fields.startAt ?? fireAt,
    waiting: false,
    limitKey: null,
    nodeId: null,
    fence: 0,
    attempt: 0,
    failedCount: 0,
    lostCount: 0,
    cancelRequested: false,
    progress: null,
    createdAt: 0,
    startedAt: null,
    endedAt: null,
    error: null,
    exitCode: null,
    result: null,
    ...fields,
  };
}
