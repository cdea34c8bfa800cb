import type { SlotLimit } from '../../core/model/limit.ts';
import type { NewRun, Run } from '../../core/model/run.ts';
import { isActive } from '../../core/model/run-state.ts';
import type { Instant } from '../../core/time/instant.ts';
import { checkTransition } from './check-transition.ts';
import { compareText } from './compare-text.ts';
import { SortedSet } from './sorted-set.ts';

/** A live run. `run` is replaced, never changed; `id` and `fireAt` stay for good. */
export interface LiveRun {
  readonly id: string;
  readonly fireAt: Instant;
  /** Grows in the order in which runs were stored. */
  readonly seq: number;
  run: Run;
  /** The line it waits in, and whether it may be claimed; `null` = in none. */
  limit: (SlotLimit & { readonly open: boolean }) | null;
  /** The key in its claim queue; `null` = not in it. */
  queuedAt: Instant | null;
}

/** What is live of one job. */
export interface JobRuns {
  readonly all: SortedSet<LiveRun>;
  readonly active: SortedSet<LiveRun>;
  /** By their turns, see `byTurn`. */
  readonly waiting: SortedSet<LiveRun>;
  /** How many of those that wait are made up for, and come last. */
  backfillCount: number;
}

/**
 * Runs that have not ended, with an order for each question: what may be claimed (by
 * handler and priority), what a node holds, what a job has.
 *
 * Of a job's waiting runs only the oldest is in a claim queue, and only while none of
 * the job's runs is active: `put` keeps it so.
 */
export class LiveRuns {
  readonly byId = new Map<string, LiveRun>();
  /** By handler and key, see `dedupeKeyOf`. */
  readonly #byDedupeKey = new Map<string, LiveRun>();
  #lastSeq = 0;
  readonly #byJob = new Map<number, JobRuns>();
  readonly #byNode = new Map<string, Set<LiveRun>>();
  readonly #queues = new Map<string, Map<number, SortedSet<LiveRun>>>();

  add(run: NewRun, jobName: string | null, nodeId: string | null, at: Instant): void {
    const live: LiveRun = {
      id: run.id,
      fireAt: run.fireAt,
      seq: ++this.#lastSeq,
      run: freshRun(run, jobName, nodeId, at),
      queuedAt: null,
      limit: null,
    };
    this.byId.set(live.id, live);
    if (run.dedupeKey !== null) this.#byDedupeKey.set(dedupeKeyOf(run), live);
    if (nodeId !== null) this.#hold(nodeId, live);
    const job = run.jobId === null ? null : this.#jobOf(run.jobId);
    job?.all.add(live);
    this.#queue(live, job);
  }

  change(live: LiveRun, fields: Partial<Run>): void {
    const before = live.run;
    const after: Run = { ...before, ...fields };
    checkTransition(before, after.state);
    live.run = after;
    if (before.nodeId !== after.nodeId) {
      this.#release(before.nodeId, live);
      if (after.nodeId !== null) this.#hold(after.nodeId, live);
    }
    const job = after.jobId === null ? null : this.#jobOf(after.jobId);
    if (job !== null) {
      if (occupies(before) !== occupies(after)) move(job.active, live);
      if (before.waiting !== after.waiting) {
        if (after.waiting) job.waiting.add(live);
        else job.waiting.delete(live);
        if (isBackfill(live)) job.backfillCount += after.waiting ? 1 : -1;
      }
    }
    this.#queue(live, job);
    if (job !== null) this.#queueWaiting(job);
  }

  remove(live: LiveRun): void {
    const run = live.run;
    this.byId.delete(live.id);
    if (run.dedupeKey !== null) this.#byDedupeKey.delete(dedupeKeyOf(run));
    this.#release(run.nodeId, live);
    this.#unqueue(live);
    if (run.jobId === null) return;
    const job = this.#jobOf(run.jobId);
    job.all.delete(live);
    job.active.delete(live);
    job.waiting.delete(live);
    if (run.waiting && isBackfill(live)) job.backfillCount--;
    if (job.all.size === 0) this.#byJob.delete(run.jobId);
    else this.#queueWaiting(job);
  }

