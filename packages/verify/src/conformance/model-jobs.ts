import type { Job, JobDefinition, JobState } from '../../../tickwork/src/core/model/job.ts';
import type { JobChange } from '../../../tickwork/src/core/model/job-change.ts';
import type { SkipRange } from '../../../tickwork/src/core/model/run.ts';
import type {
  JobFilter,
  JobWrite,
  ListedJob,
  PlanWrite,
  StoredCalendar,
  WriteOutcome,
} from '../../../tickwork/src/core/ports/job-store.ts';
import type { JobEffect } from '../../../tickwork/src/core/ports/run-store.ts';
import type { Instant } from '../../../tickwork/src/core/time/instant.ts';
import {
  compare,
  jobById,
  type ModelJob,
  type Mutable,
  nodeIsUp,
  type StoreModel,
  sameDefinition,
  skipPending,
  storeRun,
  wakeAt,
} from './store-model.ts';

export function saveJob(model: StoreModel, write: JobWrite): WriteOutcome {
  const stored = model.jobs.find(({ job }) => job.name === write.name);
  if (write.expected === null) return insertJob(model, stored, write);
  const { jobId, revision, cursorAt, status } = write.expected;
  if (stored === undefined || stored.job.id !== jobId) return 'conflict';
  const { job } = stored;
  const written =
    job.revision === revision + 1 &&
    job.effectiveAt === write.effectiveAt &&
    sameDefinition(job, write);
  if (written) return 'written';
  if (job.revision !== revision || job.cursorAt !== cursorAt) return 'conflict';
  if (job.status !== status) return 'conflict';
  const { endedAt } = job.memory;
  if ((endedAt ?? null) !== write.expected.endedAt) return 'conflict';
  Object.assign(job, fieldsOf(write), { revision: revision + 1 });
  job.memory = { ...write.position.memory, endedAt };
  stored.eventDriven = write.eventDriven;
  stored.rearmAfterMs = write.rearmAfterMs;
  stored.endsInSkip = false;
  model.revisions.push({ jobId, revision: revision + 1, definition: write.definition });
  noteSave(model, jobId, revision + 1, write);
  model.changed = true;
  model.jobsChanged = true;
  if (write.supersede !== null) {
    skipPending(model, jobId, write.supersede, write.at);
  }
  return 'written';
}

function insertJob(model: StoreModel, stored: ModelJob | undefined, write: JobWrite): WriteOutcome {
  if (stored !== undefined) return sameDefinition(stored.job, write) ? 'written' : 'conflict';
  // The store chooses ids; `giveId` replaces this one.
  const id = -1 - model.names.size;
  model.names.set(id, write.name);
  model.revisions.push({ jobId: id, revision: 1, definition: write.definition });
  noteSave(model, id, 1, write);
  const job: Job = {
    ...fieldsOf(write),
    id,
    name: write.name,
    revision: 1,
    createdAt: write.at,
    memory: { ...write.position.memory, endedAt: null },
    stats: {
      successCount: 0,
      failureCount: 0,
      cancelledCount: 0,
      skippedCount: 0,
      lastStartedAt: null,
      lastEndedAt: null,
      lastState: null,
      lastError: null,
      durationMsTotal: 0,
    },
    failuresInRow: 0,
    holdUntilAt: null,
    skipWindows: [],
  };
  const { eventDriven, rearmAfterMs } = write;
  model.jobs.push({ job, eventDriven, rearmAfterMs, endsInSkip: false });
  model.changed = true;
  model.jobsChanged = true;
  return 'written';
}

function noteSave(model: StoreModel, jobId: number, revision: number, write: JobWrite): void {
  noteChange(model, {
    ...{ jobId, revision, at: write.at, effectiveAt: write.effectiveAt, status: write.status },
    ...{ reason: write.statusReason, pausedUntilAt: write.pausedUntilAt },
    cursorAt: write.position.cursorAt,
    memory: { ...write.position.memory, endedAt: null },
  });
}

