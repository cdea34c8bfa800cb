import { changeOfSave } from '../../core/ledger/change-of.ts';
import type { Job, JobDefinition } from '../../core/model/job.ts';
import { CHANGES_MAX, isSameChange, type JobChange } from '../../core/model/job-change.ts';
import type { SkipRange } from '../../core/model/run.ts';
import type { JobWrite, StoredCalendar } from '../../core/ports/job-store.ts';
import type { DurationMs, Instant } from '../../core/time/instant.ts';
import { compareText } from './compare-text.ts';
import { SortedSet } from './sorted-set.ts';

/** A job and what the store knows of it besides. `job` is replaced, never changed. */
export interface StoredJob {
  job: Job;
  eventDriven: boolean;
  rearmAfterMs: DurationMs | null;
  /** The key in the order of due jobs; `null` = not in it. */
  wakeAt: Instant | null;
  /** True while the last thing that was planned is a skip range, which may grow. */
  skipOpen: boolean;
}

/** Jobs with their orders by name and by instant, definitions, skip ranges and calendars. */
export class JobTable {
  readonly byId = new Map<number, StoredJob>();
  readonly byName = new Map<string, StoredJob>();
  readonly names = new SortedSet<StoredJob>((a, b) => compareText(a.job.name, b.job.name));
  readonly due = new SortedSet<StoredJob>(
    (a, b) => (a.wakeAt ?? 0) - (b.wakeAt ?? 0) || a.job.id - b.job.id,
  );
  readonly skips = new Map<number, SkipRange[]>();
  readonly calendars = new Map<string, StoredCalendar>();
  readonly #definitions = new Map<number, JobDefinition[]>();
  readonly #changes = new Map<number, JobChange[]>();
  /** When jobs were deleted whose history is kept. */
  readonly deletedAt = new Map<number, Instant>();
  /** Names outlive their jobs, for the history. */
  readonly #nameOf = new Map<number, string>();
  #lastId = 0;

  insert(write: JobWrite): void {
    const id = ++this.#lastId;
    const stored: StoredJob = {
      job: {
        ...fieldsOf(write),
        id,
        name: write.name,
        revision: 1,
        createdAt: write.at,
        memory: { ...write.position.memory, endedAt: null },
        stats: freshStats,
        failuresInRow: 0,
        holdUntilAt: null,
        skipWindows: [],
      },
      eventDriven: write.eventDriven,
      rearmAfterMs: write.rearmAfterMs,
      wakeAt: null,
      skipOpen: false,
    };
    this.byId.set(id, stored);
    this.byName.set(write.name, stored);
    this.names.add(stored);
    this.#nameOf.set(id, write.name);
    this.#definitions.set(id, [write.definition]);
    this.noteChange(changeOfSave(id, 1, write));
    this.#schedule(stored);
  }

  revise(stored: StoredJob, write: JobWrite): void {
    stored.eventDriven = write.eventDriven;
    stored.rearmAfterMs = write.rearmAfterMs;
    stored.skipOpen = false;
    this.#definitions.get(stored.job.id)?.push(write.definition);
    this.change(stored, {
      ...fieldsOf(write),
      revision: stored.job.revision + 1,
      memory: { ...write.position.memory, endedAt: stored.job.memory.endedAt },
    });
    this.noteChange(changeOfSave(stored.job.id, stored.job.revision, write));
  }

  /** Replaces fields of a job and keeps the order of due jobs right. */
  change(stored: StoredJob, fields: Partial<Job>): void {
    stored.job = { ...stored.job, ...fields };
    this.#schedule(stored);
  }

  remove(stored: StoredJob, at: Instant): void {
    this.deletedAt.set(stored.job.id, at);
    if (stored.wakeAt !== null) this.due.delete(stored);
    this.names.delete(stored);
    this.byName.delete(stored.job.name);
    this.byId.delete(stored.job.id);
    this.#changes.delete(stored.job.id);
  }

  /** Nothing of a deleted job is known any more. */
  forget(jobId: number): void {
    this.deletedAt.delete(jobId);
    this.#nameOf.delete(jobId);
    this.#definitions.delete(jobId);
  }

  noteChange(change: JobChange): void {
    const kept = this.#changes.get(change.jobId) ?? [];
    const last = kept.at(-1);
    if (last !== undefined && isSameChange(last, change)) return;
    this.#changes.set(change.jobId, [...kept, change].slice(-CHANGES_MAX));
  }

  changesOf(jobId: number): readonly JobChange[] {
    return this.#changes.get(jobId) ?? [];
  }

  definition(jobId: number, revision: number): JobDefinition | null {
    return this.#definitions.get(jobId)?.[revision - 1] ?? null;
  }

  nameOf(jobId: number | null): string | null {
    return jobId === null ? null : (this.#nameOf.get(jobId) ?? null);
  }

  #schedule(stored: StoredJob): void {
    const wakeAt = wakeOf(stored.job);
    if (wakeAt === stored.wakeAt) return;
    if (stored.wakeAt !== null) this.due.delete(stored);
    stored.wakeAt = wakeAt;
    if (wakeAt !== null) this.due.add(stored);
  }
}

const freshStats: Job['stats'] = Object.freeze({
  successCount: 0,
  failureCount: 0,
  cancelledCount: 0,
  skippedCount: 0,
  lastStartedAt: null,
  lastEndedAt: null,
  lastState: null,
  lastError: null,
  durationMsTotal: 0,
});

type WrittenFields = Omit<
  Job,
  | 'id'
  | 'name'
  | 'revision'
  | 'createdAt'
  | 'memory'
  | 'stats'
  | 'failuresInRow'
  | 'holdUntilAt'
  | 'skipWindows'
>;

function fieldsOf(write: JobWrite): WrittenFields {
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

/** When the planner must look at a job: its next instant, or the end of its pause. */
function wakeOf(job: Job): Instant | null {
  if (job.status === 'disabled') return null;
  if (job.status === 'active' || job.pausedUntilAt === null) return job.nextFireAt;
  return job.nextFireAt === null ? job.pausedUntilAt : Math.min(job.nextFireAt, job.pausedUntilAt);
}