  /** The live run of the same handler with the same dedupe key, if there is one. */
  twinOf(run: NewRun): LiveRun | undefined {
    return run.dedupeKey === null ? undefined : this.#byDedupeKey.get(dedupeKeyOf(run));
  }

  ofJob(jobId: number): JobRuns | null {
    return this.#byJob.get(jobId) ?? null;
  }

  runningCount(jobId: number): number {
    let count = 0;
    for (const { run } of this.#byJob.get(jobId)?.all ?? []) if (run.state === 'RUNNING') count++;
    return count;
  }

  /** The first waiting run of the job can be claimed. */
  hasOpenWaiting(jobId: number | null): boolean {
    const first = jobId === null ? undefined : this.#byJob.get(jobId)?.waiting.first;
    return first !== undefined && first.queuedAt !== null;
  }

  /** What a node has reserved or runs, in no particular order. */
  ofNode(nodeId: string): Iterable<LiveRun> {
    return this.#byNode.get(nodeId) ?? [];
  }

  /** What a node holds of what is due by then. */
  heldBy({ nodeId, until }: { readonly nodeId: string; readonly until: Instant }): LiveRun[] {
    return [...this.ofNode(nodeId)].filter(({ run }) => run.dueAt <= until);
  }

  /** The nodes that hold something. */
  holders(): Iterable<string> {
    return this.#byNode.keys();
  }

  /** The first `limit` claimable runs in claim order. */
  claimable(handlers: readonly string[], until: Instant, limit: number): LiveRun[] {
    const levels = new Map<number, SortedSet<LiveRun>[]>();
    for (const handler of new Set(handlers)) {
      for (const [priority, queue] of this.#queues.get(handler) ?? []) {
        const level = levels.get(priority);
        if (level === undefined) levels.set(priority, [queue]);
        else level.push(queue);
      }
    }
    const found: LiveRun[] = [];
    for (const priority of [...levels.keys()].sort((a, b) => b - a)) {
      const rest = limit - found.length;
      if (rest <= 0) break;
      const heads: LiveRun[] = [];
      const level = levels.get(priority) ?? [];
      for (const queue of level) takeDue(queue, until, rest, heads);
      if (level.length > 1) heads.sort(byQueue);
      for (const live of heads.slice(0, rest)) found.push(live);
    }
    return found;
  }

  #jobOf(jobId: number): JobRuns {
    let job = this.#byJob.get(jobId);
    if (job === undefined) {
      job = {
        all: new SortedSet(byFireAt),
        active: new SortedSet(byFireAt),
        waiting: new SortedSet(byTurn),
        backfillCount: 0,
      };
      this.#byJob.set(jobId, job);
    }
    return job;
  }

