import type { Run } from '../model/run.ts';
import type { ClaimRequest } from '../ports/run-store.ts';
import type { Store } from '../ports/store.ts';
import type { SlotKind } from '../ports/task-kind.ts';
import { type DurationMs, INSTANT_END, type Instant } from '../time/instant.ts';
import type { Handlers } from './handlers.ts';
import type { Reserve } from './reserve.ts';

const SLOT_KINDS: readonly SlotKind[] = ['function', 'external'];
/** Most runs reserved ahead by kind of slot: short tasks drain them fast, long ones do not. */
const RESERVE_MAX: Readonly<Record<SlotKind, number>> = { function: 1000, external: 20 };
/** Maximum number of reservations per free slot, if that is more. */
const RESERVE_PER_SLOT: Readonly<Record<SlotKind, number>> = { function: 5, external: 1 };
/** Runs that one claim starts, at most: a few milliseconds of an embedded store's work. */
const START_MAX = 500;
/** Re-reads reservations that are overdue by more than this, however they were lost. */
const RECOVER_EVERY_MS = 30_000;
/** A claim without an answer may still reach the store for this long. */
const UNANSWERED_MS = 600_000;

export interface ClaimerParts {
  readonly store: Pick<Store, 'claimRuns'>;
  readonly nodeId: () => string;
  readonly now: () => Instant;
  readonly horizonMs: DurationMs;
  readonly handlers: Handlers;
  readonly reserve: Reserve;
  readonly freeSlots: (slotKind: SlotKind) => number;
  /** This attempt runs here, or its end is not written yet. */
  readonly isBusy: (runId: string, fence: number) => boolean;
  /** The claim has started these. */
  readonly onStarted: (runs: readonly Run[], slotKind: SlotKind) => Promise<void>;
}

/**
 * Gets work from the store: what is due goes straight into free slots, and comes back RUNNING
 * where no decision is needed; when nothing due is left, what is due within the horizon is
 * reserved, with the same call as long as there is room for both. While more is due than
 * there are slots, each free one claims at once.
 *
 *   wantClaim, half a horizon later ──▶ due ──full──▶ backlog: due again when slots are free
 *                                        └──not full──▶ ahead ──▶ wait
 */
export class Claimer {
  readonly #parts: ClaimerParts;
  #claimAt: Instant = 0;
  #recover = true;
  #recoveredAt: Instant = 0;
  readonly #backlog: Record<SlotKind, boolean> = { function: false, external: false };
  readonly #expected: Record<SlotKind, boolean> = { function: false, external: false };
  /** The instants of starting claims whose answer was lost. */
  readonly #unanswered = new Set<Instant>();

  constructor(parts: ClaimerParts) {
    this.#parts = parts;
  }

  /** When to ask again without being told to. */
  get claimAt(): Instant {
    return this.#claimAt;
  }

  wantClaim(): void {
    this.#claimAt = 0;
  }

  /** Something due for this kind of slot is on its way to the store. */
  expect(slotKind: SlotKind): void {
    this.#expected[slotKind] = true;
    this.#claimAt = 0;
  }

  /** An answer may have been lost: ask for all that is this node's too. */
  wantRecovery(): void {
    this.#recover = true;
    this.#claimAt = 0;
  }

  /** More is due than there were slots for. */
  hasBacklog(slotKind: SlotKind): boolean {
    return this.#backlog[slotKind];
  }

