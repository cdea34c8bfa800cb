import { ambientTrap } from './ambient-trap.ts';

/** Forgets a future event. Safe to call twice and after the event. */
export interface SimulatedEvent {
  cancel(): void;
}

/** A planned event is its own handle: millions of them are made. */
class Entry implements SimulatedEvent {
  readonly at: number;
  readonly order: number;
  run: (() => void) | null;

  constructor(at: number, order: number, run: () => void) {
    this.at = at;
    this.order = order;
    this.run = run;
  }

  cancel(): void {
    this.run = null;
  }
}

/** Taken before any trap is set, as the trap forbids it to simulated code. */
const macrotask = setImmediate;

/** Events handled in one turn of the real event loop: a turn costs more than an event. */
const EVENTS_PER_TURN = 1024;

/** Readings are multiples of this, which is exact in binary: sums never drift apart. */
const GRAIN_MS = 1 / 16;

/**
 * One line of time for a whole simulated world: a queue of events, and the instant of the
 * one that runs. Between two events every promise reaction runs until none is left, so
 * code under simulation behaves as in one turn of a real event loop per event. The order
 * is fixed by instant and then by the order of scheduling: equal worlds run equally.
 *
 * How quiescence is known: each event is its own macrotask (`setImmediate`), and the
 * platform drains the queue of microtasks between two of them. Simulated code must not
 * wait for anything real; ambient timers, clocks and chance throw while it runs.
 */
export class SimulatedTime {
  #now: number;
  #order = 0;
  #count = 0;
  readonly #heap: Entry[] = [];

  /** `startAt` in epoch milliseconds. */
  constructor(startAt: number) {
    this.#now = startAt;
  }

  /** The true instant in epoch milliseconds with fractions; never decreases. */
  get now(): number {
    return this.#now;
  }

  /** How many events have run. */
  get eventCount(): number {
    return this.#count;
  }

  /** The instant of the next event, `null` if none is planned. */
  get nextAt(): number | null {
    return this.#peek()?.at ?? null;
  }

  /** Runs `run` once after `delayMs` (0 or less: after all events that are due now). */
  after(delayMs: number, run: () => void): SimulatedEvent {
    return this.at(this.#now + Math.max(0, delayMs), run);
  }

  /** Runs `run` once at an instant; one that has passed counts as now. */
  at(instant: number, run: () => void): SimulatedEvent {
    if (Number.isNaN(instant)) throw new RangeError('SimulatedTime: NaN is no instant');
    const at = Math.max(this.#now, Math.ceil(instant / GRAIN_MS) * GRAIN_MS);
    this.#order += 1;
    const entry = new Entry(at, this.#order, run);
    this.#push(entry);
    return entry;
  }

  /**
   * Lets time pass up to `instant` (inclusive) with all events in it. Rejects with what
   * an event throws. Real time is only what the computing takes.
   */
  runUntil(instant: number): Promise<void> {
    return this.runWhile(() => true, instant);
  }

  /** Like `runUntil`, but ends as soon as `wanted`, asked before each event, is false. */
  runWhile(wanted: () => boolean, instant = Number.POSITIVE_INFINITY): Promise<void> {
    return new Promise((resolve, reject) => {
      let ended = false;
      const end = (settle: () => void): void => {
        ended = true;
        ambientTrap.leave();
        settle();
      };
      const step = (): void => {
        if (ended) return;
        try {
          const going = wanted();
          if (going && this.#step(instant)) return;
          if (going && Number.isFinite(instant)) this.#now = Math.max(this.#now, instant);
          end(resolve);
        } catch (error) {
          end(() => reject(error));
        }
      };
      const turn = (): void => {
        if (ended) return;
        // The marks and the events lie in one phase of the event loop: no foreign
        // timer or I/O callback runs while the trap is set.
        ambientTrap.enter();
        for (let i = 0; i < EVENTS_PER_TURN; i++) macrotask(step);
        macrotask(() => {
          if (ended) return;
          ambientTrap.leave();
          macrotask(turn);
        });
      };
      // Work that the caller has begun comes to rest before the first event.
      macrotask(turn);
    });
  }

  #step(until: number): boolean {
    const entry = this.#peek();
    if (entry === undefined || entry.at > until) return false;
    this.#pop();
    this.#now = entry.at;
    this.#count += 1;
    entry.run?.();
    return true;
  }

  /** The first event that is not cancelled. */
  #peek(): Entry | undefined {
    let first = this.#heap[0];
    while (first !== undefined && first.run === null) {
      this.#pop();
      first = this.#heap[0];
    }
    return first;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let hole = heap.length;
    heap.push(entry);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(entry, above)) break;
      heap[hole] = above;
      hole = parent;
    }
    heap[hole] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let hole = 0;
    for (;;) {
      let child = hole * 2 + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      let smaller = left;
      if (right !== undefined && before(right, left)) {
        child += 1;
        smaller = right;
      }
      if (!before(smaller, last)) break;
      heap[hole] = smaller;
      hole = child;
    }
    heap[hole] = last;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
