import { assert } from '../base/errors.ts';
import { Heap } from '../base/heap.ts';
import { decideRate, type RateLimit, type RateWindow, type SlotLimit } from '../model/limit.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import { type Due, startsFirst } from './actor.ts';

/** How one limit delays runs. */
export interface LimitForecast {
  /** `pool:db`, `key:tenant-7`, `job:backup`: what its runs have in common. */
  readonly key: string;
  /** `slots`: limit of the weight at once; `rate`: limit of the starts in one window. */
  readonly kind: 'slots' | 'rate';
  readonly max: number;
  /** Only of rates: the length of a window. */
  readonly perMs: DurationMs | null;
  /** Starts that it puts off. */
  readonly limitedCount: number;
  /** The longest that one of them has waited when it starts or is given up. */
  readonly limitedMsMax: DurationMs;
  readonly waitingCountMax: number;
  /** When this maximum is first reached; `null` if no run ever waits. */
  readonly waitingPeakAt: Instant | null;
  /** Those that are not run, as they waited longer than their `startWithin`. */
  readonly expiredCount: number;
}

type Tally = { -readonly [Key in keyof LimitForecast]: LimitForecast[Key] };

interface Key {
  readonly tally: Tally;
  used: number;
  waitingCount: number;
  /** Of each handler those that wait, in the order in which they start. */
  readonly lines: Map<string, Heap<Due>>;
  window: RateWindow | null;
}

/** `lookAt`: come again then, for its window begins. */
export type Entry = 'entered' | 'waits' | { readonly lookAt: Instant };

/**
 * The room under the keys of a simulation, as a store keeps it: a start takes all it needs or
 * waits in the line of its handler for the first key without room; what a run gives back opens
 * the lines, as far as their first ones fit. Windows of rates are decided by `decideRate`.
 */
export class LimitRoom {
  readonly #slots = new Map<string, Key>();
  readonly #rates = new Map<string, Key>();
  readonly #onOpen: (due: Due) => void;

  /** `onOpen` is called with those that may try again. */
  constructor(onOpen: (due: Due) => void) {
    this.#onOpen = onOpen;
  }

  /** Takes the room for a start at `now`, or says what it waits for. */
  enter(due: Due, now: Instant): Entry {
    const { slots = [], rate } = due.actor.job.limits;
    for (const slot of slots) {
      const key = this.#slotKey(slot);
      if (key.used + slot.weight <= slot.max) continue;
      this.#wait(due, key, now);
      const { handler } = due.actor.job;
      const line = key.lines.get(handler) ?? new Heap<Due>(startsFirst);
      key.lines.set(handler, line);
      line.push(due);
      return 'waits';
    }
    const lookAt = rate === undefined ? now : this.#enterWindow(due, rate, now);
    if (lookAt > now) return { lookAt };
    for (const slot of slots) this.#slotKey(slot).used += slot.weight;
    this.leave(due, now, false);
    return 'entered';
  }

  /**
   * True if what was let out of its line stands there again: others have taken the room, or one
   * that comes before it has joined the line.
   */
  goBack(due: Due): boolean {
    const key = this.#keyOf(due);
    if (key === null || due.limit?.kind !== 'slots') return false;
    const slot = slotUnder(due, due.limit.key);
    const line = key.lines.get(due.actor.job.handler);
    while (line?.peek()?.dropped) line.pop();
    const first = line?.peek();
    const isFirst = first === undefined || startsFirst(due, first);
    if (isFirst && key.used + slot.weight <= slot.max) return false;
    line?.push(due);
    return true;
  }

  /** A run of a job has ended, one way or another. */
  release(slots: readonly SlotLimit[]): void {
    for (const slot of slots) this.#slotKey(slot).used -= slot.weight;
    for (const slot of slots) this.#open(this.#slotKey(slot));
  }

  /** It does not wait any more, for it starts or is given up. */
  leave(due: Due, now: Instant, isExpired: boolean): void {
    const key = this.#keyOf(due);
    if (key === null) return;
    const { tally } = key;
    key.waitingCount -= 1;
    tally.limitedMsMax = Math.max(tally.limitedMsMax, now - due.limitedAt);
    if (isExpired) tally.expiredCount += 1;
    if (due.limit?.kind === 'slots') this.#open(key);
  }

  /** What was asked for in the period, by kind and key. */
  finish(): readonly LimitForecast[] {
    const keys = [...this.#slots.values(), ...this.#rates.values()];
    return keys
      .map(({ tally }) => tally)
      .sort((a, b) => b.limitedCount - a.limitedCount || (a.key < b.key ? -1 : 1));
  }

  #enterWindow(due: Due, rate: RateLimit, now: Instant): Instant {
    const key = this.#rateKey(rate);
    const booked = due.limit?.kind === 'rate' ? due.lookAt : null;
    const { startAt, window } = decideRate(rate, key.window, now, booked);
    key.window = window;
    if (startAt > now) this.#wait(due, key, now);
    return startAt;
  }

  #wait(due: Due, key: Key, now: Instant): void {
    const { tally } = key;
    const former = this.#keyOf(due);
    if (former === null) due.limitedAt = now;
    if (former !== key) {
      if (former !== null) former.waitingCount -= 1;
      tally.limitedCount += 1;
      key.waitingCount += 1;
      if (key.waitingCount > tally.waitingCountMax) {
        tally.waitingCountMax = key.waitingCount;
        tally.waitingPeakAt = now;
      }
    }
    const isSlots = due.limit?.kind === 'slots';
    due.limit = { kind: tally.kind, key: tally.key };
    if (former !== null && former !== key && isSlots) this.#open(former);
  }

  /** Lets the first of each line try again, as far as all before them and they fit. */
  #open(key: Key): void {
    for (const line of key.lines.values()) {
      let sum = key.used;
      for (let first = line.peek(); first !== undefined; first = line.peek()) {
        if (!first.dropped) {
          const slot = slotUnder(first, key.tally.key);
          if (sum + slot.weight > slot.max) break;
          sum += slot.weight;
        }
        line.pop();
        if (!first.dropped) this.#onOpen(first);
      }
    }
  }

  #keyOf({ limit }: Due): Key | null {
    if (limit === null) return null;
    return (limit.kind === 'slots' ? this.#slots : this.#rates).get(limit.key) ?? null;
  }

  #slotKey({ key, max }: SlotLimit): Key {
    const found = this.#slots.get(key);
    if (found !== undefined) return found;
    const made = emptyKey({ key, kind: 'slots', max, perMs: null });
    this.#slots.set(key, made);
    return made;
  }

  #rateKey({ key, max, perMs }: RateLimit): Key {
    const found = this.#rates.get(key);
    if (found !== undefined) return found;
    const made = emptyKey({ key, kind: 'rate', max, perMs });
    this.#rates.set(key, made);
    return made;
  }
}

function slotUnder({ actor }: Due, key: string): SlotLimit {
  const slot = actor.job.limits.slots?.find((each) => each.key === key);
  assert(slot !== undefined, 'A run stands only in lines of its own limits.');
  return slot;
}

function emptyKey(limit: Pick<LimitForecast, 'key' | 'kind' | 'max' | 'perMs'>): Key {
  return {
    tally: {
      ...limit,
      ...{ limitedCount: 0, limitedMsMax: 0, waitingCountMax: 0, waitingPeakAt: null },
      expiredCount: 0,
    },
    ...{ used: 0, waitingCount: 0, lines: new Map<string, Heap<Due>>(), window: null },
  };
}
