import { assert, TickworkError } from '../base/errors.ts';
import { AlikeWrites } from '../declaration/alike-writes.ts';
import { checkCycles } from '../declaration/check-cycles.ts';
import { type Declared, decideSave, type SaveFacts } from '../declaration/decide-save.ts';
import { DISABLED_AS_ABSENT } from '../declaration/standing-pause.ts';
import {
  type UnknownUpstream,
  unknownUpstreams,
  upstreamNames,
} from '../declaration/unknown-upstream.ts';
import type { TriggerCache } from '../engine/trigger-cache.ts';
import type { Emitter } from '../events/emitter.ts';
import { expectedOf, resumedMemory } from '../ledger/job-position.ts';
import type { Job, JobSource, JobStatus } from '../model/job.ts';
import type { NewRun } from '../model/run.ts';
import type { SkipWindow } from '../model/skip-window.ts';
import type { Planner } from '../planner/planner.ts';
import type { JobWrite, PlanWrite } from '../ports/job-store.ts';
import type { Store } from '../ports/store.ts';
import type { Instant } from '../time/instant.ts';
import type { ApplyOptions, ApplyResult } from './operations.ts';
import { standingPauses } from './standing-pauses.ts';

const SAVE_BATCH = 1000;
const PAGE = 1000;
/** Lost compare-and-sets are repeated with fresh facts; more in a row is a defect. */
const TRIES_MAX = 20;

type SaveResult = Pick<ApplyResult, 'added' | 'changed' | 'unchanged'>;

export interface JobServiceParts {
  readonly store: Store;
  readonly planner: Planner;
  readonly triggers: TriggerCache;
  readonly emitter: Emitter;
  readonly now: () => Instant;
  /** Something about jobs changed: the loops of this process should look. */
  readonly onChanged: () => Promise<void>;
}

/** What a job's status becomes. */
export interface NewStatus {
  readonly status: JobStatus;
  readonly reason: string | null;
  /** When a pause ends by itself. */
  readonly pausedUntilAt: Instant | null;
  /** With `active`: windows that `skip` has set are lifted, too. */
  readonly liftSkips?: boolean;
}

/**
 * Changes of jobs. Each first plans the job up to now under its former definition and
 * status, so that every instant up to the change has its row, and is then written by
 * compare-and-set; if another node moved the job meanwhile, both are done again.
 */
export class JobService {
  readonly #parts: JobServiceParts;

  constructor(parts: JobServiceParts) {
    this.#parts = parts;
  }

  /** Throws JOB_NOT_FOUND. */
  async find(name: string): Promise<Job> {
    const [job] = await this.#parts.store.findJobs([name]);
    if (job) return job;
    throw new TickworkError('JOB_NOT_FOUND', {
      field: 'job',
      value: name,
      reason: 'does not exist.',
      remedy: 'List the jobs with jobs ls.',
    });
  }

  async save(declared: Declared): Promise<Job> {
    await this.saveAll([declared]);
    return await this.find(declared.name);
  }

  /** Writes declarations in batches; answers which were added, changed, or as they were. */
  async saveAll(
    declared: readonly Declared[],
    options: { readonly dryRun?: boolean } = {},
  ): Promise<SaveResult> {
    await checkCycles(this.#parts.store, declared);
    const result = { added: [] as string[], changed: [] as string[], unchanged: [] as string[] };
    for (let from = 0; from < declared.length; from += SAVE_BATCH) {
      await this.#saveBatch(
        declared.slice(from, from + SAVE_BATCH),
        result,
        options.dryRun === true,
      );
    }
    if (options.dryRun !== true && result.added.length + result.changed.length > 0) {
      await this.#parts.onChanged();
    }
    return result;
  }

  /** Makes the stored jobs of a source those of `declared`, see `Operations.applyJobs`. */
  async apply(
    source: JobSource,
    declared: readonly Declared[],
    options: ApplyOptions = {},
  ): Promise<ApplyResult> {
    const absent = await this.#absentOf(source, declared);
    const unknown = await this.#unknownUpstreams(declared);
    const saved = { ...(await this.saveAll(declared, options)), unknown };
    if (options.absent === 'keep') return { ...saved, disabled: [], kept: absent };
    const result = { ...saved, disabled: absent, kept: [] };
    if (options.dryRun === true) return result;
    for (const name of absent) {
      const [job] = await this.#parts.store.findJobs([name]);
      // Saving a long list takes a while: it may be gone by now, or another's.
      if (!job || job.source.kind !== source.kind || job.source.id !== source.id) continue;
      await this.setStatus(name, {
        status: 'disabled',
        reason: DISABLED_AS_ABSENT,
        pausedUntilAt: null,
      });
    }
    return result;
  }

