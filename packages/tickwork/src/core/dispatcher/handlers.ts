import { assert, TickworkError } from '../base/errors.ts';
import type { TaskSpec } from '../model/task-spec.ts';
import type { SlotKind, TaskKind } from '../ports/task-kind.ts';
import type { Instant } from '../time/instant.ts';

const TELL_EVERY_MS = 60_000;

/** What this node can run: its task kinds, found by kind and by handler key. */
export class Handlers {
  readonly #kinds: ReadonlyMap<string, TaskKind>;
  readonly #toldAt = new Map<string, Instant>();
  #slotKinds: ReadonlyMap<string, SlotKind> = new Map();
  #keys: Readonly<Record<SlotKind, readonly string[]>> = { function: [], external: [] };

  constructor(kinds: readonly TaskKind[]) {
    this.#kinds = new Map(kinds.map((kind) => [kind.kind, kind]));
    assert(this.#kinds.size === kinds.length, 'two task kinds have the same name');
    this.refresh();
  }

  /** Asks the kinds again what they handle; to be called when a task was registered. */
  refresh(): void {
    const slotKinds = new Map<string, SlotKind>();
    const keys: Record<SlotKind, string[]> = { function: [], external: [] };
    for (const kind of this.#kinds.values()) {
      for (const key of kind.handles()) {
        slotKinds.set(key, kind.slotKind);
        keys[kind.slotKind].push(key);
      }
    }
    this.#slotKinds = slotKinds;
    this.#keys = keys;
  }

  of(slotKind: SlotKind): readonly string[] {
    return this.#keys[slotKind];
  }

  /** The kind of slot of a handler key, or `null` if this node cannot run it. */
  slotKindOf(handler: string): SlotKind | null {
    return this.#slotKinds.get(handler) ?? null;
  }

  /** True for a key that this node cannot run, once a minute: then it is worth telling. */
  isNews(handler: string, now: Instant): boolean {
    if (this.#slotKinds.has(handler)) return false;
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
