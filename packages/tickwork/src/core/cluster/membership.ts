import { type ErrorCode, isTickworkError } from '../base/errors.ts';
import type { NodeInfo } from '../model/node.ts';
import type { Heartbeat, HeartbeatRequest } from '../ports/heartbeat.ts';
import type { Ids } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import type { StoreClock } from './store-clock.ts';

export interface MembershipParts {
  readonly store: Pick<
    Store,
    'joinNode' | 'renewNode' | 'leaveNode' | 'readClock' | 'clockSource' | 'startHeartbeat'
  >;
  readonly clock: StoreClock;
  readonly ids: Ids;
  readonly node: Omit<NodeInfo, 'id'>;
  readonly leaseMs: DurationMs;
  readonly renewEveryMs: DurationMs;
  /** The heartbeat gives a node up whose event loop is blocked for longer. */
  readonly blockMsMax: DurationMs;
  /** The lease has run out unnoticed: a pass is wanted at once. */
  readonly onDoubt: () => void;
  /** The lease is lost: what this node runs belongs to others from now on. */
  readonly onFenced: (nodeId: string) => void;
  /** A new life has begun. */
  readonly onJoined: (nodeId: string, first: boolean) => Promise<void>;
  /** The clock was set by more than a moment, and the lease is renewed for the new time. */
  readonly onClockStep: (stepMs: number) => void;
  /** A renewal failed, was slow, or succeeded after that: others may be as late as this node. */
  readonly onOutage: () => void;
  /** The heartbeat has ended by a fault; the lease is renewed by the event loop only. */
  readonly onHeartbeatFailed: (message: string) => void;
}

/** Safety margin: this node treats its lease as ended this long before the store does. */
const MARGIN_MS = 1_000;
/** A doubt that the store has not removed by then is taken for certain: others may own the runs. */
const DOUBT_MS = 800;
const CLOCK_STEP_MS = 1_000;
/** What the store says here holds for all nodes alike. */
const sharedTroubles: ReadonlySet<ErrorCode> = new Set(['STORE_LOCKED', 'STORE_FULL']);

/**
 * This node's life and its lease.
 *
 *   out ──join──▶ up ──no renewal in time──▶ doubtful ──renewed within 0.8 s──▶ up
 *                 │                              │
 *                 └──────── refused ─────────────┴── refused or no answer ──▶ fenced
 *   fenced ──join under a new id──▶ up          up ──leave──▶ out
 *   up, doubtful, fenced ──the store is another one──▶ over, for good
 *
 * Whether the lease still holds is judged by the monotonic clock from the moment the last
 * renewal was *sent*, so that a process that was stopped or starved knows by itself. While
 * in doubt it starts nothing; a renewal that the store accepts proves that nobody has
 * declared it dead, and its running work goes on.
 *
 * A store that says why it does not renew, and names what holds for all nodes alike (another
 * program has it locked, its disk is full), keeps the doubt open until a lease after its last
 * word. Other nodes have missed their renewals, too, and take nothing over before this one had
 * time to renew (`onOutage`). Then only a refusal ends this life.
 *
 * Where the store has a heartbeat, that renews too while the event loop is blocked, and what it
 * renewed counts as this node's own. It belongs to one life and ends before the next begins.
 */
