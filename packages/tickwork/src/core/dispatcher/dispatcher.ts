import type { StartedRun } from '../executor/running-attempt.ts';
import { type NewRun, needsNoDecision, type Run, type RunDefinition } from '../model/run.ts';
import type { PlannedRun } from '../ports/job-store.ts';
import type { Settlement, StartOutcome } from '../ports/run-store.ts';
import type { SlotKind } from '../ports/task-kind.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import { Claimer } from './claimer.ts';
import type { Handlers } from './handlers.ts';
import { Reserve } from './reserve.ts';
import { type BlockedRun, Settler, type SettlerParts } from './settler.ts';
import { type Candidate, StartDecider, type StartDeciderParts } from './start-decider.ts';
import { leadMs } from './start-early.ts';

const SLOT_KINDS: readonly SlotKind[] = ['function', 'external'];
const DEFER_MS = 50;
/** What comes so little later is written with what is to be written now. */
const TOGETHER_MS = 20;
/** Starts written in one step: a few milliseconds of an embedded store's work. */
const BATCH_MAX = 1000;

export interface DispatcherParts
  extends SettlerParts,
    Pick<StartDeciderParts, 'workOf' | 'jobStatusOf' | 'misfireLookup'> {
  /** False: others may own what this node was granted. */
  readonly holdsLease: () => boolean;
  readonly now: () => Instant;
  readonly horizonMs: DurationMs;
  readonly handlers: Handlers;
  readonly freeSlots: (slotKind: SlotKind) => number;
  /** It is running here already, or its end is not written yet; with `fence`, that attempt. */
  readonly isBusy: (runId: string, fence?: number) => boolean;
  /** Does what is started in the store; nothing before its `startedAt`. */
  readonly execute: (started: StartedRun) => void;
}

