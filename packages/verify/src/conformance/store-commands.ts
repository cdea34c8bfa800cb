import type { Job } from '../../../tickwork/src/core/model/job.ts';
import type { Policies } from '../../../tickwork/src/core/model/policy.ts';
import {
  type NewRun,
  type Run,
  runId,
  type SkipRange,
} from '../../../tickwork/src/core/model/run.ts';
import type {
  JobWrite,
  PlannedRun,
  PlanWrite,
  Supersede,
} from '../../../tickwork/src/core/ports/job-store.ts';
import type {
  ClaimRequest,
  Completion,
  JobEffect,
  Settlement,
  StartRequest,
} from '../../../tickwork/src/core/ports/run-store.ts';
import type { Instant } from '../../../tickwork/src/core/time/instant.ts';
import {
  completion,
  definitionOf,
  expectedOf,
  jobWrite,
  newRun,
  positionAt,
  scheduledRun,
} from './store-fixtures.ts';
import { liveRuns, type StoreModel } from './store-model.ts';

/** A step of a sequence: what kind of call, and numbers that choose its arguments. */
export interface StoreCommand {
  readonly kind: CommandKind;
  readonly picks: readonly number[];
}

export const commandKinds = [
  'tick',
  'save',
  'delete',
  'plan',
  'enqueue',
  'flood',
  'claim',
  'start',
  'settle',
  'complete',
  'finish',
  'report',
  'cancel',
  'join',
  'renew',
  'leave',
  'reap',
  'prune',
  'calendar',
  'repeat',
  'look',
] as const;

export type CommandKind = (typeof commandKinds)[number];

export const jobNames = ['alpha', 'beta', 'Gamma', 'delta-1'];
export const nodeIds = ['n1', 'n2', 'n3'];
export const handlers = ['function:work', 'function:other', 'script'];
const tags = ['red', 'blue'];

/** Hands out the numbers of a command, each once, as choices. */
export class Picks {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** 0 to `count` − 1. */
  below(count: number): number {
    const number = this.#numbers[this.#at++ % this.#numbers.length] ?? 0;
    return (number + this.#at) % count;
  }

  one<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : items[this.below(items.length)];
  }

  /** True once in `of` cases. */
  seldom(of: number): boolean {
    return this.below(of) === of - 1;
  }
}

/** One or two items mostly, now and then many, as a busy node has them. */
export function drawBatch<T>(picks: Picks, draw: () => T | undefined): T[] {
  const count = picks.seldom(3) ? 3 + picks.below(9) : 1 + picks.below(2);
  return Array.from({ length: count }, draw).filter((item) => item !== undefined);
}

const LONG = { ageMs: 9_000, runsMax: 100 };
const SHORT = { ageMs: 4000, runsMax: 3 };
const retentions = [
  LONG,
  LONG,
  SHORT,
  SHORT,
  { ...LONG, failed: SHORT },
  { ...SHORT, failed: LONG },
  { ...SHORT, failed: { ageMs: 5000, runsMax: 1 } },
];

export function drawSave(model: StoreModel, picks: Picks, now: Instant): JobWrite {
  const name = picks.one(jobNames) ?? '';
  const job = model.jobs.find((each) => each.job.name === name)?.job;
  const insert = job === undefined || picks.seldom(4);
  const cursorAt = (job?.cursorAt ?? now) + 1000 * picks.below(2);
  return jobWrite(name, {
    expected: insert || job === undefined ? null : maybeStale(job, picks),
    definition: definitionOf({
      tags: picks.seldom(2) ? [] : [picks.one(tags) ?? ''],
      retention: picks.one(retentions) ?? LONG,
      description: `d${picks.below(2)}`,
    }),
    source: picks.seldom(3) ? { kind: 'file', id: '/etc/jobs.yaml' } : { kind: 'code', id: '' },
    status: picks.one(['active', 'active', 'paused', 'disabled'] as const) ?? 'active',
    statusReason: picks.one([null, 'why']) ?? null,
    pausedUntilAt: picks.seldom(3) ? now + 1000 * picks.below(4) : null,
    effectiveAt: now,
    position: positionAt(cursorAt, picks.seldom(4) ? null : cursorAt + 1000),
    eventDriven: picks.seldom(3),
    rearmAfterMs: picks.seldom(3) ? 1500 : null,
    supersede: picks.one([null, { reason: 'superseded' }, { reason: 'paused' }] as const) ?? null,
    at: now,
  });
}

function maybeStale(job: Job, picks: Picks): JobWrite['expected'] {
  const expected = expectedOf(job);
  if (!picks.seldom(6)) return expected;
  if (picks.seldom(3)) return { ...expected, endedAt: (expected.endedAt ?? 0) + 1 };
  return picks.seldom(2)
    ? { ...expected, revision: expected.revision + 1 }
    : { ...expected, cursorAt: expected.cursorAt - 1 };
}

