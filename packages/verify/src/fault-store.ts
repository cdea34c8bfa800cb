import { TickworkError } from '../../tickwork/src/core/base/errors.ts';
import type { Store } from '../../tickwork/src/core/ports/store.ts';

export type StoreMethod = {
  [K in keyof Store]-?: Store[K] extends (...args: never[]) => Promise<unknown> ? K : never;
}[keyof Store];

/** One call as it reaches the store. */
export interface StoreCall {
  /** 1, 2, … over all methods but `close` and `startHeartbeat`. */
  readonly index: number;
  readonly method: StoreMethod;
  readonly args: readonly unknown[];
}

/**
 * What happens to a call. `fail-before`: the store never sees it. `fail-after`: it is
 * applied, but the caller gets an error (an unknown commit). A promise: it is applied once
 * that has settled.
 */
export type StoreFault = 'none' | 'fail-before' | 'fail-after' | Promise<unknown>;

export interface FaultStore {
  readonly store: Store;
  /** The calls so far, in order. */
  readonly calls: readonly StoreCall[];
  /** Every failure that was made. */
  readonly failures: readonly StoreCall[];
}

/**
 * Wraps any store and lets calls fail or wait as `faultOf` says; failures are
 * STORE_UNAVAILABLE. For "fail the n-th call" loops:
 *
 *     for (let n = 1; ; n++) {
 *       const { store, failures } = createFaultStore(inner, failNth(n, 'fail-after'));
 *       … the operation under test, which must come to the same end …
 *       if (failures.length === 0) break; // It made fewer than n calls.
 *     }
 */
export function createFaultStore(
  inner: Store,
  faultOf: (call: StoreCall) => StoreFault,
): FaultStore {
  const calls: StoreCall[] = [];
  const failures: StoreCall[] = [];
  const invoke = async (method: StoreMethod, args: readonly unknown[]): Promise<unknown> => {
    const call: StoreCall = { index: calls.length + 1, method, args };
    calls.push(call);
    const fault = faultOf(call);
    const apply = inner[method] as (...given: readonly unknown[]) => Promise<unknown>;
    const fail = (): never => {
      failures.push(call);
      throw lost(call);
    };
    if (fault === 'fail-before') return fail();
    if (typeof fault !== 'string') await fault;
    const answer = await apply(...args);
    return fault === 'fail-after' ? fail() : answer;
  };
  const store = new Proxy(inner, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      const passed = name === 'close' || name === 'startHeartbeat';
      if (typeof value !== 'function' || passed) return value;
      return (...args: readonly unknown[]) => invoke(name as StoreMethod, args);
    },
  });
  return { store, calls, failures };
}

/** Only the n-th call (1, 2, …) meets the fault; with `method`, the n-th of that method. */
export function failNth(
  n: number,
  fault: StoreFault,
  method?: StoreMethod,
): (call: StoreCall) => StoreFault {
  let seen = 0;
  return (call) => {
    if (method !== undefined && call.method !== method) return 'none';
    seen++;
    return seen === n ? fault : 'none';
  };
}

function lost(call: StoreCall): TickworkError {
  return new TickworkError('STORE_UNAVAILABLE', {
    field: call.method,
    reason: `call ${call.index} was made to fail.`,
  });
}