/**
 * The dispatching loop's pass: due runs that are reserved for this node are decided
 * (`decideStart`), started in the store as far as slots are free, and handed to the
 * executor; blocked ones follow the overlap policy (`decideBlocked`). Free slots take what
 * else is due: what needs no decision comes back from the claim RUNNING. When nothing due is
 * left, the reserve is filled with what is due within the horizon.
 *
 * The start of a function that nothing stands in the way of is written shortly before its
 * instant (`mayStartEarly`); the executor holds it until then. A run starts at its instant
 * by the clock, never before.
 *
 * Answers when the next reserved run is due, or its start to be written, or the next claim.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #reserve = new Reserve();
  readonly #handlers: Handlers;
  readonly #claimer: Claimer;
  readonly #settler: Settler;
  readonly #decider: StartDecider;
  /** What former lives of the node had reserved, as far as it is known. */
  readonly #left: { readonly nodeId: string; readonly runIds: readonly string[] }[] = [];
  /** Counts the lives of the node: an answer to a former one starts nothing. */
  #life = 0;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    const onSkipped = (run: Run, settlement: Settlement) => {
      parts.onSkipped(run, settlement);
      // The next one of its queue may come now.
      if (run.waiting || run.limitKey !== null) this.wantClaim();
    };
    this.#settler = new Settler({ ...parts, onSkipped });
    this.#decider = new StartDecider({ ...parts, reserve: this.#reserve, settler: this.#settler });
    this.#handlers = parts.handlers;
    const onStarted = (runs: readonly Run[], slotKind: SlotKind) =>
      this.#executeStarted(runs, slotKind);
    this.#claimer = new Claimer({ ...parts, reserve: this.#reserve, onStarted });
  }

  /** There may be something new to claim. */
  wantClaim(): void {
    this.#claimer.wantClaim();
  }

  /** These are being stored right now; true if one of them could start at once. */
  expect(runs: readonly NewRun[]): boolean {
    const now = this.#parts.now();
    let any = false;
    for (const run of runs) {
      const atOnce = run.startAt <= now && needsNoDecision(run);
      const slotKind = atOnce ? this.#slotKindOf(run.handler) : null;
      if (slotKind === null) continue;
      this.#claimer.expect(slotKind);
      any = true;
    }
    return any;
  }

  /** An answer may have been lost: ask for this node's reservations too. */
  wantRecovery(): void {
    this.#claimer.wantRecovery();
  }

  /** Marks which of some new runs this node keeps, as far as it has handlers and room. */
  reserve(runs: readonly NewRun[]): PlannedRun[] {
    const now = this.#parts.now();
    const wanted: Record<SlotKind, number> = { function: 0, external: 0 };
    return runs.map((run) => {
      const slotKind = this.#slotKindOf(run.handler);
      const near = run.startAt <= now + this.#parts.horizonMs * 2;
      if (slotKind === null || !near) return { ...run, nodeId: null };
      if (this.#claimer.room(slotKind) - wanted[slotKind] <= 0) return { ...run, nodeId: null };
      wanted[slotKind] += 1;
      return { ...run, nodeId: this.#parts.nodeId() };
    });
  }

  /** Takes over runs that were stored as reserved for this node. */
  adopt(runs: readonly Run[]): void {
    for (const run of runs) {
      const slotKind = this.#slotKindOf(run.handler);
      if (slotKind !== null && run.nodeId === this.#parts.nodeId())
        this.#reserve.add(run, slotKind);
    }
  }

  /** The reservations end with the node's life or at its stop; answers their ids. */
  forget(): readonly string[] {
    this.#life += 1;
    this.#decider.forget();
    const runIds = this.#reserve.clear().map((run) => run.id);
    if (runIds.length > 0) this.#left.push({ nodeId: this.#parts.nodeId(), runIds });
    return runIds;
  }

  /**
   * At the begin of a life: gives back what former ones had reserved. They would be free when
   * the lease of that life has ended by the store's clock, which may have been set back since.
   */
  async giveBack(): Promise<void> {
    for (let first = this.#left[0]; first !== undefined; first = this.#left[0]) {
      const { nodeId, runIds } = first;
      const settlements = runIds.map((runId) => ({ runId, to: 'released' }) as const);
      await this.#parts.store.settleRuns(nodeId, settlements, this.#parts.now());
      this.#left.shift();
    }
  }

  async pass(): Promise<Instant | null> {
    let again = true;
    while (again) {
      again = await this.#startDue();
      again = (await this.#startEarly()) || again;
      again = (await this.#claimer.claim()) || again;
    }
    const nextAt = Math.min(this.#reserve.nextAt() ?? Number.POSITIVE_INFINITY, this.#earlyAt());
    return Math.min(nextAt, this.#claimer.claimAt);
  }

  async #startDue(): Promise<boolean> {
    this.#reserve.ripen(this.#parts.now());
    let started = false;
    for (const slotKind of SLOT_KINDS) {
      const limit = Math.min(this.#parts.freeSlots(slotKind), BATCH_MAX);
      const batch = this.#free(this.#reserve.take(slotKind, limit), slotKind);
      if (batch.length === 0) continue;
      started = true;
      await this.#startBatch(batch, slotKind, false);
    }
    return started;
  }

  /** Writes the starts of the next functions, if no others are due before. */
  async #startEarly(): Promise<boolean> {
    const now = this.#parts.now();
    if (this.#earlyAt() > now) return false;
    const until = now + leadMs(this.#reserve.count('function')) + TOGETHER_MS;
    const limit = Math.min(this.#parts.freeSlots('function'), BATCH_MAX);
    const batch = this.#free(this.#reserve.takeEarly(until, limit), 'function');
    if (batch.length > 0) await this.#startBatch(batch, 'function', true);
    return true;
  }

  /** When the next start is to be written before its instant; `Infinity` = there is none. */
  #earlyAt(): Instant {
    const nextAt = this.#reserve.nextEarlyAt();
    const isFree =
      nextAt !== null &&
      this.#parts.freeSlots('function') > 0 &&
      !this.#reserve.hasReady('function') &&
      !this.#claimer.hasBacklog('function');
    if (!isFree) return Number.POSITIVE_INFINITY;
    return nextAt - leadMs(this.#reserve.count('function'));
  }

  /**
   * Those that are not busy here; the others are put off. One can come by two ways (its
   * plan's answer and a recovering claim), and the store answers a repeated start with the
   * same fence: it would be executed twice. Another may be the next attempt of a run whose
   * former one, fenced, has not stopped yet.
   */
  #free(taken: readonly Run[], slotKind: SlotKind): Run[] {
    const free: Run[] = [];
    for (const run of taken) {
      if (!this.#parts.isBusy(run.id)) free.push(run);
      else this.#reserve.putOff(run, slotKind, this.#parts.now() + DEFER_MS);
    }
    return free;
  }

  async #startBatch(batch: readonly Run[], slotKind: SlotKind, early: boolean): Promise<void> {
    const handedOver = new Set<string>();
    const life = this.#life;
    const nodeId = this.#parts.nodeId();
    // A life can end before the call and the next one begin before its answer.
    const isOver = (): boolean => life !== this.#life || nodeId !== this.#parts.nodeId();
    let candidates: readonly Candidate[] = [];
    try {
      candidates = await (early
        ? this.#decider.decideEarly(batch, slotKind)
        : this.#decider.decide(batch, slotKind));
      if (candidates.length === 0) return;
      const at = this.#parts.now();
      const outcomes = await this.#parts.store.startRuns(
        nodeId,
        candidates.map(({ run, asked }) => {
          // What was started but not answered is asked about once more.
          const attemptBefore = run.state === 'RUNNING' ? run.attempt - 1 : run.attempt;
          return { ...asked, runId: run.id, attemptBefore };
        }),
        at,
      );
      // The store gave them to a life that has ended since: they are lost ones now.
      if (isOver()) return;
      // The process may have stood still for longer than its lease since it asked.
      if (!this.#parts.holdsLease()) {
        this.#tryAgain(batch, slotKind, candidates, handedOver);
        return;
      }
      this.#decider.noteAnswered(candidates);
      this.#executeAll(candidates, outcomes, handedOver, at);
      if (early) this.#leaveBlocked(candidates, outcomes, slotKind);
      else await this.#follow(candidates, outcomes, at);
    } catch (error) {
      if (isOver()) this.wantRecovery();
      else this.#tryAgain(batch, slotKind, candidates, handedOver);
      throw error;
    }
  }

  /**
   * These may still be this node's in the store, or started there without this node's
   * knowing: they are asked about again. What the executor has must not start twice.
   */
  #tryAgain(
    batch: readonly Run[],
    slotKind: SlotKind,
    candidates: readonly Candidate[],
    handedOver: ReadonlySet<string>,
  ): void {
    this.wantRecovery();
    this.#decider.noteUnanswered(candidates.filter(({ run }) => !handedOver.has(run.id)));
    const lookAt = this.#parts.now() + DEFER_MS;
    for (const run of batch)
      if (!handedOver.has(run.id)) this.#reserve.putOff(run, slotKind, lookAt);
  }

  /** What stands in the way now may be gone when the instant comes: it is decided then. */
  #leaveBlocked(
    candidates: readonly Candidate[],
    outcomes: readonly StartOutcome[],
    slotKind: SlotKind,
  ): void {
    for (const [i, { run }] of candidates.entries()) {
      const outcome = outcomes[i]?.outcome;
      // Memory and store differ about this run; the store may have reserved it anew.
      if (outcome === 'gone') this.wantRecovery();
      else if (outcome !== 'started') this.#reserve.putOff(run, slotKind, run.dueAt);
    }
  }

  #executeAll(
    candidates: readonly Candidate[],
    outcomes: readonly StartOutcome[],
    handedOver: Set<string>,
    at: Instant,
  ): void {
    for (const [i, { run, work }] of candidates.entries()) {
      const outcome = outcomes[i];
      if (outcome?.outcome !== 'started') continue;
      handedOver.add(run.id);
      this.#execute(run, work, outcome, Math.max(at, run.dueAt));
    }
  }

  /** What becomes of those that were not started. */
  async #follow(
    candidates: readonly Candidate[],
    outcomes: readonly StartOutcome[],
    at: Instant,
  ): Promise<void> {
    const held: Run[] = [];
    const blocked: BlockedRun[] = [];
    for (const [i, { run, work }] of candidates.entries()) {
      const outcome = outcomes[i];
      if (outcome?.outcome === 'held') held.push(run);
      // Memory and store differ about this run; the store may have reserved it anew.
      if (outcome?.outcome === 'gone') this.wantRecovery();
      if (outcome?.outcome === 'blocked') blocked.push({ run, work, outcome });
    }
    const decided = await this.#settler.settlementsOf(blocked, at);
    if (decided.some(({ to }) => to === 'waiting')) this.wantClaim();
    const backoff = { to: 'SKIPPED', reason: 'backoff' } as const;
    const settlements = [...held.map(({ id }) => ({ runId: id, ...backoff })), ...decided];
    const settled = [...held, ...blocked.map(({ run }) => run)];
    await this.#settler.settle(settled, settlements, at);
  }

  #execute(
    run: Run,
    work: RunDefinition,
    { fence, attempt }: { readonly fence: number; readonly attempt: number },
    startedAt: Instant,
  ): void {
    // Claims name the handlers of these kinds only, so the kind is there.
    const kind = this.#handlers.kindOf(work.task);
    const nodeId = this.#parts.nodeId();
    const { onlyIf } = work.policies;
    const started = { run, work, kind, nodeId, fence, attempt, startedAt };
    if (onlyIf === undefined) this.#parts.execute(started);
    else {
      const check = { kind: this.#handlers.kindOf(onlyIf), task: onlyIf };
      this.#parts.execute({ ...started, check });
    }
  }

  async #executeStarted(runs: readonly Run[], slotKind: SlotKind): Promise<void> {
    const works = await this.#parts.workOf(runs);
    for (const [i, run] of runs.entries()) {
      const work = works[i] ?? null;
      // Fenced meanwhile: others take it over.
      if (run.nodeId !== this.#parts.nodeId()) continue;
      // A former attempt that was given up may not have stopped yet; without its work, or the
      // lease, a run can only be asked about again. All go the way of what was recovered.
      if (work === null || !this.#parts.holdsLease() || this.#parts.isBusy(run.id)) {
        this.#reserve.putOff(run, slotKind, this.#parts.now() + DEFER_MS);
      } else {
        this.#execute(run, work, run, run.startedAt ?? this.#parts.now());
      }
    }
  }

  #slotKindOf(handler: string): SlotKind | null {
    return this.#handlers.slotKindOf(handler);
  }
}