export function drawPlan(model: StoreModel, picks: Picks, now: Instant): PlanWrite | null {
  const stored = picks.one(model.jobs);
  if (stored === undefined) return null;
  const { job } = stored;
  const expected = maybeStale(job, picks) ?? expectedOf(job);
  const runs: PlannedRun[] = [];
  const skips: SkipRange[] = [];
  let cursorAt = expected.cursorAt;
  for (let left = picks.below(5); left > 0; left--) {
    cursorAt += 1000;
    const choice = picks.below(4);
    if (choice === 0) continue;
    if (choice === 1) addSkip(skips, runs, job, cursorAt, picks, now);
    else {
      const planned = scheduledRun(job, cursorAt, {
        handler: picks.one(handlers) ?? '',
        startAt: cursorAt + picks.below(3) * 100,
      });
      runs.push({ ...planned, nodeId: picks.one([null, ...nodeIds]) ?? null });
    }
  }
  if (picks.seldom(4)) {
    const id = runId.startup(job.id, `b${picks.below(3)}`);
    runs.push({
      ...newRun({ id, jobId: job.id, jobRevision: job.revision, origin: 'startup', fireAt: now }),
      nodeId: null,
    });
  }
  const write: PlanWrite = {
    expected,
    position: positionAt(cursorAt, picks.seldom(5) ? null : cursorAt + 1000),
    runs,
    skips,
    supersede: picks.seldom(6) ? drawSupersede(picks, now) : null,
    ...(picks.seldom(4)
      ? { skipWindows: [{ fromAt: now, toAt: now + 1500, reason: 'rest' }] }
      : {}),
    at: now,
  };
  if (!picks.seldom(4)) return write;
  const status = picks.one(['active', 'paused', 'disabled'] as const) ?? 'active';
  const pausedUntilAt = status === 'paused' && picks.seldom(2) ? now + 2000 : null;
  return { ...write, status: { status, reason: null, pausedUntilAt } };
}

function drawSupersede(picks: Picks, now: Instant): Supersede {
  const within = { fromAt: now, toAt: now + 1000 * picks.below(3) };
  return {
    reason: 'paused',
    ...(picks.seldom(2) ? { note: 'why' } : {}),
    ...(picks.seldom(2) ? { within } : {}),
  };
}

function addSkip(
  skips: SkipRange[],
  runs: readonly PlannedRun[],
  job: Job,
  at: Instant,
  picks: Picks,
  now: Instant,
): void {
  const last = skips.at(-1);
  if (last !== undefined && last.toAt === at - 1000 && runs.at(-1)?.fireAt !== at - 1000) {
    skips[skips.length - 1] = { ...last, toAt: at, count: last.count + 1 };
    return;
  }
  const reason = picks.one(['misfire', 'coalesced', 'paused'] as const) ?? 'misfire';
  const intoRunId = reason === 'coalesced' && picks.seldom(2) ? runId.scheduled(job.id, at) : null;
  const note = reason === 'paused' && picks.seldom(2) ? { note: 'why' } : {};
  const range = { fromAt: at, toAt: at, count: 1, reason, decidedAt: now, intoRunId };
  skips.push({ jobId: job.id, ...range, ...note });
}

export function drawEnqueued(model: StoreModel, picks: Picks, now: Instant): NewRun {
  const job = picks.seldom(2) ? picks.one(model.jobs)?.job : undefined;
  const request = `r${picks.below(30)}`;
  const fireAt = now + 500 * picks.below(6);
  const input = picks.one([{}, { input: null }, { input: { n: 1 } }] as const) ?? {};
  const common = {
    fireAt,
    startAt: fireAt + 100 * picks.below(2),
    handler: picks.one(handlers) ?? '',
    priority: picks.below(3) - 1,
    dedupeKey: picks.seldom(3) ? `key${picks.below(2)}` : null,
    ...input,
  };
  if (job === undefined) {
    const { task, input: given, policies } = definitionOf();
    const decided = picks.one<Partial<Policies>>([
      ...[{}, {}, {}, { startWithinMs: 1000 }, { onlyIf: task }],
      { pool: { name: 'db', weight: 1, size: 2 } },
      { concurrency: { key: null, max: 1 } },
      { rate: { max: 1, perMs: 1000, key: null } },
    ]);
    const definition = { task, input: given, policies: { ...policies, ...decided } };
    return newRun({ id: runId.enqueued(request), definition, ...common });
  }
  const backfill = picks.seldom(2);
  const id = backfill ? runId.backfill(job.id, fireAt, null) : runId.manual(job.id, request);
  const origin = backfill ? 'backfill' : 'manual';
  return newRun({ id, jobId: job.id, jobRevision: job.revision, origin, ...common });
}

const flooded = definitionOf();

/** A run like many others: without a job, due now. */
export function drawFlooded(picks: Picks, now: Instant): NewRun {
  const { task, policies } = flooded;
  const input = picks.below(300);
  return newRun({
    id: runId.enqueued(`f${input}`),
    definition: { task, input, policies },
    fireAt: now,
    handler: handlers[0] ?? '',
  });
}

