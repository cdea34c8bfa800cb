import { errorCatalogue, isTickworkError, TickworkError } from '../base/errors.ts';
import type { Json } from '../base/json.ts';
import type { Run } from '../model/run.ts';
import { isTerminal } from '../model/run-state.ts';
import type { TimerHandle, Timers } from '../ports/clock.ts';
import type { RunStore } from '../ports/run-store.ts';
import { parseDuration } from '../time/duration.ts';
import type { DurationMs } from '../time/instant.ts';
import type { WaitOptions } from './enqueue-api.ts';

/** Runs that are read with one call. */
const BATCH = 500;

export interface RunWaiterParts {
  readonly store: Pick<RunStore, 'findRuns'>;
  readonly timers: Timers;
  /** A monotonic reading in milliseconds. */
  readonly mono: () => number;
  /** How often runs are read that another process may end. */
  readonly pollEveryMs: DurationMs;
  /** Calls back when a run ends in this process; answers how to end that. */
  readonly onEnds: (callback: () => void) => () => void;
}

interface Waiter {
  readonly runId: string;
  /** By the monotonic clock; `Infinity` = none. */
  readonly deadlineMono: number;
  readonly resolve: (result: Json) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Answers who waits for the ends of runs. All waiters share one timer and, 500 at a time, one read
 * of the store; an end that this process hears of is looked at at once. Between two reads nothing
 * is held but the waiters.
 */
export class RunWaiter {
  readonly #parts: RunWaiterParts;
  readonly #waiters = new Set<Waiter>();
  #timer: TimerHandle | null = null;
  /** Ends hearing of ends; `null` while nobody waits, so that nothing need be told. */
  #unhear: (() => void) | null = null;
  #isReading = false;
  #isClosed = false;

  constructor(parts: RunWaiterParts) {
    this.#parts = parts;
  }

  /** See `Operations.waitFor`. */
  async waitFor(runId: string, { timeout }: WaitOptions = {}): Promise<Json> {
    if (this.#isClosed) throw closed(runId);
    const waitMs =
      timeout === undefined
        ? Number.POSITIVE_INFINITY
        : parseDuration(timeout, { field: 'timeout', bareUnit: 'ms', minMs: 0 });
    const { promise, resolve, reject } = Promise.withResolvers<Json>();
    const deadlineMono = this.#parts.mono() + waitMs;
    this.#waiters.add({ runId, deadlineMono, resolve, reject });
    this.#unhear ??= this.#parts.onEnds(() => this.look());
    this.look();
    return await promise;
  }

  /** Something ended: looks now rather than with the next read. */
  look(): void {
    if (this.#waiters.size > 0 && !this.#isReading) void this.#read();
  }

  /** Nobody is answered any more: whoever waits is told so. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    for (const waiter of this.#waiters) waiter.reject(closed(waiter.runId));
    this.#waiters.clear();
    this.#rest();
  }

  /** Never rejects. */
  async #read(): Promise<void> {
    this.#isReading = true;
    this.#timer?.cancel();
    const asked = [...this.#waiters];
    try {
      for (let from = 0; from < asked.length; from += BATCH) {
        const batch = asked.slice(from, from + BATCH);
        const runs = await this.#parts.store.findRuns(batch.map(({ runId }) => runId));
        for (const [i, waiter] of batch.entries()) this.#answer(waiter, runs[i] ?? null);
      }
    } catch (error) {
      // What another try may mend is tried again, as long as whoever waits has time.
      const isPassing = isTickworkError(error) && errorCatalogue[error.code].retry;
      if (!isPassing) for (const waiter of asked) this.#end(waiter, () => waiter.reject(error));
    }
    this.#isReading = false;
    const { timers, mono, pollEveryMs } = this.#parts;
    const now = mono();
    for (const waiter of this.#waiters) {
      if (waiter.deadlineMono <= now) this.#end(waiter, () => waiter.reject(tooLate(waiter.runId)));
    }
    if (this.#waiters.size === 0) return this.#rest();
    const nearestMs = Math.min(...[...this.#waiters].map(({ deadlineMono }) => deadlineMono)) - now;
    this.#timer = timers.after(Math.min(pollEveryMs, Math.ceil(nearestMs)), () => this.look());
  }

  #rest(): void {
    this.#unhear?.();
    this.#unhear = null;
  }

  #answer(waiter: Waiter, run: Run | null): void {
    if (run === null) this.#end(waiter, () => waiter.reject(unknownRun(waiter.runId)));
    else if (run.state === 'SUCCESS') this.#end(waiter, () => waiter.resolve(run.result));
    else if (isTerminal(run.state)) this.#end(waiter, () => waiter.reject(endOf(run)));
  }

  #end(waiter: Waiter, tell: () => void): void {
    if (this.#waiters.delete(waiter)) tell();
  }
}

/** The end of a run that is no SUCCESS, as an error. */
function endOf({ id, state, reason, error }: Run): TickworkError {
  const words = error === null || error === '' ? 'without a word' : error;
  const field = `run ${id}`;
  switch (state) {
    case 'SKIPPED':
      return new TickworkError('TASK_SKIPPED', { field, reason: `was skipped (${reason}).` });
    case 'CANCELLED':
      return new TickworkError('TASK_CANCELLED', { field, reason: `was cancelled (${reason}).` });
    default: {
      const code = reason === 'timeout' ? 'TASK_TIMEOUT' : 'TASK_FAILED';
      const cause = reason === null || reason === 'error' ? '' : ` (${reason})`;
      return new TickworkError(code, { field, reason: `failed${cause}: ${words}` });
    }
  }
}

function tooLate(runId: string): TickworkError {
  return new TickworkError('WAIT_TIMEOUT', {
    field: `run ${runId}`,
    reason: 'has not ended in the time that was given to wait.',
    remedy: 'It goes on: wait again, look at it with findRun, or cancel it.',
  });
}

function unknownRun(runId: string): TickworkError {
  return new TickworkError('RUN_NOT_FOUND', {
    field: 'run',
    value: runId,
    reason: 'does not exist, or was removed by retention.',
    remedy: 'List the runs with runs ls.',
  });
}

function closed(runId: string): TickworkError {
  return new TickworkError('NOT_RUNNING', {
    field: `run ${runId}`,
    reason: 'cannot be waited for: this scheduler is closed.',
    remedy: 'The run goes on elsewhere, or after the next start.',
  });
}