/** What the end of a run does to its job, after the run itself and its follow-ups. */
export function affectJob(
  model: StoreModel,
  jobId: number | null,
  effect: JobEffect,
  at: Instant,
): void {
  const job = jobById(model, jobId)?.job;
  if (job === undefined) return;
  if (effect.kind === 'succeeded') {
    Object.assign(job, { failuresInRow: 0, holdUntilAt: null });
    return;
  }
  job.failuresInRow++;
  if (job.status !== 'active') return;
  if (effect.pauseAfter !== null && job.failuresInRow >= effect.pauseAfter) {
    Object.assign(job, { status: 'paused', statusReason: effect.pauseReason, pausedUntilAt: null });
    model.jobsChanged = true;
    const { id, revision, cursorAt } = job;
    noteChange(model, {
      ...{ jobId: id, at, revision, status: 'paused', reason: effect.pauseReason },
      ...{ pausedUntilAt: null, effectiveAt: Math.max(at, cursorAt), cursorAt },
      memory: { ...job.memory, endedAt: null },
    });
    skipPending(model, job.id, { reason: 'paused', note: effect.pauseReason }, at);
  } else if (effect.again !== null) {
    storeRun(model, effect.again, null, at);
    job.holdUntilAt = Math.max(job.holdUntilAt ?? 0, effect.again.fireAt);
  }
}

/** Sequences are far too short for the limit to matter. */
function noteChange(model: StoreModel, change: JobChange): void {
  const last = listChanges(model, change.jobId).at(-1);
  const fields = ['at', 'revision', 'status', 'reason', 'pausedUntilAt', 'cursorAt'] as const;
  if (last !== undefined && fields.every((field) => last[field] === change[field])) return;
  model.changes.push(change);
}

export function listChanges(model: StoreModel, jobId: number): JobChange[] {
  return model.changes.filter((each) => each.jobId === jobId);
}

/** Gives a new job the id that the store has chosen. */
export function giveId(model: StoreModel, job: Mutable<Job>, id: number): void {
  for (const each of model.revisions) if (each.jobId === job.id) each.jobId = id;
  model.changes = model.changes.map((each) =>
    each.jobId === job.id ? { ...each, jobId: id } : each,
  );
  model.names.delete(job.id);
  model.names.set(id, job.name);
  job.id = id;
}

function fieldsOf(write: JobWrite) {
  return {
    definition: write.definition,
    source: write.source,
    status: write.status,
    statusReason: write.statusReason,
    pausedUntilAt: write.pausedUntilAt,
    effectiveAt: write.effectiveAt,
    cursorAt: write.position.cursorAt,
    nextFireAt: write.position.nextFireAt,
    zoneVersion: write.position.zoneVersion,
  };
}

export function findJob(model: StoreModel, name: string): Job | null {
  return model.jobs.find(({ job }) => job.name === name)?.job ?? null;
}

export function listJobs(
  model: StoreModel,
  filter: JobFilter,
  page: { readonly after: string | null; readonly limit: number },
): ListedJob[] {
  const { after } = page;
  return model.jobs
    .filter(({ job }) => after === null || compare(job.name, after) > 0)
    .filter(({ job }) => filter.status === undefined || job.status === filter.status)
    .filter(({ job }) => {
      if (filter.source === undefined) return true;
      return job.source.kind === filter.source.kind && job.source.id === filter.source.id;
    })
    .filter(({ job }) => filter.tag === undefined || job.definition.tags.includes(filter.tag))
    .filter((stored) => (filter.eventDriven ?? stored.eventDriven) === stored.eventDriven)
    .map(({ job }) => job)
    .filter((job) => job.name.toLowerCase().includes((filter.search ?? '').toLowerCase()))
    .sort((a, b) => compare(a.name, b.name))
    .slice(0, page.limit)
    .map((job) => ({
      ...job,
      runningCount: model.runs.filter(
        ({ run, live }) => live && run.jobId === job.id && run.state === 'RUNNING',
      ).length,
    }));
}

export function deleteJob(model: StoreModel, jobId: number, at: Instant): boolean {
  if (jobById(model, jobId) === undefined) return false;
  skipPending(model, jobId, 'all', at);
  model.jobs = model.jobs.filter(({ job }) => job.id !== jobId);
  model.changes = model.changes.filter((each) => each.jobId !== jobId);
  model.deletedAt.set(jobId, at);
  model.changed = true;
  model.jobsChanged = true;
  return true;
}

export function findRevision(
  model: StoreModel,
  jobId: number,
  revision: number,
): JobDefinition | null {
  const found = model.revisions.find((each) => each.jobId === jobId && each.revision === revision);
  return found?.definition ?? null;
}

