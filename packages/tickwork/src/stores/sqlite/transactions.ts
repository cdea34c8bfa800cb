import { TickworkError } from '../../core/base/errors.ts';
import type { StoreFault } from '../../core/ports/upkeep-store.ts';
import type { Database } from './database.ts';
import { isBusy, translateError } from './translate-error.ts';

/** Rows written in one transaction before the event loop gets its turn: a few milliseconds. */
const GROUP_ROWS_MAX = 1000;
const SLICE_ROWS_MAX = 500;
const BUSY_PAUSE_MS_MAX = 20;

interface Call {
  readonly rows: number;
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface TransactionHooks {
  /** Before a read; throws where nothing may be read or written any more. */
  readonly refuse: () => void;
  /** Inside a transaction: sets aside what cannot be read. */
  readonly setAside: () => readonly StoreFault[];
  /** After its commit. */
  readonly onSetAside: (faults: readonly StoreFault[]) => void;
  /** Before the calls of a transaction run; they may run again after a rollback. */
  readonly begin: () => void;
  /** After they ran, still inside; `changed` if they wrote anything. */
  readonly end: (changed: boolean) => void;
  readonly committed: (rows: number) => void;
}

/**
 * The one writer of a connection, with group commit: the calls that arrive in one turn of
 * the event loop share a transaction, and each is answered after its commit.
 *
 *   idle ──call──▶ gathering ──end of the turn──▶ writing ──▶ idle, or gathering again
 *                      ▲                             │
 *                      └──── locked by another: wait ┘  (a time, then STORE_LOCKED)
 *
 * If one call of a group fails, the transaction is rolled back and every call gets one of
 * its own, so that a call never suffers from another one's fault.
 */
export class Transactions {
  readonly #database: Database;
  readonly #path: string;
  readonly #hooks: TransactionHooks;
  readonly #lockTimeoutMs: number;
  #queue: Call[] = [];
  #timer: NodeJS.Immediate | NodeJS.Timeout | null = null;
  #busySinceMs: number | null = null;
  /** What cannot be read is being set aside, for whoever met it first. */
  #mending: Promise<boolean> | null = null;
  #closed = false;
  #onIdle: (() => void)[] = [];

  constructor(
    database: Database,
    hooks: TransactionHooks,
    options: { readonly path: string; readonly lockTimeoutMs: number },
  ) {
    this.#database = database;
    this.#path = options.path;
    this.#lockTimeoutMs = options.lockTimeoutMs;
    this.#hooks = hooks;
  }

  /** There will be a transaction in any case: a call made now shares it. */
  get isGathering(): boolean {
    return this.#queue.length > 0;
  }

