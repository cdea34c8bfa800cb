import { assert, TickworkError } from '../base/errors.ts';
import type { TaskSpec } from '../model/task-spec.ts';
import type { Pool, TaskKind } from '../ports/task-kind.ts';
import type { Instant } from '../time/instant.ts';

const TELL_EVERY_MS = 60_000;

/** What this node can run: its task kinds, found by kind and by handler key. */
export class Handlers {
  readonly #kinds: ReadonlyMap<string, TaskKind>;
  readonly #toldAt = new Map<string, Instant>();
  #pools: ReadonlyMap<string, Pool> = new Map();
  #keys: Readonly<Record<Pool, readonly string[]>> = { function: [], external: [] };

  constructor(kinds: readonly TaskKind[]) {
    this.#kinds = new Map(kinds.map((kind) => [kind.kind, kind]));
    assert(this.#kinds.size === kinds.length, 'two task kinds have the same name');
    this.refresh();
  }

  /** Asks the kinds again what they handle; to be called when a task was registered. */
  refresh(): void {
    const pools = new Map<string, Pool>();
    const keys: Record<Pool, string[]> = { function: [], external: [] };
    for (const kind of this.#kinds.values()) {
      for (const key of kind.handles()) {
        pools.set(key, kind.pool);
        keys[kind.pool].push(key);
      }
    }
    this.#pools = pools;
    this.#keys = keys;
  }

  of(pool: Pool): readonly string[] {
    return this.#keys[pool];
  }

  /** The pool of a handler key, or `null` if this node cannot run it. */
  poolOf(handler: string): Pool | null {
    return this.#pools.get(handler) ?? null;
  }

  /** True for a key that this node cannot run, once a minute: then it is worth telling. */
  isNews(handler: string, now: Instant): boolean {
    if (this.#pools.has(handler)) return false;
    const toldAt = this.#toldAt.get(handler);
    if (toldAt !== undefined && now - toldAt < TELL_EVERY_MS) return false;
    this.#toldAt.set(handler, now);
    return true;
  }

  /** The kind of a task. Throws INVALID_JOB naming the known kinds. */
  kindOf(task: Pick<TaskSpec, 'kind'>, field = 'task'): TaskKind {
    const kind = this.#kinds.get(task.kind);
    if (kind !== undefined) return kind;
    throw new TickworkError('INVALID_JOB', {
      field,
      value: task.kind,
      reason: 'is no task kind.',
      remedy: `Known are ${[...this.#kinds.keys()].join(', ')}.`,
    });
  }
}
