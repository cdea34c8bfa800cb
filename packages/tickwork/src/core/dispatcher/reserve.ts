import { Heap } from '../base/heap.ts';
import type { Run } from '../model/run.ts';
import type { SlotKind } from '../ports/task-kind.ts';
import type { Instant } from '../time/instant.ts';
import { couldStartEarly } from './start-early.ts';

interface Entry {
  readonly run: Run;
  readonly slotKind: SlotKind;
  /** When to look at it; its `dueAt`, or later if it was put off. */
  readonly lookAt: Instant;
  /** Counts the entries: of two that are alike, the former comes first. */
  readonly turn: number;
}

/**
 * The runs that are reserved for this node, in memory: those to come in two heaps by instant,
 * one of them for functions whose start may be written before it, those that are due in a heap
 * for each kind of slot by priority, then instant, then turn.
 */
export class Reserve {
  readonly #future = new Heap<Entry>(comesEarlier);
  readonly #early = new Heap<Entry>(comesEarlier);
  readonly #ready: Readonly<Record<SlotKind, Heap<Entry>>> = {
    function: new Heap(comesFirst),
    external: new Heap(comesFirst),
  };
  readonly #slotKindOf = new Map<string, SlotKind>();
  readonly #counts: Record<SlotKind, number> = { function: 0, external: 0 };
  #turn = 0;

  /** How many runs are reserved for a kind of slot. */
  count(slotKind: SlotKind): number {
    return this.#counts[slotKind];
  }

  has(runId: string): boolean {
    return this.#slotKindOf.has(runId);
  }

  /** Reserves a run until its instant. */
  add(run: Run, slotKind: SlotKind): void {
    const early = slotKind === 'function' && couldStartEarly(run);
    this.#reserve(run, slotKind, run.dueAt, early ? this.#early : this.#future);
  }

  /** Reserves a run, whose start is not written early, until `lookAt` and its instant. */
  putOff(run: Run, slotKind: SlotKind, lookAt: Instant): void {
    this.#reserve(run, slotKind, Math.max(lookAt, run.dueAt), this.#future);
  }

  #reserve(run: Run, slotKind: SlotKind, lookAt: Instant, heap: Heap<Entry>): void {
    if (this.#slotKindOf.has(run.id)) return;
    this.#slotKindOf.set(run.id, slotKind);
    this.#counts[slotKind] += 1;
    this.#turn += 1;
    heap.push({ run, slotKind, lookAt, turn: this.#turn });
  }

  /** The instant of the earliest run to come, or `null`. */
  nextAt(): Instant | null {
    const futureAt = this.#future.peek()?.lookAt ?? Number.POSITIVE_INFINITY;
    const nextAt = Math.min(futureAt, this.nextEarlyAt() ?? Number.POSITIVE_INFINITY);
    return nextAt === Number.POSITIVE_INFINITY ? null : nextAt;
  }

  /** The instant of the earliest run whose start may be written before it, or `null`. */
  nextEarlyAt(): Instant | null {
    return this.#early.peek()?.lookAt ?? null;
  }

  /** Something due waits to be taken. */
  hasReady(slotKind: SlotKind): boolean {
    return this.#ready[slotKind].size > 0;
  }

  /** Moves what is due by `now` to where it can be taken. */
  ripen(now: Instant): void {
    for (const heap of [this.#future, this.#early]) {
      for (let first = heap.peek(); first !== undefined; first = heap.peek()) {
        if (first.lookAt > now) break;
        heap.pop();
        this.#ready[first.slotKind].push(first);
      }
    }
  }

  /** Takes up to `limit` functions whose start may be written early, due by `until`. */
  takeEarly(until: Instant, limit: number): Run[] {
    const taken: Run[] = [];
    while (taken.length < limit) {
      const first = this.#early.peek();
      if (first === undefined || first.lookAt > until) break;
      this.#early.pop();
      this.#slotKindOf.delete(first.run.id);
      this.#counts[first.slotKind] -= 1;
      taken.push(first.run);
    }
    return taken;
  }

  /** Takes up to `limit` due runs of one kind of slot, most urgent first. */
  take(slotKind: SlotKind, limit: number): Run[] {
    const taken: Run[] = [];
    while (taken.length < limit) {
      const entry = this.#ready[slotKind].pop();
      if (entry === undefined) break;
      this.#slotKindOf.delete(entry.run.id);
      this.#counts[slotKind] -= 1;
      taken.push(entry.run);
    }
    return taken;
  }

  /** Forgets everything; returns what was reserved. */
  clear(): Run[] {
    const entries = [
      ...this.#future.clear(),
      ...this.#early.clear(),
      ...this.#ready.function.clear(),
      ...this.#ready.external.clear(),
    ];
    this.#slotKindOf.clear();
    this.#counts.function = 0;
    this.#counts.external = 0;
    return entries.map((entry) => entry.run);
  }
}

function comesEarlier(a: Entry, b: Entry): boolean {
  if (a.lookAt !== b.lookAt) return a.lookAt < b.lookAt;
  if (a.run.priority !== b.run.priority) return a.run.priority > b.run.priority;
  return a.turn < b.turn;
}

function comesFirst(a: Entry, b: Entry): boolean {
  if (a.run.priority !== b.run.priority) return a.run.priority > b.run.priority;
  if (a.run.dueAt !== b.run.dueAt) return a.run.dueAt < b.run.dueAt;
  return a.turn < b.turn;
}
