import type { NodeInfo } from '../model/node.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import type { DurationMs, Instant } from '../time/instant.ts';

export interface MembershipParts {
  readonly store: Pick<Store, 'joinNode' | 'renewNode' | 'leaveNode'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly node: Omit<NodeInfo, 'id'>;
  readonly leaseMs: DurationMs;
  readonly renewEveryMs: DurationMs;
  /** The lease is lost: everything this node does must stop before others take it over. */
  readonly onFenced: (nodeId: string) => void;
  /** A new life has begun. */
  readonly onJoined: (nodeId: string, first: boolean) => Promise<void>;
}

/** Before the lease ends, so long is left to stop what runs. */
const FENCE_MARGIN_MS = 1_000;

/**
 * This node's life and its lease.
 *
 *   out ──join──▶ up ──renewal refused, or none in time──▶ fenced ──join (new id)──▶ up
 *                 └──leave──▶ out
 *
 * Whether the lease still holds is judged by the monotonic clock from the moment the last
 * successful renewal was *sent*, so a stalled process knows by itself, without the store.
 */
export class Membership {
  readonly #parts: MembershipParts;
  #nodeId = '';
  #state: 'out' | 'up' | 'fenced' = 'out';
  #leaseMono = 0;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
  }

  get nodeId(): string {
    return this.#nodeId;
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  async join(): Promise<void> {
    const { store, clock, ids, node, leaseMs } = this.#parts;
    this.#nodeId = ids.next();
    const sent = clock.mono();
    const at = clock.now();
    const { first } = await store.joinNode({ ...node, id: this.#nodeId }, at, at + leaseMs);
    this.#leaseMono = sent + leaseMs;
    this.#state = 'up';
    await this.#parts.onJoined(this.#nodeId, first);
  }

  /** The renewing loop's pass. */
  async pass(): Promise<Instant | null> {
    if (this.#state === 'out') return null;
    if (this.#state === 'up') await this.#renew();
    // A fenced node begins a new life; its old runs belong to others.
    if (this.#state === 'fenced') await this.join();
    return this.#parts.clock.now() + this.#parts.renewEveryMs;
  }

  /** Fences this node if its lease has run out unnoticed. True while it is up. */
  check(): boolean {
    const late = this.#parts.clock.mono() > this.#leaseMono - FENCE_MARGIN_MS;
    if (this.#state === 'up' && late) this.fence();
    return this.#state === 'up';
  }

  fence(): void {
    if (this.#state !== 'up') return;
    this.#state = 'fenced';
    this.#parts.onFenced(this.#nodeId);
  }

  async leave(): Promise<void> {
    const wasUp = this.#state === 'up';
    this.#state = 'out';
    if (wasUp) await this.#parts.store.leaveNode(this.#nodeId, this.#parts.clock.now());
  }

  async #renew(): Promise<void> {
    const { store, clock, leaseMs } = this.#parts;
    const sent = clock.mono();
    try {
      const { held } = await store.renewNode(this.#nodeId, clock.now() + leaseMs);
      if (held) this.#leaseMono = sent + leaseMs;
      else this.fence();
    } finally {
      // Also when the store failed: it may answer the next time, as long as the lease holds.
      this.check();
    }
  }
}