  async #unknownUpstreams(declared: readonly Declared[]): Promise<readonly UnknownUpstream[]> {
    const own = declared.map((each) => each.name);
    const asked = upstreamNames(declared);
    if (asked.length === 0) return [];
    const stored = await this.#parts.store.findJobs(asked);
    const known = stored.flatMap((job) => (job === null ? [] : [job.name]));
    return unknownUpstreams(declared, new Set([...own, ...known]));
  }

  /**
   * `runsOf` is given the job as it stands before, and may be asked again; its runs are stored
   * in the same step, so that there is no change without them.
   */
  async setStatus(
    name: string,
    to: NewStatus,
    runsOf: (job: Job) => Promise<readonly NewRun[]> = async () => [],
  ): Promise<Job> {
    const { status, reason } = to;
    let changed = false;
    await this.#retry(name, async () => {
      const now = this.#parts.now();
      const job = await this.plannedUpToNow(name);
      const runs = (await runsOf(job)).map((run) => ({ ...run, nodeId: null }));
      const lifts = to.liftSkips === true && job.skipWindows.length > 0;
      const more = lifts || runs.length > 0;
      if (job.status === status && status === 'active' && !more) return true;
      const write = this.#statusWrite(job, now, to);
      const [outcome] = await this.#parts.store.planDue([{ ...write, runs }]);
      changed = outcome === 'written';
      return changed;
    });
    if (!changed) return await this.find(name);
    this.#parts.emitter.emit('job.status', { jobName: name, status, reason });
    await this.#parts.onChanged();
    return await this.find(name);
  }

  /** Adds a skip window to a job in force; past ones are dropped. `windowOf` may run again. */
  async addSkipWindow(
    name: string,
    windowOf: (job: Job) => Promise<SkipWindow>,
  ): Promise<SkipWindow> {
    let added: SkipWindow | null = null;
    await this.#retry(name, async () => {
      const job = await this.plannedUpToNow(name);
      const now = this.#parts.now();
      const window = await windowOf(job);
      const { cursorAt, nextFireAt, memory, zoneVersion } = job;
      const write: PlanWrite = {
        expected: expectedOf(job),
        position: { cursorAt, nextFireAt, memory, zoneVersion },
        skipWindows: [...job.skipWindows.filter((each) => each.toAt > now), window],
        ...{ runs: [], skips: [], at: now },
        supersede: { reason: 'paused', note: window.reason, within: window },
      };
      const [outcome] = await this.#parts.store.planDue([write]);
      added = window;
      return outcome === 'written';
    });
    await this.#parts.onChanged();
    assert(added, 'a skip window was written');
    return added;
  }

  async remove(name: string): Promise<void> {
    const job = await this.plannedUpToNow(name);
    await this.#parts.store.deleteJobs([job.id], this.#parts.now());
    this.#parts.emitter.emit('job.removed', { jobName: name });
    await this.#parts.onChanged();
  }

  async #saveBatch(
    batch: readonly Declared[],
    result: { added: string[]; changed: string[]; unchanged: string[] },
    dryRun: boolean,
  ): Promise<void> {
    let open = batch;
    for (let tries = 0; open.length > 0; tries++) {
      if (tries === TRIES_MAX) throw conflict(open[0]?.name ?? '');
      const now = this.#parts.now();
      const existing = await this.#existingUpToNow(open, now, dryRun);
      const pauseOf = await standingPauses(this.#parts.store, existing, now);
      const writes: JobWrite[] = [];
      const alike = new AlikeWrites();
      for (const [i, declared] of open.entries()) {
        const job = existing[i] ?? null;
        const facts = { existing: job, standingPause: pauseOf(job), now };
        const write = alike.of(declared, job, () => this.#decide(declared, facts));
        if (write === null) result.unchanged.push(declared.name);
        else writes.push(write);
      }
      if (writes.length === 0) return;
      const outcomes = dryRun
        ? writes.map(() => 'written')
        : await this.#parts.store.saveJobs(writes);
      const lost = new Set<string>();
      for (const [i, write] of writes.entries()) {
        if (outcomes[i] === 'written') this.#noteSaved(write, result, dryRun);
        else lost.add(write.name);
      }
      open = open.filter((declared) => lost.has(declared.name));
    }
  }

  /** `facts.now` is the instant up to which the existing job is known to be decided. */
  #decide(
    declared: Declared,
    facts: Pick<SaveFacts, 'existing' | 'standingPause' | 'now'>,
  ): JobWrite | null {
    const trigger = this.#parts.triggers.compile(declared.definition.trigger, declared.name);
    const zoneVersion = this.#parts.triggers.zoneVersion;
    const write = decideSave(declared, { ...facts, trigger, zoneVersion });
    if (write !== null && !declared.eventDriven) this.#checkFires(write, declared);
    return write;
  }

  /** A trigger that can never fire is refused rather than kept as a silent job. */
  #checkFires(write: JobWrite, declared: Declared): void {
    const { kind } = declared.definition.trigger;
    if (write.position.nextFireAt !== null || write.status === 'disabled') return;
    const newTrigger = write.position.memory.fireCount === 0;
    if (kind === 'manual' || !newTrigger || declared.rearmAfterMs !== null) return;
    if (kind === 'once') {
      throw new TickworkError('RUN_AT_PAST', {
        field: `job ${declared.name}`,
        reason: 'gets a date-time up to which it is planned already.',
        remedy: 'Write a later one, or run the job by hand.',
      });
    }
    throw new TickworkError('NEVER_FIRES', {
      field: `job ${declared.name}`,
      reason: 'has a trigger without any instant up to the year 2199.',
      remedy: 'Check its date, its bounds and its calendar.',
    });
  }

  #noteSaved(
    write: JobWrite,
    result: { added: string[]; changed: string[] },
    dryRun: boolean,
  ): void {
    (write.expected === null ? result.added : result.changed).push(write.name);
    if (dryRun) return;
    const revision = (write.expected?.revision ?? 0) + 1;
    this.#parts.emitter.emit('job.saved', { jobName: write.name, revision });
  }

  async #existingUpToNow(
    declared: readonly Declared[],
    now: Instant,
    dryRun: boolean,
  ): Promise<readonly (Job | null)[]> {
    const names = declared.map((each) => each.name);
    const found = await this.#parts.store.findJobs(names);
    if (dryRun) return found;
    const behind = found.filter((job) => job !== null && this.#isBehind(job, now));
    if (behind.length === 0) return found;
    for (const job of behind) if (job) await this.plannedUpToNow(job.name);
    return await this.#parts.store.findJobs(names);
  }

  /**
   * The job after everything up to now was decided under its present definition and status, as
   * far as it can be: only instants up to its cursor are.
   */
  async plannedUpToNow(name: string): Promise<Job> {
    let job = await this.find(name);
    for (let steps = 0; this.#isBehind(job, this.#parts.now()) && steps < TRIES_MAX * 50; steps++) {
      await this.#parts.planner.planJobs([job]);
      job = await this.find(name);
    }
    return job;
  }

  /**
   * Whether instants up to now are undecided. The trigger is asked, not `nextFireAt`: that
   * of a job that could not be planned for a while is put off.
   */
  #isBehind(job: Job, now: Instant): boolean {
    if (job.status === 'disabled') return false;
    const nextAt = this.#nextUndecidedAt(job);
    return nextAt !== null && nextAt <= now;
  }

  #nextUndecidedAt(job: Job): Instant | null {
    try {
      return this.#parts.triggers.factsOf(job).trigger.next(job.cursorAt, job.memory);
    } catch {
      // It cannot be planned now either: its calendar is gone, say.
      return job.nextFireAt;
    }
  }

  #statusWrite(job: Job, now: Instant, { liftSkips = false, ...to }: NewStatus): PlanWrite {
    const { status } = to;
    const { trigger } = this.#parts.triggers.factsOf(job);
    const resumes = status === 'active';
    // What a job missed while it was not in force leaves no rows; the cursor passes it.
    const cursorAt =
      resumes && job.status === 'disabled' ? Math.max(job.cursorAt, now) : job.cursorAt;
    const memory = resumes ? resumedMemory(job, job.memory, now) : job.memory;
    const reopened = resumes ? trigger.next(cursorAt, memory) : job.nextFireAt;
    const supersede = status === 'paused' ? 'paused' : 'superseded';
    return {
      expected: expectedOf(job),
      position: {
        cursorAt,
        nextFireAt: status === 'disabled' ? null : reopened,
        memory,
        zoneVersion: this.#parts.triggers.zoneVersion,
      },
      status: to,
      runs: [],
      skips: [],
      ...(resumes && liftSkips ? { skipWindows: [] } : {}),
      supersede: resumes ? null : { reason: supersede, ...noteOf(to.reason) },
      at: now,
    };
  }

  /**
   * The stored jobs of a source, in force or paused, that a list has no more. Asked before
   * the list is saved: its new jobs need not be read back.
   */
  async #absentOf(source: JobSource, declared: readonly Declared[]): Promise<string[]> {
    const absent: string[] = [];
    let names: ReadonlySet<string> | null = null;
    for (let after: string | null = null; ; ) {
      const page: Job[] = await this.#parts.store.listJobs({ source }, { after, limit: PAGE });
      if (page.length > 0) names ??= new Set(declared.map((each) => each.name));
      for (const { name, status } of page) {
        if (status !== 'disabled' && names?.has(name) === false) absent.push(name);
      }
      if (page.length < PAGE) return absent;
      after = page.at(-1)?.name ?? null;
    }
  }

  async #retry(name: string, step: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries++) if (await step()) return;
    throw conflict(name);
  }
}

function noteOf(note: string | null): { readonly note?: string } {
  return note === null ? {} : { note };
}

function conflict(name: string): TickworkError {
  return new TickworkError('CONFLICT', {
    field: `job ${name}`,
    reason: 'is being changed by others all the time.',
    remedy: 'Try again.',
  });
}
