export interface LifecycleParts<StopOptions> {
  readonly start: () => Promise<void>;
  readonly stop: (options: StopOptions) => Promise<void>;
}

interface Step {
  readonly kind: 'start' | 'stop';
  readonly done: Promise<void>;
}

/**
 * Lets starts and stops of one engine take turns in the order in which they are asked for; equal
 * ones that follow each other share one. So the last word counts: an engine that is started and
 * stopped at once is stopped, and one that is stopped and started again is up.
 */
export class Lifecycle<StopOptions> {
  readonly #parts: LifecycleParts<StopOptions>;
  /** What was asked for last and has not ended. */
  #last: Step | null = null;

  constructor(parts: LifecycleParts<StopOptions>) {
    this.#parts = parts;
  }

  start(): Promise<void> {
    return this.#take('start', () => this.#parts.start());
  }

  stop(options: StopOptions): Promise<void> {
    return this.#take('stop', () => this.#parts.stop(options));
  }

  #take(kind: Step['kind'], act: () => Promise<void>): Promise<void> {
    const before = this.#last;
    if (before?.kind === kind) return before.done;
    const step: Step = { kind, done: this.#after(before, act, () => this.#end(step)) };
    this.#last = step;
    return step.done;
  }

  async #after(before: Step | null, act: () => Promise<void>, end: () => void): Promise<void> {
    try {
      // A failure is told to whoever asked for that step.
      await before?.done.catch(() => {});
      await act();
    } finally {
      end();
    }
  }

  #end(step: Step): void {
    if (this.#last === step) this.#last = null;
  }
}
