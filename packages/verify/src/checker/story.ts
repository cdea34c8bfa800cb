import type { JobDefinition } from '../../../tickwork/src/core/model/job.ts';
import { defaultPolicies, type Policies } from '../../../tickwork/src/core/model/policy.ts';
import type { RunReason } from '../../../tickwork/src/core/model/run.ts';
import type { RunState } from '../../../tickwork/src/core/model/run-state.ts';
import type { TriggerSpec } from '../../../tickwork/src/core/model/trigger-spec.ts';
import {
  defaultLimits,
  type FaultKind,
  type HistoryEvent,
  type HistoryFact,
  type HistoryLimits,
  type OperationName,
  type RunDump,
  type WitnessOutcome,
} from '../history/history.ts';

/** 2026-03-01T00:00:00Z: minute 0 of every story. */
export const ZERO = Date.UTC(2026, 2, 1);
export const MINUTE = 60_000;

/** The instant `minutes` (and `ms`) into a story. */
export const minute = (minutes: number, ms = 0): number => ZERO + minutes * MINUTE + ms;

export interface AttemptStory {
  readonly startAt: number;
  /** When the store let it begin; absent: 2 ms before the start. */
  readonly grantAt?: number;
  /** `null`: it never ended. */
  readonly endAt: number | null;
  readonly inc: string;
  readonly token: number;
  readonly outcome: WitnessOutcome;
  readonly signalledAt: number | null;
  /** What was written at the end; `null`: nothing. */
  readonly commit: {
    readonly state: RunState;
    readonly accepted: boolean;
    readonly t: number;
  } | null;
}

export interface RunStory {
  readonly fireAt: number;
  readonly runId: string;
  readonly origin: RunDump['origin'];
  readonly attempts: readonly AttemptStory[];
  /** `null`: the store shows no row. */
  readonly row: Partial<RunDump> | null;
}

/**
 * Writes a small history by hand: one job `j` (every minute from minute 1 unless said
 * otherwise, created just before), ten instants that run well, a minute of silence. Cases
 * then change what they are about.
 */
