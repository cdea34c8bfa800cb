import { TickworkError } from '../../../tickwork/src/core/base/errors.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import type { SeededRandom } from '../../../tickwork/src/testing/seeded-random.ts';
import type { SimulatedTime } from '../../../tickwork/src/testing/simulated-time.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** What may go wrong with one call. */
export const callFaults = ['fail-before', 'fail-after-apply', 'ack-lost', 'busy', 'stall'] as const;

export type CallFault = (typeof callFaults)[number];

export type StoreMethod = Exclude<keyof Store, 'kind' | 'clockSource'>;

/** Sees what the store really did, and what the caller learned of it. */
export interface LinkTap {
  applied(method: StoreMethod, args: readonly unknown[], answer: unknown, sentAt: number): void;
  answered(method: StoreMethod, args: readonly unknown[], answer: unknown): void;
  /** A fault hits a call; the result is called when the caller knows. */
  faulted(fault: CallFault): () => void;
}

export interface FaultyLinkOptions {
  readonly store: Store;
  readonly time: SimulatedTime;
  readonly process: SimulatedProcess;
  readonly random: SeededRandom;
  readonly latencyMs: { readonly min: number; readonly max: number };
  readonly tap: LinkTap;
}

/** How long a caller waits for an answer that never comes. */
const DEADLINE_MS = 10_000;
const STALL_MS = 60_000;

/** A call on its way. */
interface SentCall {
  readonly method: StoreMethod;
  readonly call: Call;
  readonly args: readonly unknown[];
  readonly sentAt: number;
  readonly fault: CallFault | null;
  /** The fault has ended; `null`: there is none. */
  readonly known: (() => void) | null;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

type Call = (...args: readonly unknown[]) => Promise<unknown>;

/**
 * The way of one process to the shared store: each call takes time on the way there and
 * back, is applied in one atomic step in between, and may meet one fault.
 *
 *   sent ──latency──▶ applied ──latency──▶ answered
 *         fail-before, busy ┘        └ fail-after-apply, ack-lost (deadline), stall (60 s)
 */
export class FaultyLink {
  /** Cut off: nothing gets through, callers learn it at their deadline or at once. */
  isCut: 'silent' | 'refused' | null = null;
  /** The chance that a call meets a fault, and which ones. */
  trouble: { readonly chance: number; readonly kinds: readonly CallFault[] } | null = null;
  /** Faults that hit the next call of a method and nothing else. */
  readonly traps = new Map<StoreMethod, CallFault>();
  readonly store: Store;
  readonly #options: FaultyLinkOptions;

  constructor(options: FaultyLinkOptions) {
    this.#options = options;
    const parts = Object.entries(options.store).map(([name, part]: [string, unknown]) => {
      if (typeof part !== 'function') return [name, part];
      const method = name as StoreMethod;
      return [name, (...args: unknown[]) => this.#call(method, part as Call, args)];
    });
    this.store = Object.fromEntries(parts) as Store;
  }

  #call(method: StoreMethod, call: Call, args: readonly unknown[]): Promise<unknown> {
    const { time, tap } = this.#options;
    const sentAt = time.now;
    return new Promise((resolve, reject) => {
      const fault = this.#drawFault(method);
      const known = fault === null ? null : tap.faulted(fault);
      const sent: SentCall = { method, call, args, sentAt, fault, known, resolve, reject };
      if (fault === 'fail-before' || fault === 'busy') {
        const reason = fault === 'busy' ? 'deadlock' : 'no connection';
        this.#refuse(sent, this.#latencyMs(), reason);
      } else time.after(fault === 'stall' ? STALL_MS : this.#latencyMs(), () => this.#apply(sent));
    });
  }

  #apply(sent: SentCall): void {
    const { method, call, args, sentAt, fault } = sent;
    if (this.isCut !== null) {
      sent.known?.();
      this.#refuse({ ...sent, known: null }, this.#cutMs(), 'the network is down');
      return;
    }
    call(...args).then(
      (value) => {
        this.#options.tap.applied(method, args, value, sentAt);
        if (fault === 'fail-after-apply' || fault === 'ack-lost') {
          const delayMs = fault === 'ack-lost' ? DEADLINE_MS : this.#latencyMs();
          this.#refuse(sent, delayMs, 'the connection was lost');
        } else this.#reply(sent, value);
      },
      (error: unknown) => this.#reject(sent, this.#latencyMs(), error as Error),
    );
  }

  /** The way back; a cut that began meanwhile swallows the answer. */
  #reply(sent: SentCall, value: unknown): void {
    const { time, process, tap } = this.#options;
    time.after(this.#latencyMs(), () => {
      if (this.isCut !== null) {
        this.#refuse(sent, this.#cutMs(), 'the network went down');
        return;
      }
      process.deliver(() => {
        sent.known?.();
        tap.answered(sent.method, sent.args, value);
        sent.resolve(value);
      });
    });
  }

  #refuse(sent: SentCall, delayMs: number, reason: string): void {
    this.#reject(sent, delayMs, unavailable(sent.method, reason));
  }

  /** The caller learns of the error, and the fault has ended, after a while. */
  #reject(sent: SentCall, delayMs: number, error: Error): void {
    const { time, process } = this.#options;
    time.after(delayMs, () =>
      process.deliver(() => {
        sent.known?.();
        sent.reject(error);
      }),
    );
  }

  #drawFault(method: StoreMethod): CallFault | null {
    const trap = this.traps.get(method);
    if (trap !== undefined) {
      this.traps.delete(method);
      return trap;
    }
    if (this.trouble === null || !this.#options.random.chance(this.trouble.chance)) return null;
    return this.#options.random.pick(this.trouble.kinds);
  }

  #cutMs(): number {
    return this.isCut === 'refused' ? this.#latencyMs() : DEADLINE_MS;
  }

  #latencyMs(): number {
    const { random, latencyMs } = this.#options;
    const spread = random.next();
    const cube = spread * spread * spread;
    // Most answers are quick, a few take the longest.
    return latencyMs.min + (latencyMs.max - latencyMs.min) * cube * cube;
  }
}

function unavailable(method: StoreMethod, reason: string): TickworkError {
  return new TickworkError('STORE_UNAVAILABLE', { field: method, reason: `${reason}.` });
}