/** The ends of what a node runs without jobs, alike but for a few. */
export function drawFinished(
  model: StoreModel,
  picks: Picks,
  nodeId: string,
  now: Instant,
): Completion[] {
  const running = liveRuns(model)
    .map(({ run }) => run)
    .filter((run) => run.state === 'RUNNING' && run.nodeId === nodeId && run.jobId === null);
  const odd = picks.below(2 * running.length + 1);
  return running.map((run, index) => {
    if (index === odd) return drawCompletion(model, run, picks, now);
    const times = { startedAt: run.startedAt ?? now, endedAt: now };
    return completion({ runId: run.id, nodeId, fence: run.fence }, times);
  });
}

export function drawClaim(picks: Picks, now: Instant): ClaimRequest {
  return {
    nodeId: picks.one(nodeIds) ?? '',
    handlers: picks.seldom(3) ? handlers.slice(0, 1) : handlers,
    until: now + 1000 * picks.below(3),
    limit: picks.one([0, 1, 2, 20, 20]) ?? 0,
    now,
    ...(picks.below(3) > 0 ? { startAt: now - (picks.seldom(4) ? 500 : 0) } : {}),
    recover: picks.seldom(4),
  };
}

type StartLimits = Partial<Pick<StartRequest, 'slots' | 'rate'>>;

export function drawLimits(picks: Picks): StartLimits {
  const max = 1 + picks.below(3);
  const slots = ['key:a', 'pool:db']
    .filter(() => picks.seldom(3))
    .map((key) => ({ key, weight: 1 + picks.below(max), max }));
  const rate = { key: 'key:a', max: 1 + picks.below(2), perMs: 2000 };
  return {
    ...(slots.length > 0 ? { slots } : {}),
    ...(picks.seldom(4) ? { rate } : {}),
  };
}

export function drawSettlement(model: StoreModel, run: Run, picks: Picks): Settlement {
  const to = picks.one(['waiting', 'waiting', 'SKIPPED', 'released'] as const) ?? 'waiting';
  if (to !== 'SKIPPED') return { runId: run.id, to };
  const reason = picks.one(['overlap', 'misfire'] as const) ?? 'overlap';
  const into = picks.one(model.runs)?.run;
  if (into === undefined || picks.seldom(2)) return { runId: run.id, to, reason };
  return { runId: run.id, to, reason: 'coalesced', intoRunId: into.id };
}

export function drawCompletion(
  model: StoreModel,
  run: Run,
  picks: Picks,
  now: Instant,
): Completion {
  const base = {
    runId: run.id,
    nodeId: run.nodeId ?? 'n1',
    fence: picks.seldom(8) ? run.fence - 1 : run.fence,
  };
  const times = { startedAt: run.startedAt ?? now, endedAt: now };
  const job = picks.seldom(3) ? picks.one(model.jobs)?.job : undefined;
  const followUps: NewRun[] = [];
  if (job !== undefined) {
    const id = runId.after(job.id, run.id);
    const parentId = run.id;
    followUps.push(
      newRun({ id, jobId: job.id, jobRevision: 1, origin: 'after', fireAt: now, parentId }),
    );
  }
  switch (picks.below(6)) {
    case 5: {
      const declined = { state: 'SKIPPED', reason: 'check', outcome: 'skipped' } as const;
      return completion(base, { ...times, ...declined, error: 'not today', followUps });
    }
    case 0:
    case 1:
      return completion(base, {
        ...times,
        ...(picks.seldom(2) ? { result: { ok: true } } : {}),
        followUps,
        onJob: picks.seldom(2) ? { kind: 'succeeded' } : null,
      });
    case 2: {
      const failed = { state: 'FAILED', reason: 'error', outcome: 'failed' } as const;
      return completion(base, {
        ...times,
        ...failed,
        error: 'no luck',
        exitCode: 3,
        followUps,
        onJob: drawEffect(run, picks, now),
      });
    }
    case 3: {
      const stopped = { state: 'CANCELLED', reason: 'shutdown', outcome: 'cancelled' } as const;
      return completion(base, { ...times, ...stopped });
    }
    default: {
      const outcome = picks.one(['failed', 'timeout', 'lost'] as const) ?? 'failed';
      const dueAt = now + 500 * picks.below(3);
      const again = { state: 'RETRY', reason: 'error', outcome, dueAt } as const;
      return completion(base, { ...times, ...again, error: 'once more' });
    }
  }
}

function drawEffect(run: Run, picks: Picks, now: Instant): JobEffect | null {
  if (run.jobId === null || picks.seldom(3)) return null;
  const fireAt = now + 1000 * picks.below(4);
  const { jobId, jobRevision } = run;
  return {
    kind: 'failed',
    pauseAfter: picks.one([null, 1, 2]) ?? null,
    pauseReason: 'too often',
    again: picks.seldom(3)
      ? null
      : newRun({ id: runId.failure(jobId, fireAt), jobId, jobRevision, origin: 'failure', fireAt }),
  };
}

/** A live run in one of these states; now and then any run at all. */
export function drawRun(
  model: StoreModel,
  picks: Picks,
  fits: (run: Run) => boolean,
): Run | undefined {
  if (picks.seldom(8)) return picks.one(model.runs)?.run;
  return picks.one(liveRuns(model).filter(({ run }) => fits(run)))?.run;
}