export class Story {
  policies: Policies = { ...defaultPolicies, overlap: { mode: 'skip', waitingMax: 1000 } };
  trigger: TriggerSpec = { kind: 'interval', everyMs: MINUTE, anchorAt: ZERO };
  endAt = minute(11);
  jobId = 1;
  /** Counts that the job shows; recounted unless set. */
  stats: Partial<
    Record<'successCount' | 'failureCount' | 'cancelledCount' | 'skippedCount', number>
  > = {};
  dumpJob = true;
  nextFireAt: number | null = minute(11);
  status: 'active' | 'paused' | 'disabled' = 'active';
  revision = 1;
  /** Grants name the instant of their decision. */
  grantsTellTheClock = false;
  limits: HistoryLimits = { ...defaultLimits, nodeCount: 3 };
  readonly #facts: { t: number; fact: HistoryFact }[] = [];
  readonly #runs = new Map<number, RunStory | null>();
  readonly #others: RunStory[] = [];
  readonly #skips: {
    k: number;
    to: number;
    reason: RunReason;
    decidedAt: number;
    count: number;
  }[] = [];
  #faultId = 0;
  #opId = 0;

  constructor() {
    for (let k = 1; k <= 10; k++) this.#runs.set(k, goodRun(minute(k)));
  }

  /** Nothing is known of instant `k`: no start and no row. */
  drop(...ks: number[]): this {
    for (const k of ks) this.#runs.set(k, null);
    return this;
  }

  /** Changes the run of instant `k`; `attempts` are completed from the usual ones. */
  run(k: number, change: Partial<RunStory>): this {
    this.#runs.set(k, { ...(this.#runs.get(k) ?? goodRun(minute(k))), ...change });
    return this;
  }

  /** A run besides those of the ten instants. */
  other(run: Partial<RunStory> & { readonly fireAt: number; readonly runId: string }): this {
    this.#others.push({ ...goodRun(run.fireAt), ...run });
    return this;
  }

  /** Instant `k` has a row SKIPPED instead of a run. */
  skipRow(k: number, reason: RunReason, decidedAt = minute(k, 10)): this {
    const row = {
      state: 'SKIPPED',
      reason,
      endedAt: decidedAt,
      attempt: 0,
      startedAt: null,
    } as const;
    return this.run(k, { attempts: [], row });
  }

  /** Instants `k`..`to` lie in a skipped stretch. */
  skipRange(k: number, to: number, reason: RunReason, decidedAt: number, count = to - k + 1): this {
    for (let i = k; i <= to; i++) this.#runs.set(i, null);
    this.#skips.push({ k, to, reason, decidedAt, count });
    return this;
  }

  /** The row of a range alone: the runs stay. */
  alsoRange(k: number, to: number, reason: RunReason, decidedAt: number): this {
    this.#skips.push({ k, to, reason, decidedAt, count: to - k + 1 });
    return this;
  }

  fault(kind: FaultKind, target: string, from: number, to: number | null): this {
    this.#faultId += 1;
    const key = { src: 'nemesis', faultId: this.#faultId, kind, target } as const;
    this.at(from, { ...key, type: 'fault.begin' });
    if (to !== null) this.at(to, { ...key, type: 'fault.end' });
    return this;
  }

  /** A client's call; `to` null: its outcome is unknown. */
  op(
    f: OperationName,
    from: number,
    to: number | null,
    more: {
      runId?: string;
      requestId?: string;
      definition?: JobDefinition;
      revision?: number;
      /** What the answer calls the outcome. */
      outcome?: string;
      how?: string;
      rest?: { fromAt: number; toAt: number };
      runIds?: readonly string[];
    } = {},
  ): this {
    this.#opId += 1;
    const { definition, revision, outcome, rest, runIds, ...ids } = more;
    const key = { src: 'client', opId: `o${this.#opId}`, f, sched: 'j', ...ids } as const;
    this.at(from, { ...key, type: 'op.invoke' });
    if (to === null) {
      this.at(from + 10_000, { ...key, type: 'op.info', error: 'cut off' });
      return this;
    }
    const answer =
      definition === undefined ? {} : { job: this.#answer(to, definition, revision ?? 2) };
    const said = {
      ...(outcome === undefined ? {} : { outcome }),
      ...(rest === undefined ? {} : { rest }),
      ...(runIds === undefined ? {} : { runIds }),
    };
    this.at(to, { ...key, type: 'op.ok', ...answer, ...said });
    return this;
  }

  /** The pre-check of instant `k` answers, just before its task begins. */
  check(k: number, goesOn: boolean): this {
    const fireAt = minute(k);
    const key = { node: 'a', inc: 'a1', sched: 'j', fireAt, runId: `1-${fireAt.toString(36)}` };
    const answer = { attempt: 1, token: 1, goesOn } as const;
    return this.at(minute(k, 9), { src: 'witness', type: 'run.check', ...key, ...answer });
  }

  at(t: number, fact: HistoryFact): this {
    this.#facts.push({ t, fact });
    return this;
  }

  definition(change: Partial<JobDefinition> = {}): JobDefinition {
    const task = { kind: 'scripted', name: 'w', options: {} };
    const { trigger, policies } = this;
    return { trigger, task, input: null, policies, tags: [], description: '', ...change };
  }

  build(): HistoryEvent[] {
    const facts: { t: number; fact: HistoryFact }[] = [];
    facts.push({
      t: minute(0, 10_000),
      fact: { src: 'harness', type: 'begin', limits: this.limits },
    });
    const create = { src: 'client', opId: 'create', f: 'create', sched: 'j' } as const;
    facts.push({ t: minute(0, 10_100), fact: { ...create, type: 'op.invoke' } });
    const job = this.#answer(minute(0, 10_200), this.definition(), 1);
    facts.push({ t: minute(0, 10_200), fact: { ...create, type: 'op.ok', job } });
    facts.push(...this.#facts);
    const runs = [...this.#runs.values(), ...this.#others].filter((run) => run !== null);
    for (const run of runs) facts.push(...attemptFacts(run, this.grantsTellTheClock));
    facts.sort((a, b) => a.t - b.t);
    for (const fact of this.#dump(runs)) facts.push({ t: this.endAt, fact });
    facts.push({ t: this.endAt, fact: { src: 'harness', type: 'end' } });
    return facts.map(({ t, fact }, i) => ({ i, t, ...fact }));
  }

  #answer(at: number, definition: JobDefinition, revision: number) {
    const { jobId } = this;
    return {
      jobId,
      revision,
      status: 'active',
      effectiveAt: at,
      anchorAt: ZERO,
      definition,
    } as const;
  }

  *#dump(runs: readonly RunStory[]): Generator<HistoryFact> {
    const rows = runs.map((run) => rowOf(run, this.jobId)).filter((row) => row !== null);
    for (const run of rows) yield { src: 'sut', type: 'dump.run', run };
    let ranged = 0;
    for (const { k, to, reason, decidedAt, count } of this.#skips) {
      ranged += count;
      const range = { jobId: this.jobId, fromAt: minute(k), toAt: minute(to), count, reason };
      const skip = { ...range, decidedAt, intoRunId: null };
      yield { src: 'sut', type: 'dump.skip', sched: 'j', skip };
    }
    if (!this.dumpJob) return;
    const count = (state: RunState): number => rows.filter((row) => row.state === state).length;
    const stats = {
      successCount: count('SUCCESS'),
      failureCount: count('FAILED'),
      cancelledCount: count('CANCELLED'),
      skippedCount: count('SKIPPED') + ranged,
      lastStartedAt: null,
      lastEndedAt: null,
      lastState: null,
      lastError: null,
      durationMsTotal: 0,
      ...this.stats,
    };
    const { jobId, revision, status, nextFireAt } = this;
    const job = { jobId, name: 'j', revision, status, cursorAt: minute(10), nextFireAt, stats };
    yield { src: 'sut', type: 'dump.job', job };
  }
}

/** One attempt that starts 10 ms after `at` on node a, takes 2 s and succeeds. */
export function goodAttempt(at: number, change: Partial<AttemptStory> = {}): AttemptStory {
  const startAt = change.startAt ?? at + 10;
  const endAt = change.endAt === undefined ? startAt + 2000 : change.endAt;
  const state = change.outcome === 'failed' ? 'RETRY' : 'SUCCESS';
  return {
    inc: 'a1',
    token: 1,
    outcome: 'success',
    signalledAt: null,
    commit: endAt === null ? null : { state, accepted: true, t: endAt + 5 },
    ...change,
    startAt,
    endAt,
  };
}

function goodRun(fireAt: number): RunStory {
  const runId = `1-${fireAt.toString(36)}`;
  return { fireAt, runId, origin: 'schedule', attempts: [goodAttempt(fireAt)], row: {} };
}

function* attemptFacts(
  run: RunStory,
  withClock: boolean,
): Generator<{ t: number; fact: HistoryFact }> {
  const { runId, fireAt } = run;
  for (const [index, each] of run.attempts.entries()) {
    const { inc, token, startAt, endAt, commit } = each;
    const attempt = index + 1;
    const grantAt = each.grantAt ?? startAt - 2;
    const at = withClock ? { at: grantAt } : {};
    yield { t: grantAt, fact: { src: 'sut', type: 'grant', ...at, inc, runId, attempt, token } };
    const key = {
      src: 'witness',
      node: inc.slice(0, 1),
      inc,
      sched: 'j',
      fireAt,
      runId,
      attempt,
      token,
    } as const;
    yield { t: startAt, fact: { ...key, type: 'run.start', coalescedCount: 0 } };
    if (each.signalledAt !== null) {
      yield { t: each.signalledAt, fact: { ...key, type: 'run.sig', reason: 'stop' } };
    }
    if (endAt !== null)
      yield { t: endAt, fact: { ...key, type: 'run.end', outcome: each.outcome } };
    if (commit === null) continue;
    const { state, accepted } = commit;
    const done = { src: 'sut', inc, runId, token, state, accepted } as const;
    yield { t: commit.t, fact: { ...done, type: 'commit', what: 'completion' } };
    yield { t: commit.t + 2, fact: { ...done, type: 'ack' } };
  }
}

function rowOf(run: RunStory, jobId: number): RunDump | null {
  if (run.row === null) return null;
  const last = run.attempts.at(-1);
  return {
    id: run.runId,
    jobId,
    jobRevision: 1,
    jobName: 'j',
    origin: run.origin,
    fireAt: run.fireAt,
    startAt: run.fireAt,
    handler: 'scripted:w',
    priority: 0,
    dedupeKey: null,
    coalescedCount: 0,
    parentId: null,
    state: 'SUCCESS',
    reason: null,
    dueAt: run.fireAt,
    limitKey: null,
    waiting: false,
    nodeId: null,
    fence: last?.token ?? 0,
    attempt: run.attempts.length,
    failedCount: 0,
    lostCount: 0,
    cancelRequested: false,
    createdAt: run.fireAt - 2000,
    startedAt: last?.startAt ?? null,
    endedAt: last?.endAt ?? null,
    error: null,
    exitCode: null,
    ...run.row,
  };
}
