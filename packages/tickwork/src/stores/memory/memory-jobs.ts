import type { Json } from '../../core/base/json.ts';
import { jsonEquals } from '../../core/base/json-equals.ts';
import { changeOfPlan } from '../../core/ledger/change-of.ts';
import { checkCursor, checkPlan } from '../../core/ledger/check-plan.ts';
import type { Job, JobDefinition, JobState } from '../../core/model/job.ts';
import type { JobChange } from '../../core/model/job-change.ts';
import type { SkipRange } from '../../core/model/run.ts';
import type {
  Expected,
  JobFilter,
  JobStore,
  JobWrite,
  ListedJob,
  PlanWrite,
  StoredCalendar,
  WriteOutcome,
} from '../../core/ports/job-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { compareText } from './compare-text.ts';
import type { StoredJob } from './job-table.ts';
import type { MemoryState } from './memory-state.ts';

/** The jobs' side of the memory store. */
export class MemoryJobs implements JobStore {
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async saveJobs(writes: readonly JobWrite[]): Promise<readonly WriteOutcome[]> {
    for (const { expected, position } of writes) {
      if (expected !== null) checkCursor(expected, position.cursorAt);
    }
    return writes.map((write) => this.#saveJob(write));
  }

  #saveJob(write: JobWrite): WriteOutcome {
    const { jobs } = this.#state;
    const stored = jobs.byName.get(write.name);
    if (write.expected === null) {
      if (stored !== undefined) return isSame(stored.job, write) ? 'written' : 'conflict';
      jobs.insert(write);
    } else {
      if (stored === undefined || stored.job.id !== write.expected.jobId) return 'conflict';
      if (isRepeated(stored.job, write, write.expected)) return 'written';
      if (!stands(stored.job, write.expected)) return 'conflict';
      jobs.revise(stored, write);
      if (write.supersede !== null) {
        this.#state.skipPending(stored.job.id, write.supersede, write.at);
      }
    }
    this.#state.change++;
    this.#state.jobsVersion++;
    return 'written';
  }

  async findJobs(names: readonly string[]): Promise<readonly (Job | null)[]> {
    return names.map((name) => this.#state.jobs.byName.get(name)?.job ?? null);
  }

  async listJobs(
    filter: JobFilter,
    page: { after: string | null; limit: number },
  ): Promise<ListedJob[]> {
    const after = page.after;
    const search = filter.search?.toLowerCase();
    const found: ListedJob[] = [];
    const rest = this.#state.jobs.names.from(
      ({ job }) => after === null || compareText(job.name, after) > 0,
    );
    for (const stored of rest) {
      if (found.length >= page.limit) break;
      if (!matches(stored, filter, search)) continue;
      found.push({ ...stored.job, runningCount: this.#state.live.runningCount(stored.job.id) });
    }
    return found;
  }

  async deleteJobs(jobIds: readonly number[], at: Instant): Promise<number> {
    const { jobs } = this.#state;
    let count = 0;
    for (const jobId of jobIds) {
      const stored = jobs.byId.get(jobId);
      if (stored === undefined) continue;
      this.#state.skipPending(jobId, 'all', at);
      jobs.remove(stored, at);
      count++;
    }
    if (count > 0) {
      this.#state.change++;
      this.#state.jobsVersion++;
    }
    return count;
  }

  async findRevisions(
    keys: readonly { readonly jobId: number; readonly revision: number }[],
  ): Promise<readonly (JobDefinition | null)[]> {
    return keys.map(({ jobId, revision }) => this.#state.jobs.definition(jobId, revision));
  }

  async findDueJobs(until: Instant, limit: number): Promise<JobState[]> {
    const found: JobState[] = [];
    for (const stored of this.#state.jobs.due) {
      if (found.length >= limit || (stored.wakeAt ?? 0) > until) break;
      const { stats: _, ...state } = stored.job;
      found.push(state);
    }
    return found;
  }

  async nextDueAt(): Promise<Instant | null> {
    return this.#state.jobs.due.first?.wakeAt ?? null;
  }

  async planDue(writes: readonly PlanWrite[]): Promise<readonly WriteOutcome[]> {
    for (const write of writes) checkPlan(write);
    return writes.map((write) => this.#planJob(write));
  }

  #planJob(write: PlanWrite): WriteOutcome {
    const { jobs, nodes } = this.#state;
    const stored = jobs.byId.get(write.expected.jobId);
    if (stored === undefined || !stands(stored.job, write.expected)) return 'conflict';
    const { position } = write;
    jobs.change(stored, {
      cursorAt: position.cursorAt,
      nextFireAt: position.nextFireAt,
      memory: { ...position.memory, endedAt: stored.job.memory.endedAt },
      zoneVersion: position.zoneVersion,
    });
    if (write.status !== undefined) {
      const { status, reason, pausedUntilAt } = write.status;
      const fresh = status === 'active' ? { failuresInRow: 0, holdUntilAt: null } : {};
      jobs.change(stored, { status, statusReason: reason, pausedUntilAt, ...fresh });
      this.#state.jobsVersion++;
    }
    if (write.skipWindows !== undefined) jobs.change(stored, { skipWindows: write.skipWindows });
    const change = changeOfPlan(write);
    if (change !== null) jobs.noteChange(change);
    if (write.supersede !== null) {
      this.#state.skipPending(stored.job.id, write.supersede, write.at);
    }
    for (const run of write.runs) {
      const reserved = run.nodeId !== null && nodes.get(run.nodeId)?.node.state === 'up';
      this.#state.insertRun(run, reserved ? run.nodeId : null, write.at);
    }
    this.#skip(stored, write);
    this.#state.change++;
    return 'written';
  }

  /** Keeps the skip ranges; the first one may lengthen the job's last. */
  #skip(stored: StoredJob, write: PlanWrite): void {
    const runAts = write.runs.filter(isScheduled).map((run) => run.fireAt);
    const ranges = this.#state.jobs.skips.get(stored.job.id) ?? [];
    let count = 0;
    write.skips.forEach((skip, index) => {
      count += skip.count;
      const last = ranges.at(-1);
      const continues =
        index === 0 &&
        stored.skipOpen &&
        last?.reason === skip.reason &&
        last.intoRunId === skip.intoRunId &&
        last.note === skip.note &&
        runAts.every((runAt) => runAt > skip.toAt);
      if (!continues) ranges.push(skip);
      else
        ranges[ranges.length - 1] = {
          ...skip,
          fromAt: last.fromAt,
          count: last.count + skip.count,
        };
    });
    const lastSkip = write.skips.at(-1);
    if (lastSkip !== undefined) {
      this.#state.jobs.skips.set(stored.job.id, ranges);
      stored.skipOpen = runAts.every((runAt) => runAt < lastSkip.fromAt);
      const { stats } = stored.job;
      this.#state.jobs.change(stored, {
        stats: { ...stats, skippedCount: stats.skippedCount + count },
      });
    } else if (runAts.length > 0) stored.skipOpen = false;
  }