export class Membership {
  readonly #parts: MembershipParts;
  #nodeId = '';
  #state: 'out' | 'up' | 'doubtful' | 'fenced' | 'over' = 'out';
  #leaseMono = 0;
  /** The id of a join that the store has not answered. */
  #nextId: string | null = null;
  /** The join that has not been told yet. */
  #greeting: { readonly first: boolean } | null = null;
  #doubtMono = 0;
  /** When the store last named a trouble that all nodes share. */
  #troubleMono = Number.NEGATIVE_INFINITY;
  #isOutage = false;
  #heartbeat: Heartbeat | null = null;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
  }

  get nodeId(): string {
    return this.#nodeId;
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  /**
   * Begins a life, unless one has begun. After an error it can be repeated: the store
   * answers a repeated join as the first time, and what has not been told is told then.
   */
  async join(): Promise<void> {
    if (this.#state === 'out' || this.#state === 'fenced') await this.#begin();
    await this.#greet();
  }

  async #begin(): Promise<void> {
    const { store, clock, ids, node, leaseMs } = this.#parts;
    const nodeId = this.#nextId ?? ids.next();
    this.#nextId = nodeId;
    try {
      // The former life may have stood still while the store's clock was set back: by its own
      // time all others would seem dead, and what is to come would be due.
      this.#tellStep(clock.restart(await clock.read(store)));
      const sent = clock.mono();
      const at = clock.now();
      const { first } = await store.joinNode({ ...node, id: nodeId }, at, at + leaseMs);
      this.#greeting = { first };
      this.#leaseMono = sent + leaseMs;
      this.#noteSuccess(sent);
    } catch (error) {
      // Joined without our knowing, and declared dead since.
      if (isTickworkError(error) && error.code === 'FENCED') this.#nextId = null;
      throw error;
    }
    this.#nextId = null;
    this.#nodeId = nodeId;
    this.#state = 'up';
    this.#startHeartbeat(nodeId);
  }

  /** A node lives without a heartbeat too, where the platform allows none. */
  #startHeartbeat(nodeId: string): void {
    const { store, leaseMs, renewEveryMs, blockMsMax, onHeartbeatFailed } = this.#parts;
    const request: HeartbeatRequest = {
      ...{ nodeId, leaseMs, renewEveryMs, blockMsMax },
      onRefused: () => {
        if (nodeId === this.#nodeId) this.fence();
      },
      onFailed: onHeartbeatFailed,
    };
    try {
      this.#heartbeat = store.startHeartbeat?.(request) ?? null;
    } catch (error) {
      onHeartbeatFailed(error instanceof Error ? error.message : String(error));
    }
  }

  async #stopHeartbeat(): Promise<void> {
    const heartbeat = this.#heartbeat;
    this.#heartbeat = null;
    await heartbeat?.stop();
  }

  async #greet(): Promise<void> {
    if (this.#greeting === null) return;
    await this.#parts.onJoined(this.#nodeId, this.#greeting.first);
    this.#greeting = null;
  }

  /** The renewing loop's pass. */
  async pass(): Promise<Instant | null> {
    if (this.#state === 'out' || this.#state === 'over') return null;
    if (this.#state !== 'fenced') await this.#renew();
    // A fenced node begins a new life; its old runs belong to others.
    if (this.#state === 'up' || this.#state === 'fenced') await this.join();
    return this.#parts.clock.now() + this.#parts.renewEveryMs;
  }

  /**
   * True while the lease certainly holds. If it may not, a renewal is asked for at once; if
   * that has no answer within 0.8 s, however long the call may hang, the lease is lost, unless
   * the store has lately said why it renews nothing.
   */
  check(): boolean {
    const isLate = this.#isLate();
    if (this.#state === 'doubtful' && !isLate) this.#state = 'up';
    if (this.#state === 'up' && isLate) {
      this.#state = 'doubtful';
      this.#doubtMono = this.#parts.clock.mono();
      this.#parts.onDoubt();
    } else if (this.#state === 'doubtful' && this.#doubtLeftMs() <= 0) this.fence();
    return this.#state === 'up';
  }

  /** In how many milliseconds `check` can have something new to say; `null` = never. */
  checkInMs(): number | null {
    if (this.#state === 'up') return this.#leaseLeftMs() - MARGIN_MS;
    return this.#state === 'doubtful' ? this.#doubtLeftMs() : null;
  }

  /** A write was refused because of the lease. */
  fence(): void {
    if (this.#state !== 'up' && this.#state !== 'doubtful') return;
    this.#state = 'fenced';
    void this.#stopHeartbeat();
    this.#parts.onFenced(this.#nodeId);
  }

  /** What the store has open is not what others would open: no further life begins. */
  end(): void {
    this.fence();
    if (this.#state === 'fenced') this.#state = 'over';
  }

  async leave(): Promise<void> {
    const joined = this.#state === 'up' || this.#state === 'doubtful';
    this.#state = 'out';
    this.#greeting = null;
    await this.#stopHeartbeat();
    if (joined) await this.#parts.store.leaveNode(this.#nodeId, this.#parts.clock.now());
  }

  /**
   * Renews for the time that the clock shows, also if it was set: only then is the new time
   * taken over, or this node's own lease would seem to have ended long ago.
   */
  async #renew(): Promise<void> {
    const { store, clock, leaseMs } = this.#parts;
    const sent = clock.mono();
    try {
      const reading = await clock.read(store);
      const now = clock.shownAfter(reading);
      const { held } = await store.renewNode(this.#nodeId, now + leaseMs);
      if (!held) {
        this.fence();
        return;
      }
      this.#leaseMono = sent + leaseMs;
      this.#heartbeat?.beat();
      this.#noteSuccess(sent);
      if (this.#state === 'doubtful') this.#state = 'up';
      this.#tellStep(clock.adopt(reading));
    } catch (error) {
      this.#noteFailure(error);
      throw error;
    }
  }

  #noteSuccess(sentMono: number): void {
    const { clock, renewEveryMs, onOutage } = this.#parts;
    const isSlow = clock.mono() - sentMono > renewEveryMs;
    if (isSlow || this.#isOutage) onOutage();
    this.#isOutage = false;
    this.#troubleMono = Number.NEGATIVE_INFINITY;
  }

  #noteFailure(error: unknown): void {
    this.#isOutage = true;
    this.#parts.onOutage();
    if (isTickworkError(error) && sharedTroubles.has(error.code)) {
      this.#troubleMono = this.#parts.clock.mono();
    } else if (this.#isLate()) this.fence();
  }

  #tellStep(stepMs: number): void {
    if (Math.abs(stepMs) > CLOCK_STEP_MS) this.#parts.onClockStep(stepMs);
  }

  /** How long the lease may stay in doubt before it counts as lost. */
  #doubtLeftMs(): number {
    const { clock, leaseMs } = this.#parts;
    return Math.max(this.#doubtMono + DOUBT_MS, this.#troubleMono + leaseMs) - clock.mono();
  }

  #isLate(): boolean {
    return this.#leaseLeftMs() < MARGIN_MS;
  }

  /** Counted from the last accepted renewal, whoever sent it. */
  #leaseLeftMs(): number {
    const { clock, leaseMs } = this.#parts;
    const ownMs = this.#leaseMono - clock.mono();
    return Math.max(ownMs, leaseMs - (this.#heartbeat?.renewedMsAgo() ?? Number.POSITIVE_INFINITY));
  }
}
