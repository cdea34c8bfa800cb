import { TickworkError } from '../../../tickwork/src/core/base/errors.ts';
import type { Json } from '../../../tickwork/src/core/base/json.ts';
import { handlerKey, type TaskSpec } from '../../../tickwork/src/core/model/task-spec.ts';
import type { FunctionRegistry } from '../../../tickwork/src/core/ports/function-registry.ts';
import type {
  AttemptContext,
  SlotKind,
  TaskKind,
  TaskResult,
} from '../../../tickwork/src/core/ports/task-kind.ts';

export type TestHandler = (input: Json, context: AttemptContext) => unknown;

/** Functions as tasks without the library's own kind: what a handler returns is the result. */
export class TestTasks implements TaskKind, FunctionRegistry {
  readonly kind: string;
  readonly slotKind: SlotKind;
  readonly #handlers = new Map<string, TestHandler>();

  constructor(kind = 'function', slotKind: SlotKind = 'function') {
    this.kind = kind;
    this.slotKind = slotKind;
  }

  register(name: string, handler: unknown): void {
    this.#handlers.set(name, handler as TestHandler);
  }

  registerClass(): void {
    throw new TickworkError('INVALID_INPUT', { reason: 'test tasks are functions' });
  }

  handles(): readonly string[] {
    return [...this.#handlers.keys()].map((name) => handlerKey({ kind: this.kind, name }));
  }

  validate(): void {}

  async execute(task: TaskSpec, input: Json, context: AttemptContext): Promise<TaskResult> {
    const handler = this.#handlers.get(task.name);
    if (handler === undefined) return { ok: false, error: `no handler ${task.name}` };
    const value = await handler(input, context);
    if (value === false) return { ok: false, error: 'false', declined: true };
    return { ok: true, result: asJson(value) };
  }
}

function asJson(value: unknown): Json {
  return value === undefined ? null : (value as Json);
}