  async listChanges(jobId: number): Promise<JobChange[]> {
    return [...this.#state.jobs.changesOf(jobId)];
  }

  async listSkips(
    jobId: number,
    fromAt: Instant,
    toAt: Instant,
    limit: number,
  ): Promise<SkipRange[]> {
    const ranges = this.#state.jobs.skips.get(jobId) ?? [];
    return ranges.filter((skip) => skip.toAt >= fromAt && skip.fromAt <= toAt).slice(0, limit);
  }

  async saveCalendars(calendars: readonly StoredCalendar[]): Promise<void> {
    for (const calendar of calendars) this.#state.jobs.calendars.set(calendar.name, calendar);
    if (calendars.length === 0) return;
    this.#state.change++;
    this.#state.jobsVersion++;
  }

  async listCalendars(): Promise<StoredCalendar[]> {
    return [...this.#state.jobs.calendars.values()].sort((a, b) => compareText(a.name, b.name));
  }
}

function stands(job: Job, expected: Expected): boolean {
  return (
    job.id === expected.jobId &&
    job.revision === expected.revision &&
    job.cursorAt === expected.cursorAt &&
    job.status === expected.status &&
    (job.memory.endedAt ?? null) === expected.endedAt
  );
}

function isSame(job: Job, write: JobWrite): boolean {
  return (
    job.source.kind === write.source.kind &&
    job.source.id === write.source.id &&
    jsonEquals(job.definition as unknown as Json, write.definition as unknown as Json)
  );
}

/** True if the stored job is what this write makes of the expected one. */
function isRepeated(job: Job, write: JobWrite, expected: Expected): boolean {
  return (
    job.revision === expected.revision + 1 &&
    job.effectiveAt === write.effectiveAt &&
    isSame(job, write)
  );
}

function isScheduled(run: { readonly origin: string }): boolean {
  return run.origin === 'schedule';
}

function matches(stored: StoredJob, filter: JobFilter, search: string | undefined): boolean {
  const { job, eventDriven } = stored;
  return (
    (filter.status === undefined || job.status === filter.status) &&
    (filter.source === undefined ||
      (job.source.kind === filter.source.kind && job.source.id === filter.source.id)) &&
    (filter.tag === undefined || job.definition.tags.includes(filter.tag)) &&
    (filter.eventDriven === undefined || eventDriven === filter.eventDriven) &&
    (search === undefined || job.name.toLowerCase().includes(search))
  );
}