  /** How many more runs may be reserved. */
  room(slotKind: SlotKind): number {
    const perSlots = this.#parts.freeSlots(slotKind) * RESERVE_PER_SLOT[slotKind];
    const max = Math.max(RESERVE_MAX[slotKind], perSlots);
    return Math.max(0, max - this.#parts.reserve.count(slotKind));
  }

  /** True: there may be more to do at once. */
  async claim(): Promise<boolean> {
    const now = this.#parts.now();
    const isTime = now >= this.#claimAt;
    if (isTime) this.#claimAt = now + Math.floor(this.#parts.horizonMs / 2);
    let more = false;
    if (isTime) {
      const isKnown = now - this.#recoveredAt <= RECOVER_EVERY_MS;
      // What is not due yet is found later, if nothing says that an answer was lost.
      if (this.#recover) more = await this.#recoverUntil(INSTANT_END, now);
      else if (!isKnown) more = await this.#recoverUntil(now, now);
    }
    for (const slotKind of SLOT_KINDS) {
      if (this.#parts.handlers.of(slotKind).length === 0) continue;
      const both = isTime && this.#hasRoomForBoth(slotKind);
      if (isTime || this.#backlog[slotKind]) {
        more = (await this.#claimDue(slotKind, both ? this.#parts.horizonMs : 0)) || more;
      }
      // Less came back than was asked for: that was all.
      if (both && !this.#backlog[slotKind]) continue;
      // Functions are short: reserving what waits for a slot would only write it once more.
      const waits = this.#backlog[slotKind] && slotKind === 'function';
      if (isTime && !waits) more = (await this.#claimAhead(slotKind, now)) || more;
    }
    return more;
  }

  /** What this node holds already and is due by then, in any slot, beyond what it knows of. */
  async #recoverUntil(until: Instant, now: Instant): Promise<boolean> {
    this.#recover = false;
    this.#recoveredAt = now;
    const runs = await this.#ask([], { until, limit: 0, now, recover: true });
    for (const at of this.#unanswered) if (now - at > UNANSWERED_MS) this.#unanswered.delete(at);
    for (const run of runs) {
      if (run.state === 'RUNNING' && !this.#wasStartedUnheard(run)) continue;
      const slotKind = this.#parts.handlers.slotKindOf(run.handler) ?? 'function';
      this.#parts.reserve.add(run, slotKind);
    }
    return runs.length > 0;
  }

  /** Started by a claim that was not answered: any other start was executed here, and once. */
  #wasStartedUnheard(run: Run): boolean {
    if (run.startedAt === null || !this.#unanswered.has(run.startedAt)) return false;
    return !this.#parts.isBusy(run.id, run.fence);
  }

  /** An idle node asks once for what is due and what will be. */
  #hasRoomForBoth(slotKind: SlotKind): boolean {
    const limit = this.#startLimit(slotKind);
    return !this.#backlog[slotKind] && limit > 0 && this.room(slotKind) >= limit;
  }

  #startLimit(slotKind: SlotKind): number {
    return Math.min(this.#parts.freeSlots(slotKind), START_MAX);
  }

  /**
   * Claims as many due runs as there are free slots, and starts those that need no decision;
   * with `aheadMs` also reserves, as far as the limit goes, what is due within that time.
   */
  async #claimDue(slotKind: SlotKind, aheadMs: DurationMs): Promise<boolean> {
    const expected = this.#expected[slotKind];
    this.#expected[slotKind] = false;
    const limit = this.#startLimit(slotKind);
    if (limit === 0) {
      this.#backlog[slotKind] ||= expected;
      return false;
    }
    const now = this.#parts.now();
    const until = now + aheadMs;
    const request = { until, limit, now, startAt: now, expected, recover: false };
    const runs = await this.#ask(this.#parts.handlers.of(slotKind), request);
    this.#backlog[slotKind] = runs.length === limit;
    const started = runs.filter((run) => run.state === 'RUNNING');
    for (const run of runs) if (run.state !== 'RUNNING') this.#parts.reserve.add(run, slotKind);
    try {
      if (started.length > 0) await this.#parts.onStarted(started, slotKind);
    } catch (error) {
      this.#startUnheard(now);
      throw error;
    }
    return runs.length === limit || runs.some((run) => run.dueAt <= now);
  }

  async #claimAhead(slotKind: SlotKind, now: Instant): Promise<boolean> {
    const limit = this.room(slotKind);
    if (limit === 0) return false;
    const until = now + this.#parts.horizonMs;
    const runs = await this.#ask(this.#parts.handlers.of(slotKind), {
      ...{ until, limit, now, recover: false },
    });
    for (const run of runs) this.#parts.reserve.add(run, slotKind);
    if (runs.length >= limit) this.wantClaim();
    return runs.some((run) => run.dueAt <= now);
  }

  async #ask(
    handlers: readonly string[],
    request: Omit<ClaimRequest, 'nodeId' | 'handlers'>,
  ): Promise<Run[]> {
    try {
      const nodeId = this.#parts.nodeId();
      return await this.#parts.store.claimRuns({ nodeId, handlers, ...request });
    } catch (error) {
      this.#startUnheard(request.startAt ?? null);
      throw error;
    }
  }

  #startUnheard(startAt: Instant | null): void {
    if (startAt !== null) this.#unanswered.add(startAt);
    this.wantRecovery();
  }
}
