import type { StartedRun } from '../executor/running-attempt.ts';
import type { JobStatus } from '../model/job.ts';
import type { NewRun, Run, RunDefinition } from '../model/run.ts';
import type { PlannedRun } from '../ports/job-store.ts';
import type { ClaimRequest, Settlement, StartOutcome } from '../ports/run-store.ts';
import type { Store } from '../ports/store.ts';
import type { Pool } from '../ports/task-kind.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import { decideBlocked } from './decide-blocked.ts';
import { decideStart, needsMisfireDecision, type StartDecision } from './decide-start.ts';
import type { Handlers } from './handlers.ts';
import type { MisfireLookup } from './misfire-lookup.ts';
import { Reserve } from './reserve.ts';

const POOLS: readonly Pool[] = ['function', 'external'];
/** Runs reserved ahead for each pool, at most; short tasks drain them fast, long ones do not. */
const RESERVE_MAX: Readonly<Record<Pool, number>> = { function: 1000, external: 20 };
const DEFER_MS = 50;
/** Runs that one claim starts, at most: a few milliseconds of an embedded store's work. */
const START_MAX = 500;

export interface DispatcherParts {
  readonly store: Store;
  readonly nodeId: () => string;
  readonly now: () => Instant;
  readonly horizonMs: DurationMs;
  readonly handlers: Handlers;
  readonly workOf: (runs: readonly Run[]) => Promise<readonly (RunDefinition | null)[]>;
  readonly jobStatusOf: (run: Run) => JobStatus;
  readonly misfireLookup: MisfireLookup;
  readonly freeSlots: (pool: Pool) => number;
  /** It is running here already, or its end is not written yet. */
  readonly isBusy: (runId: string) => boolean;
  /** The same of one attempt at it. */
  readonly isKnown: (runId: string, fence: number) => boolean;
  readonly execute: (started: StartedRun) => void;
  /** The overlap policy asked these running runs to stop. */
  readonly onReplaced: (runIds: readonly string[]) => void;
  readonly onSkipped: (run: Run, settlement: Settlement) => void;
}

interface Candidate {
  readonly run: Run;
  readonly work: RunDefinition;
  readonly exclusive: boolean;
}

