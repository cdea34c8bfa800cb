import { decideRate, type RateWindow } from '../../core/model/limit.ts';
import type { StartOutcome, StartRequest } from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { byClaim, type LiveRun, type LiveRuns } from './live-runs.ts';
import { SortedSet } from './sorted-set.ts';

/** What is taken of keys, who waits for them, and the windows of rates. */
export class Limits {
  readonly #live: LiveRuns;
  readonly #used = new Map<string, number>();
  readonly #taken = new Map<string, readonly { readonly key: string; readonly weight: number }[]>();
  /** Those that wait, by key and handler, in claim order. */
  readonly #lines = new Map<string, Map<string, SortedSet<LiveRun>>>();
  readonly #windows = new Map<string, RateWindow>();

  constructor(live: LiveRuns) {
    this.#live = live;
  }

  /** Puts a run that is to start in a line, or off; `null` = there is room and it is taken. */
  enter(found: LiveRun, request: StartRequest, at: Instant): StartOutcome | null {
    for (const slot of request.slots ?? []) {
      if ((this.#used.get(slot.key) ?? 0) + slot.weight <= slot.max) continue;
      this.leaveLine(found);
      const { key } = slot;
      found.limit = { ...slot, open: false };
      this.#live.change(found, {
        ...{ nodeId: null, waiting: false, limitKey: key, reason: 'concurrency' },
      });
      this.#lineOf(key, found.run.handler).add(found);
      this.open(key);
      return { outcome: 'limited', key };
    }
    const delayed = request.rate === undefined ? null : this.#delay(found, request.rate, at);
    if (delayed !== null) return delayed;
    this.leaveLine(found);
    for (const { key, weight } of request.slots ?? []) {
      this.#used.set(key, (this.#used.get(key) ?? 0) + weight);
    }
    if (request.slots !== undefined) this.#taken.set(found.id, request.slots);
    for (const { key } of request.slots ?? []) this.open(key);
    return null;
  }

  /** Frees what an ended attempt took. */
  release(runId: string): void {
    const taken = this.#taken.get(runId);
    if (taken === undefined) return;
    this.#taken.delete(runId);
    for (const { key, weight } of taken) {
      const used = (this.#used.get(key) ?? 0) - weight;
      if (used === 0) this.#used.delete(key);
      else this.#used.set(key, used);
    }
    for (const { key } of taken) this.open(key);
  }

  /** The run waits for no key any more. */
  leaveLine(found: LiveRun): void {
    const { limit } = found;
    if (limit === null) return;
    const lines = this.#lines.get(limit.key);
    const line = lines?.get(found.run.handler);
    line?.delete(found);
    if (line?.size === 0) lines?.delete(found.run.handler);
    if (lines?.size === 0) this.#lines.delete(limit.key);
    found.limit = null;
    this.open(limit.key);
  }

  /** Lets the first of each line be claimed, as far as all before them and they fit. */
  open(key: string): void {
    const used = this.#used.get(key) ?? 0;
    for (const line of this.#lines.get(key)?.values() ?? []) {
      let sum = used;
      let closed = false;
      // Open ones stand in front, but for the one that may have come among them.
      let shut = 0;
      for (const live of line) {
        const { limit } = live;
        if (limit === null || shut === 2) break;
        sum += limit.weight;
        const open: boolean = !closed && sum <= limit.max;
        shut = closed && !limit.open ? shut + 1 : 0;
        closed = !open;
        if (open === limit.open) continue;
        live.limit = { ...limit, open };
        this.#live.change(live, {});
      }
    }
  }

  #delay(
    found: LiveRun,
    rate: NonNullable<StartRequest['rate']>,
    at: Instant,
  ): StartOutcome | null {
    const { run } = found;
    const booked = run.reason === 'rate' && run.limitKey === rate.key ? run.dueAt : null;
    const last = this.#windows.get(rate.key) ?? null;
    const { startAt, window } = decideRate(rate, last, at, booked);
    this.#windows.set(rate.key, window);
    if (startAt <= at) return null;
    this.leaveLine(found);
    this.#live.change(found, {
      ...{ nodeId: null, waiting: false, limitKey: rate.key, reason: 'rate', dueAt: startAt },
    });
    return { outcome: 'delayed', key: rate.key, untilAt: startAt };
  }

  #lineOf(key: string, handler: string): SortedSet<LiveRun> {
    const lines = this.#lines.get(key) ?? new Map<string, SortedSet<LiveRun>>();
    this.#lines.set(key, lines);
    const line = lines.get(handler) ?? new SortedSet<LiveRun>(byClaim);
    lines.set(handler, line);
    return line;
  }
}