  #hold(nodeId: string, live: LiveRun): void {
    const held = this.#byNode.get(nodeId);
    if (held === undefined) this.#byNode.set(nodeId, new Set([live]));
    else held.add(live);
  }

  #release(nodeId: string | null, live: LiveRun): void {
    if (nodeId === null) return;
    const held = this.#byNode.get(nodeId);
    held?.delete(live);
    if (held?.size === 0) this.#byNode.delete(nodeId);
  }

  /** Puts the run into its queue, or out of it, as its state demands. */
  #queue(live: LiveRun, job: JobRuns | null): void {
    const { state, nodeId, waiting, dueAt } = live.run;
    const open =
      nodeId === null &&
      state !== 'RUNNING' &&
      (live.limit === null || live.limit.open) &&
      (!waiting || (job?.active.size === 0 && job.waiting.first === live));
    const queuedAt = open ? dueAt : null;
    if (queuedAt === live.queuedAt) return;
    this.#unqueue(live);
    if (queuedAt === null) return;
    live.queuedAt = queuedAt;
    this.#queueOf(live.run).add(live);
  }

  /** The oldest waiting run may have become free, or the second oldest blocked. */
  #queueWaiting(job: JobRuns): void {
    let seen = 0;
    for (const live of job.waiting) {
      this.#queue(live, job);
      if (++seen === 2) return;
    }
  }

  #unqueue(live: LiveRun): void {
    if (live.queuedAt === null) return;
    const { handler, priority } = live.run;
    const queue = this.#queueOf(live.run);
    queue.delete(live);
    live.queuedAt = null;
    if (queue.size > 0) return;
    const queues = this.#queues.get(handler);
    queues?.delete(priority);
    if (queues?.size === 0) this.#queues.delete(handler);
  }

  #queueOf(run: Run): SortedSet<LiveRun> {
    let queues = this.#queues.get(run.handler);
    if (queues === undefined) {
      queues = new Map();
      this.#queues.set(run.handler, queues);
    }
    let queue = queues.get(run.priority);
    if (queue === undefined) {
      queue = new SortedSet(byQueue);
      queues.set(run.priority, queue);
    }
    return queue;
  }
}

export function byFireAt(a: LiveRun, b: LiveRun): number {
  return a.fireAt - b.fireAt || compareText(a.id, b.id);
}

/** The order in which waiting runs take their turns. */
export function byTurn(a: LiveRun, b: LiveRun): number {
  return Number(isBackfill(a)) - Number(isBackfill(b)) || byFireAt(a, b);
}

export function isBackfill({ run }: LiveRun): boolean {
  return run.origin === 'backfill';
}

/** Claim order: larger priority, earlier due instant, id. */
export function byClaim(a: LiveRun, b: LiveRun): number {
  return b.run.priority - a.run.priority || a.run.dueAt - b.run.dueAt || compareText(a.id, b.id);
}

function byQueue(a: LiveRun, b: LiveRun): number {
  return (a.queuedAt ?? 0) - (b.queuedAt ?? 0) || compareText(a.id, b.id);
}

function takeDue(queue: SortedSet<LiveRun>, until: Instant, limit: number, into: LiveRun[]): void {
  let taken = 0;
  for (const live of queue) {
    if (taken === limit || (live.queuedAt ?? 0) > until) return;
    into.push(live);
    taken++;
  }
}

function move(active: SortedSet<LiveRun>, live: LiveRun): void {
  if (occupies(live.run)) active.add(live);
  else active.delete(live);
}

/** True for the job's active run, and for one that waits for room under a key. */
function occupies(run: Run): boolean {
  return isActive(run.state) || run.limitKey !== null;
}

function freshRun(run: NewRun, jobName: string | null, nodeId: string | null, at: Instant): Run {
  const fresh: Run = {
    id: run.id,
    jobId: run.jobId,
    jobRevision: run.jobRevision,
    jobName,
    origin: run.origin,
    fireAt: run.fireAt,
    startAt: run.startAt,
    handler: run.handler,
    priority: run.priority,
    dedupeKey: run.dedupeKey,
    coalescedCount: run.coalescedCount,
    definition: run.definition,
    parentId: run.parentId,
    state: 'PENDING',
    reason: null,
    dueAt: run.startAt,
    waiting: false,
    limitKey: null,
    nodeId,
    fence: 0,
    attempt: 0,
    failedCount: 0,
    lostCount: 0,
    cancelRequested: false,
    progress: null,
    createdAt: at,
    startedAt: null,
    endedAt: null,
    error: null,
    exitCode: null,
    result: null,
  };
  return run.input === undefined ? fresh : { ...fresh, input: run.input };
}

function dedupeKeyOf({ handler, dedupeKey }: Pick<NewRun, 'handler' | 'dedupeKey'>): string {
  return JSON.stringify([handler, dedupeKey]);
}
