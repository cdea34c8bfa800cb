import { type ErrorCode, TickworkError } from '../../../tickwork/src/core/base/errors.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';

/** How a planned call fails: before anything was written, or after it (unknown commit). */
export type FaultMode = 'before' | 'after';

type Call = (...args: readonly unknown[]) => Promise<unknown>;

/**
 * A node's way to the store. The n-th call from now can be made to fail once; a cut link
 * answers nothing any more, as for a process that is gone.
 */
export class StoreLink {
  readonly store: Store;
  /** The names of the calls since `failCall`, or since the beginning. */
  calls: string[] = [];
  #fault: { readonly at: number; readonly mode: FaultMode } | null = null;
  #isCut = false;
  #trouble: ErrorCode | null = null;

  constructor(inner: Store) {
    const cache = new Map<PropertyKey, unknown>();
    this.store = new Proxy(inner, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function') return member;
        if (!cache.has(key)) {
          const call = member as Call;
          cache.set(key, (...args: readonly unknown[]) => this.#call(String(key), call, args));
        }
        return cache.get(key);
      },
    });
  }

  /** Lets the n-th call (1, 2, …) from now fail, once. */
  failCall(n: number, mode: FaultMode): void {
    this.calls = [];
    this.#fault = { at: n, mode };
  }

  disarm(): void {
    this.#fault = null;
  }

  /** True if the planned fault has happened. */
  get hasFailed(): boolean {
    return this.#fault !== null && this.calls.length >= this.#fault.at;
  }

  /** While down, each call fails before it writes anything. */
  setDown(isDown: boolean): void {
    this.setTrouble(isDown ? 'STORE_UNAVAILABLE' : null);
  }

  /** Until it is `null` again, each call fails with this error before it writes anything. */
  setTrouble(code: ErrorCode | null): void {
    this.#trouble = code;
  }

  cut(): void {
    this.#isCut = true;
  }

  async #call(name: string, call: Call, args: readonly unknown[]): Promise<unknown> {
    if (this.#isCut) return await new Promise(() => {});
    this.calls.push(name);
    const fails = this.#fault !== null && this.calls.length === this.#fault.at;
    if (this.#trouble !== null) throw madeToFail(name, this.#trouble);
    if (fails && this.#fault?.mode === 'before') throw madeToFail(name);
    const answer = await call(...args);
    if (fails) throw madeToFail(name);
    return answer;
  }
}

function madeToFail(call: string, code: ErrorCode = 'STORE_UNAVAILABLE'): TickworkError {
  return new TickworkError(code, { field: call, reason: 'made to fail by a test.' });
}
