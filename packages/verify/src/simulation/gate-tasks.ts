import type { Json } from '../../../tickwork/src/core/base/json.ts';
import type { TaskSpec } from '../../../tickwork/src/core/model/task-spec.ts';
import type {
  AttemptContext,
  SlotKind,
  TaskKind,
  TaskResult,
} from '../../../tickwork/src/core/ports/task-kind.ts';

export interface GateTasksOptions {
  readonly goesOn: (context: AttemptContext, input: Json) => boolean;
  readonly answered: (context: AttemptContext, goesOn: boolean) => void;
}

/** Pre-checks of simulated jobs: they answer at once, and tell a witness what. */
export class GateTasks implements TaskKind {
  readonly kind = 'gate';
  readonly slotKind: SlotKind = 'function';
  readonly #options: GateTasksOptions;

  constructor(options: GateTasksOptions) {
    this.#options = options;
  }

  handles(): readonly string[] {
    return [];
  }

  validate(): void {}

  execute(_task: TaskSpec, input: Json, context: AttemptContext): Promise<TaskResult> {
    const goesOn = this.#options.goesOn(context, input);
    this.#options.answered(context, goesOn);
    const no: TaskResult = { ok: false, error: 'no', declined: true };
    return Promise.resolve(goesOn ? { ok: true, result: null } : no);
  }
}