export function findDueJobs(model: StoreModel, until: Instant, limit: number): JobState[] {
  return model.jobs
    .filter((stored) => (wakeAt(stored) ?? Number.POSITIVE_INFINITY) <= until)
    .sort((a, b) => (wakeAt(a) ?? 0) - (wakeAt(b) ?? 0) || a.job.id - b.job.id)
    .slice(0, limit)
    .map(({ job: { stats: _, ...state } }) => state);
}

export function nextDueAt(model: StoreModel): Instant | null {
  const instants = model.jobs.map(wakeAt).filter((at) => at !== null);
  return instants.length === 0 ? null : Math.min(...instants);
}

export function planJob(model: StoreModel, write: PlanWrite): WriteOutcome {
  const { expected, position, status } = write;
  const stored = jobById(model, expected.jobId);
  if (stored === undefined) return 'conflict';
  const { job } = stored;
  if (job.revision !== expected.revision || job.cursorAt !== expected.cursorAt) return 'conflict';
  if (job.status !== expected.status) return 'conflict';
  if ((job.memory.endedAt ?? null) !== expected.endedAt) return 'conflict';
  job.cursorAt = position.cursorAt;
  job.nextFireAt = position.nextFireAt;
  job.memory = { ...position.memory, endedAt: job.memory.endedAt };
  job.zoneVersion = position.zoneVersion;
  model.changed = true;
  if (status !== undefined) {
    job.status = status.status;
    job.statusReason = status.reason;
    job.pausedUntilAt = status.pausedUntilAt;
    if (status.status === 'active') Object.assign(job, { failuresInRow: 0, holdUntilAt: null });
    model.jobsChanged = true;
    noteChange(model, {
      jobId: job.id,
      at: write.at,
      revision: job.revision,
      status: status.status,
      reason: status.reason,
      pausedUntilAt: status.pausedUntilAt,
      effectiveAt: Math.max(write.at, expected.cursorAt),
      cursorAt: position.cursorAt,
      memory: { ...position.memory, endedAt: null },
    });
  }
  if (write.skipWindows !== undefined) job.skipWindows = write.skipWindows;
  if (write.supersede !== null) {
    skipPending(model, job.id, write.supersede, write.at);
  }
  for (const { nodeId, ...run } of write.runs) {
    const reserved = nodeId !== null && nodeIsUp(model, nodeId);
    storeRun(model, run, reserved ? nodeId : null, write.at);
  }
  keepSkips(model, stored, write);
  return 'written';
}

/** Instants and ranges in the order of time; a range may grow only where nothing lies between. */
function keepSkips(model: StoreModel, stored: ModelJob, write: PlanWrite): void {
  const { job } = stored;
  const things = [
    ...write.runs
      .filter((run) => run.origin === 'schedule')
      .map((run) => ({ at: run.fireAt, skip: null })),
    ...write.skips.map((skip) => ({ at: skip.fromAt, skip })),
  ].sort((a, b) => a.at - b.at);
  things.forEach(({ skip }, index) => {
    const last = model.skips.filter((each) => each.jobId === job.id).at(-1);
    const grows =
      skip !== null &&
      index === 0 &&
      stored.endsInSkip &&
      last?.reason === skip.reason &&
      last.intoRunId === skip.intoRunId &&
      last.note === skip.note;
    if (skip === null) return;
    if (grows) {
      const { toAt, decidedAt } = skip;
      const grown: SkipRange = { ...last, toAt, decidedAt, count: last.count + skip.count };
      model.skips[model.skips.indexOf(last)] = grown;
    } else model.skips.push(skip);
    job.stats = { ...job.stats, skippedCount: job.stats.skippedCount + skip.count };
  });
  const final = things.at(-1);
  if (final !== undefined) stored.endsInSkip = final.skip !== null;
}

export function listSkips(
  model: StoreModel,
  jobId: number,
  fromAt: Instant,
  toAt: Instant,
  limit: number,
): SkipRange[] {
  return model.skips
    .filter((skip) => skip.jobId === jobId && skip.toAt >= fromAt && skip.fromAt <= toAt)
    .sort((a, b) => a.fromAt - b.fromAt)
    .slice(0, limit);
}

export function saveCalendars(model: StoreModel, calendars: readonly StoredCalendar[]): void {
  for (const calendar of calendars) {
    model.calendars = model.calendars.filter(({ name }) => name !== calendar.name);
    model.calendars.push(calendar);
    model.changed = true;
    model.jobsChanged = true;
  }
}

export function listCalendars(model: StoreModel): StoredCalendar[] {
  return [...model.calendars].sort((a, b) => compare(a.name, b.name));
}