  /** Runs `work` in a transaction; `rows` is about how many rows it writes. */
  write<T>(rows: number, work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(storeClosed(this.#path));
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ rows, work, resolve: resolve as (value: unknown) => void, reject });
      this.#timer ??= setImmediate(() => this.#flush());
    });
  }

  /** Writes a batch in slices of at most 500 items (or `sliceMax`), each in a transaction. */
  async writeEach<T, R>(
    items: readonly T[],
    work: (slice: readonly T[]) => R[],
    sliceMax = SLICE_ROWS_MAX,
  ): Promise<R[]> {
    if (items.length <= sliceMax) return this.write(items.length, () => work(items));
    const results: R[] = [];
    for (let from = 0; from < items.length; from += sliceMax) {
      const slice = items.slice(from, from + sliceMax);
      for (const result of await this.write(slice.length, () => work(slice))) results.push(result);
    }
    return results;
  }

  /** Runs `work` outside of a transaction, on what is committed. */
  async read<T>(work: () => T): Promise<T> {
    const startedMs = performance.now();
    for (;;) {
      if (this.#closed) throw storeClosed(this.#path);
      this.#hooks.refuse();
      try {
        return work();
      } catch (error) {
        if (await this.#mend(error)) continue;
        const patient = performance.now() - startedMs < this.#lockTimeoutMs;
        if (!isBusy(error) || !patient) throw translateError(error, this.#path);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs()));
    }
  }

  /** Sets aside what cannot be read, without waiting for a reader that meets it. */
  async mend(): Promise<void> {
    await this.#mend(new SyntaxError('asked for'));
  }

  /** Lets the calls that have arrived finish; refuses further ones. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer === null) return;
    await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #flush(): void {
    this.#timer = null;
    const group = this.#nextGroup();
    try {
      this.#writeGroup(group);
      this.#busySinceMs = null;
    } catch (error) {
      if (!this.#mayRepeat(group, error)) {
        this.#busySinceMs = null;
        for (const call of group) call.reject(translateError(error, this.#path));
      }
    }
    if (this.#timer !== null) return;
    if (this.#queue.length > 0) this.#timer = setImmediate(() => this.#flush());
    else for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #nextGroup(): Call[] {
    let rows = 0;
    let count = 0;
    for (const call of this.#queue) {
      if (count > 0 && rows + call.rows > GROUP_ROWS_MAX) break;
      rows += call.rows;
      count++;
    }
    if (count === this.#queue.length) {
      const group = this.#queue;
      this.#queue = [];
      return group;
    }
    return this.#queue.splice(0, count);
  }

  #writeGroup(group: readonly Call[]): void {
    const answers: { call: Call; value: unknown; refused: boolean }[] = [];
    try {
      this.#transact(() => {
        for (const call of group) answers.push(answerOf(call));
      });
    } catch (error) {
      if (isBusy(error) || group.length === 1) throw error;
      this.#writeApart(group);
      return;
    }
    for (const { call, value, refused } of answers) {
      if (refused) call.reject(value);
      else call.resolve(value);
    }
  }

  #writeApart(group: readonly Call[]): void {
    for (const call of group) {
      try {
        let value: unknown;
        this.#transact(() => {
          value = call.work();
        });
        call.resolve(value);
      } catch (error) {
        if (this.#mayRepeat([call], error)) continue;
        call.reject(translateError(error, this.#path));
      }
    }
  }

  #transact(work: () => void): void {
    this.#database.run('BEGIN IMMEDIATE');
    let rows: number;
    try {
      const before = this.#totalChanges();
      this.#hooks.begin();
      work();
      this.#hooks.end(this.#totalChanges() !== before);
      rows = this.#totalChanges() - before;
      this.#database.run('COMMIT');
    } catch (error) {
      // A full disk has rolled back already.
      if (this.#database.isInTransaction) this.#database.run('ROLLBACK');
      throw error;
    }
    this.#hooks.committed(rows);
  }

  #totalChanges(): number {
    return this.#database.get<{ n: number }>('SELECT total_changes() AS n')?.n ?? 0;
  }

  /**
   * One row that cannot be read must not stop the others: it is set aside, once, by a transaction
   * of its own. True: the same may be tried again.
   */
  #mend(error: unknown): Promise<boolean> {
    if (!(error instanceof SyntaxError)) return Promise.resolve(false);
    this.#mending ??= this.#setAside().finally(() => {
      this.#mending = null;
    });
    return this.#mending;
  }

  async #setAside(): Promise<boolean> {
    let faults: readonly StoreFault[] = [];
    await this.write(1, () => {
      try {
        faults = this.#hooks.setAside();
      } catch (error) {
        // It would be mended by itself, for ever.
        throw error instanceof SyntaxError ? new Error(error.message, { cause: error }) : error;
      }
    });
    if (faults.length > 0) this.#hooks.onSetAside(faults);
    return faults.length > 0;
  }

  /** Puts the group back where it failed by a text that could not be read, or by a lock. */
  #mayRepeat(group: readonly Call[], error: unknown): boolean {
    if (!(error instanceof SyntaxError)) return this.#waitForLock(group, error);
    void this.#mend(error).then(
      (isMended) => {
        if (!isMended) for (const call of group) call.reject(translateError(error, this.#path));
        else {
          this.#queue.push(...group);
          this.#timer ??= setImmediate(() => this.#flush());
        }
      },
      (reason: unknown) => {
        for (const call of group) call.reject(reason);
      },
    );
    return true;
  }

  /** Puts the group back and tries again soon, unless it has waited long enough. */
  #waitForLock(group: readonly Call[], error: unknown): boolean {
    if (!isBusy(error)) return false;
    const nowMs = performance.now();
    this.#busySinceMs ??= nowMs;
    if (nowMs - this.#busySinceMs > this.#lockTimeoutMs) return false;
    this.#queue = [...group, ...this.#queue];
    this.#timer ??= setTimeout(() => this.#flush(), pauseMs());
    return true;
  }
}

/** A refusal of the catalogue comes before the call has written anything; others roll back. */
function answerOf(call: Call): { call: Call; value: unknown; refused: boolean } {
  try {
    return { call, value: call.work(), refused: false };
  } catch (error) {
    if (error instanceof TickworkError && error.code === 'FENCED') {
      return { call, value: error, refused: true };
    }
    throw error;
  }
}

/** Two processes that wait for each other must not knock in step. */
function pauseMs(): number {
  return 1 + Math.random() * BUSY_PAUSE_MS_MAX;
}

export function storeClosed(path: string): TickworkError {
  return new TickworkError('STORE_UNAVAILABLE', {
    field: path,
    reason: 'the store is closed.',
    remedy: 'Open it again.',
  });
}