/**
 * The dispatching loop's pass: due runs that are reserved for this node are decided
 * (`decideStart`), started in the store as far as slots are free, and handed to the
 * executor; blocked ones follow the overlap policy (`decideBlocked`). Free slots take what
 * else is due: what needs no decision comes back from the claim RUNNING. When nothing due is
 * left, the reserve is filled with what is due within the horizon. A run starts at its
 * instant by the clock, never before.
 *
 * Answers when the next reserved run is due or the next claim.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #reserve = new Reserve();
  readonly #handlers: Handlers;
  #claimAt: Instant = 0;
  #recover = true;
  /** More is due than there were slots: the next free one claims at once. */
  readonly #backlog: Record<Pool, boolean> = { function: false, external: false };

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    this.#handlers = parts.handlers;
  }

  /** There may be something new to claim. */
  wantClaim(): void {
    this.#claimAt = 0;
  }

  /** An answer may have been lost: ask for this node's reservations too. */
  wantRecovery(): void {
    this.#recover = true;
    this.#claimAt = 0;
  }

  /** Marks which of some new runs this node keeps, as far as it has handlers and room. */
  reserve(runs: readonly NewRun[]): PlannedRun[] {
    const now = this.#parts.now();
    const wanted: Record<Pool, number> = { function: 0, external: 0 };
    return runs.map((run) => {
      const pool = this.#poolOf(run.handler);
      const near = run.startAt <= now + this.#parts.horizonMs * 2;
      if (pool === null || !near) return { ...run, nodeId: null };
      if (this.#room(pool) - wanted[pool] <= 0) return { ...run, nodeId: null };
      wanted[pool] += 1;
      return { ...run, nodeId: this.#parts.nodeId() };
    });
  }

  /** Takes over runs that were stored as reserved for this node. */
  adopt(runs: readonly Run[]): void {
    for (const run of runs) {
      const pool = this.#poolOf(run.handler);
      if (pool !== null && run.nodeId === this.#parts.nodeId()) this.#reserve.add(run, pool);
    }
  }

  /** The reservations end with the node's life or at its stop; answers their ids. */
  forget(): readonly string[] {
    return this.#reserve.clear().map((run) => run.id);
  }

  async pass(): Promise<Instant | null> {
    let again = true;
    while (again) {
      again = await this.#startDue();
      again = (await this.#claim()) || again;
    }
    const nextAt = this.#reserve.nextAt();
    return nextAt === null ? this.#claimAt : Math.min(nextAt, this.#claimAt);
  }

  async #startDue(): Promise<boolean> {
    this.#reserve.ripen(this.#parts.now());
    let started = false;
    for (const pool of POOLS) {
      const batch = this.#takeFree(pool);
      if (batch.length === 0) continue;
      started = true;
      await this.#startBatch(batch, pool);
    }
    return started;
  }

  /**
   * Takes due runs, but puts those off that are busy here. One can come by two ways (its
   * plan's answer and a recovering claim), and the store answers a repeated start with the
   * same fence: it would be executed twice. Another may be the next attempt of a run whose
   * former one, fenced, has not stopped yet.
   */
  #takeFree(pool: Pool): Run[] {
    const free: Run[] = [];
    for (const run of this.#reserve.take(pool, this.#parts.freeSlots(pool))) {
      if (!this.#parts.isBusy(run.id)) free.push(run);
      else this.#reserve.add(run, pool, this.#parts.now() + DEFER_MS);
    }
    return free;
  }

  async #startBatch(batch: readonly Run[], pool: Pool): Promise<void> {
    const handedOver = new Set<string>();
    try {
      const candidates = await this.#decide(batch, pool);
      if (candidates.length === 0) return;
      const at = this.#parts.now();
      const outcomes = await this.#parts.store.startRuns(
        this.#parts.nodeId(),
        candidates.map(({ run, exclusive }) => ({
          runId: run.id,
          exclusive,
          // What was started but not answered is asked about once more.
          attemptBefore: run.state === 'RUNNING' ? run.attempt - 1 : run.attempt,
        })),
        at,
      );
      await this.#follow(candidates, outcomes, handedOver, at);
    } catch (error) {
      // The others may still be this node's in the store, or started there without this
      // node's knowing: they are tried again. What the executor has must not start twice.
      this.wantRecovery();
      const lookAt = this.#parts.now() + DEFER_MS;
      for (const run of batch) if (!handedOver.has(run.id)) this.#reserve.add(run, pool, lookAt);
      throw error;
    }
  }

  /** Applies the decisions that need no start; answers the runs that are to be started. */
  async #decide(batch: readonly Run[], pool: Pool): Promise<Candidate[]> {
    const works = await this.#parts.workOf(batch);
    const now = this.#parts.now();
    const late = batch.filter((run, i) => {
      const work = works[i];
      return work && needsMisfireDecision(run, work.policies, now);
    });
    const misfires =
      late.length > 0 ? await this.#parts.misfireLookup(late, works, batch, now) : null;
    const candidates: Candidate[] = [];
    const settlements: Settlement[] = [];
    const settled: Run[] = [];
    for (const [i, run] of batch.entries()) {
      const work = works[i] ?? null;
      const decision = this.#decideOne(run, work, misfires?.get(run.id), now);
      if (decision.decision === 'start' && work !== null) {
        candidates.push({ run, work, exclusive: decision.exclusive });
      } else if (decision.decision === 'defer') {
        this.#reserve.add(run, pool, now + DEFER_MS);
      } else if (decision.decision === 'skip') {
        settlements.push({ runId: run.id, to: 'SKIPPED', reason: decision.reason });
        settled.push(run);
      }
    }
    await this.#settle(settled, settlements, now);
    return candidates;
  }

  #decideOne(
    run: Run,
    work: RunDefinition | null,
    misfire: { planIsCurrent: boolean; laterOverdue: boolean } | undefined,
    now: Instant,
  ): StartDecision {
    if (work === null) return { decision: 'skip', reason: 'superseded' };
    const facts = misfire ?? { planIsCurrent: true, laterOverdue: false };
    const jobStatus = this.#parts.jobStatusOf(run);
    return decideStart(run, { policies: work.policies, jobStatus, ...facts }, now);
  }

  async #follow(
    candidates: readonly Candidate[],
    outcomes: readonly StartOutcome[],
    handedOver: Set<string>,
    at: Instant,
  ): Promise<void> {
    const settlements: Settlement[] = [];
    const settled: Run[] = [];
    for (const [i, candidate] of candidates.entries()) {
      const outcome = outcomes[i];
      if (outcome?.outcome !== 'started') continue;
      handedOver.add(candidate.run.id);
      this.#execute(candidate, outcome, at);
    }
    for (const [i, candidate] of candidates.entries()) {
      const outcome = outcomes[i];
      if (outcome?.outcome === 'blocked') {
        settlements.push(await this.#settlementOfBlocked(candidate, outcome, at));
        settled.push(candidate.run);
      }
    }
    await this.#settle(settled, settlements, at);
  }

  #execute(
    { run, work }: Candidate,
    { fence, attempt }: { readonly fence: number; readonly attempt: number },
    startedAt: Instant,
  ): void {
    // Claims name the handlers of these kinds only, so the kind is there.
    const kind = this.#handlers.kindOf(work.task);
    const nodeId = this.#parts.nodeId();
    this.#parts.execute({ run, work, kind, nodeId, fence, attempt, startedAt });
  }

  async #settlementOfBlocked(
    { run, work }: Candidate,
    outcome: Extract<StartOutcome, { outcome: 'blocked' }>,
    at: Instant,
  ): Promise<Settlement> {
    const { waitingCount } = outcome;
    const decided = decideBlocked(work.policies.overlap, { waiting: run.waiting, waitingCount });
    if (decided.decision === 'skip') {
      return { runId: run.id, to: 'SKIPPED', reason: decided.reason };
    }
    if (decided.decision === 'replace') await this.#replace(run, outcome, at);
    this.wantClaim();
    return { runId: run.id, to: 'waiting' };
  }

  /** Stops what is active and drops what waits, so that the newest can start. */
  async #replace(
    run: Run,
    outcome: Extract<StartOutcome, { outcome: 'blocked' }>,
    at: Instant,
  ): Promise<void> {
    const former = [...outcome.activeRunIds];
    if (outcome.waitingCount > 0 && run.jobId !== null) {
      const filter = { jobId: run.jobId, states: ['PENDING'] as const };
      const page = await this.#parts.store.listRuns(filter, { after: null, limit: 1000 });
      for (const each of page.runs) {
        if (each.waiting && each.id !== run.id) former.push(each.id);
      }
    }
    await this.#parts.store.cancelRuns(former, at, 'overlap');
    this.#parts.onReplaced(outcome.activeRunIds);
  }

  async #settle(
    runs: readonly Run[],
    settlements: readonly Settlement[],
    at: Instant,
  ): Promise<void> {
    if (settlements.length === 0) return;
    const nodeId = this.#parts.nodeId();
    const outcomes = await this.#parts.store.settleRuns(nodeId, settlements, at);
    for (const [i, run] of runs.entries()) {
      const settlement = settlements[i];
      if (outcomes[i] === 'written' && settlement?.to === 'SKIPPED') {
        this.#parts.onSkipped(run, settlement);
      }
    }
  }

  /** Takes what is due into free slots, then fills the reserve. True: there may be more to do. */
  async #claim(): Promise<boolean> {
    const now = this.#parts.now();
    const isTime = now >= this.#claimAt;
    if (isTime) this.#claimAt = now + Math.floor(this.#parts.horizonMs / 2);
    let more = false;
    if (this.#recover && isTime) more = await this.#recoverAll(now);
    for (const pool of POOLS) {
      if (this.#handlers.of(pool).length === 0) continue;
      if (isTime || this.#backlog[pool]) more = (await this.#claimDue(pool)) || more;
      if (isTime && !this.#backlog[pool]) more = (await this.#claimAhead(pool, now)) || more;
    }
    return more;
  }

  /** What this node holds already, of any pool, beyond what it knows of. */
  async #recoverAll(now: Instant): Promise<boolean> {
    this.#recover = false;
    const runs = await this.#claimOrRecover([], { until: now, limit: 0, now, recover: true });
    for (const run of runs) {
      if (run.state === 'RUNNING' && this.#parts.isKnown(run.id, run.fence)) continue;
      this.#reserve.add(run, this.#poolOf(run.handler) ?? 'function');
    }
    return runs.length > 0;
  }

  /** Claims as many due runs as there are free slots, and starts those that need no decision. */
  async #claimDue(pool: Pool): Promise<boolean> {
    const limit = Math.min(this.#parts.freeSlots(pool), START_MAX);
    if (limit === 0) return false;
    const now = this.#parts.now();
    const request = { until: now, limit, now, startAt: now, recover: false };
    const runs = await this.#claimOrRecover(this.#handlers.of(pool), request);
    this.#backlog[pool] = runs.length === limit;
    if (runs.length === 0) return false;
    const started = runs.filter((run) => run.state === 'RUNNING');
    for (const run of runs) if (run.state !== 'RUNNING') this.#reserve.add(run, pool);
    if (started.length > 0) await this.#executeStarted(started, pool);
    return true;
  }

  async #executeStarted(runs: readonly Run[], pool: Pool): Promise<void> {
    const works = await this.#parts.workOf(runs);
    for (const [i, run] of runs.entries()) {
      const work = works[i] ?? null;
      // Fenced meanwhile: others take it over.
      if (run.nodeId !== this.#parts.nodeId()) continue;
      // A former attempt that was given up may not have stopped yet; without its work, a run
      // can only be asked about again. Both go the way of what was recovered.
      if (work === null || this.#parts.isBusy(run.id)) {
        this.#reserve.add(run, pool, this.#parts.now() + DEFER_MS);
      } else {
        const candidate = { run, work, exclusive: false };
        this.#execute(candidate, run, run.startedAt ?? this.#parts.now());
      }
    }
  }

  async #claimAhead(pool: Pool, now: Instant): Promise<boolean> {
    const limit = this.#room(pool);
    if (limit === 0) return false;
    const until = now + this.#parts.horizonMs;
    const request = { until, limit, now, recover: false };
    const runs = await this.#claimOrRecover(this.#handlers.of(pool), request);
    for (const run of runs) this.#reserve.add(run, pool);
    if (runs.length >= limit) this.wantClaim();
    return runs.some((run) => run.dueAt <= now);
  }

  async #claimOrRecover(
    handlers: readonly string[],
    request: Omit<ClaimRequest, 'nodeId' | 'handlers'>,
  ): Promise<Run[]> {
    try {
      const nodeId = this.#parts.nodeId();
      return await this.#parts.store.claimRuns({ nodeId, handlers, ...request });
    } catch (error) {
      this.wantRecovery();
      throw error;
    }
  }

  #room(pool: Pool): number {
    const max = Math.max(RESERVE_MAX[pool], this.#parts.freeSlots(pool));
    return Math.max(0, max - this.#reserve.count(pool));
  }

  #poolOf(handler: string): Pool | null {
    return this.#handlers.poolOf(handler);
  }
}
