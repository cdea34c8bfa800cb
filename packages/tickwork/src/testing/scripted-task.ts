import type { Json } from '../core/base/json.ts';
import type { TaskSpec } from '../core/model/task-spec.ts';
import type { TimerHandle, Timers } from '../core/ports/clock.ts';
import type { AttemptContext, SlotKind, TaskKind, TaskResult } from '../core/ports/task-kind.ts';

/** How one attempt goes. Times in milliseconds of the timers that the kind is given. */
export interface AttemptScript {
  /** How long it works if nobody stops it; 0 or more. */
  readonly durationMs: number;
  readonly outcome: 'success' | 'failed';
  /** How long it goes on after it was asked to stop. */
  readonly stopMs: number;
  /** Kept as the run's output when it starts. */
  readonly output?: string;
}

/** What the task saw of itself. */
export interface ScriptedWitness {
  started(context: AttemptContext): void;
  asked(context: AttemptContext, reason: string): void;
  ended(context: AttemptContext, outcome: 'success' | 'failed' | 'aborted'): void;
}

export interface ScriptedTasksOptions {
  readonly timers: Timers;
  readonly script: (context: AttemptContext, input: Json) => AttemptScript;
  readonly witness?: ScriptedWitness;
  /** Default `scripted`. */
  readonly kind?: string;
  /** The handlers of the kind; default one named `work`. */
  readonly names?: readonly string[];
  readonly slotKind?: SlotKind;
}

/** What one timer can be set to. */
const TIMER_MS_MAX = 30_000;

/**
 * A task kind for tests and simulations: each attempt takes the time and ends the way that
 * its script says, and tells a witness of it.
 */
export class ScriptedTasks implements TaskKind {
  readonly kind: string;
  readonly slotKind: SlotKind;
  readonly #options: ScriptedTasksOptions;
  readonly #handles: readonly string[];

  constructor(options: ScriptedTasksOptions) {
    this.#options = options;
    this.kind = options.kind ?? 'scripted';
    this.slotKind = options.slotKind ?? 'function';
    this.#handles = (options.names ?? ['work']).map((name) => `${this.kind}:${name}`);
  }

  handles(): readonly string[] {
    return this.#handles;
  }

  validate(): void {}

  execute(_task: TaskSpec, input: Json, context: AttemptContext): Promise<TaskResult> {
    const { script, witness } = this.#options;
    const { durationMs, outcome, stopMs, output } = script(context, input);
    witness?.started(context);
    if (output !== undefined) context.output('stdout', output);
    return new Promise((resolve) => {
      const end = (how: 'success' | 'failed' | 'aborted'): void => {
        witness?.ended(context, how);
        if (how === 'success') resolve({ ok: true, result: null });
        else resolve({ ok: false, error: how === 'failed' ? 'failed as scripted' : 'stopped' });
      };
      const work = this.#wait(durationMs, () => {
        context.signal.removeEventListener('abort', stop);
        end(outcome);
      });
      const stop = (): void => {
        work.cancel();
        witness?.asked(context, String((context.signal.reason as Error | undefined)?.message));
        this.#wait(stopMs, () => end('aborted'));
      };
      if (context.signal.aborted) stop();
      else context.signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** A wait of any length, in pieces that a timer can take. */
  #wait(delayMs: number, done: () => void): TimerHandle {
    const { timers } = this.#options;
    let handle: TimerHandle;
    const next = (left: number): void => {
      const piece = Math.min(left, TIMER_MS_MAX);
      handle = timers.after(piece, () => (left > piece ? next(left - piece) : done()));
    };
    next(delayMs);
    return { cancel: () => handle.cancel() };
  }
}
