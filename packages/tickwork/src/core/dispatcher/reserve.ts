import type { Run } from '../model/run.ts';
import type { Pool } from '../ports/task-kind.ts';
import type { Instant } from '../time/instant.ts';
import { Heap } from './heap.ts';

interface Entry {
  readonly run: Run;
  readonly pool: Pool;
  /** When to look at it; its `dueAt`, or later if it was put off. */
  readonly lookAt: Instant;
}

/**
 * The runs that are reserved for this node, in memory: those to come in one heap by
 * instant, those that are due in a heap for each pool by priority, then instant, then id.
 */
export class Reserve {
  readonly #future = new Heap<Entry>((a, b) => a.lookAt < b.lookAt);
  readonly #ready: Readonly<Record<Pool, Heap<Entry>>> = {
    function: new Heap(comesFirst),
    external: new Heap(comesFirst),
  };
  readonly #pools = new Map<string, Pool>();
  readonly #counts: Record<Pool, number> = { function: 0, external: 0 };

  /** How many are held for a pool. */
  count(pool: Pool): number {
    return this.#counts[pool];
  }

  has(runId: string): boolean {
    return this.#pools.has(runId);
  }

  add(run: Run, pool: Pool, lookAt: Instant = run.dueAt): void {
    if (this.#pools.has(run.id)) return;
    this.#pools.set(run.id, pool);
    this.#counts[pool] += 1;
    this.#future.push({ run, pool, lookAt });
  }

  /** The instant of the earliest run to come, or `null`. */
  nextAt(): Instant | null {
    return this.#future.peek()?.lookAt ?? null;
  }

  /** Moves what is due by `now` to where it can be taken. */
  ripen(now: Instant): void {
    for (;;) {
      const first = this.#future.peek();
      if (first === undefined || first.lookAt > now) return;
      this.#future.pop();
      this.#ready[first.pool].push(first);
    }
  }

  /** Takes up to `limit` due runs of a pool, most urgent first; they are not held any more. */
  take(pool: Pool, limit: number): Run[] {
    const taken: Run[] = [];
    while (taken.length < limit) {
      const entry = this.#ready[pool].pop();
      if (entry === undefined) break;
      this.#pools.delete(entry.run.id);
      this.#counts[pool] -= 1;
      taken.push(entry.run);
    }
    return taken;
  }

  /** Forgets everything; answers what was held. */
  clear(): Run[] {
    const entries = [
      ...this.#future.clear(),
      ...this.#ready.function.clear(),
      ...this.#ready.external.clear(),
    ];
    this.#pools.clear();
    this.#counts.function = 0;
    this.#counts.external = 0;
    return entries.map((entry) => entry.run);
  }
}

function comesFirst(a: Entry, b: Entry): boolean {
  if (a.run.priority !== b.run.priority) return a.run.priority > b.run.priority;
  if (a.run.dueAt !== b.run.dueAt) return a.run.dueAt < b.run.dueAt;
  return a.run.id < b.run.id;
}
