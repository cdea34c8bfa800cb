export interface LifecycleParts<StopOptions> {
  readonly start: () => Promise<void>;
  readonly stop: (options: StopOptions) => Promise<void>;
}

/**
 * Lets a start and a stop of one engine take turns: whichever is asked for later waits for the
 * other to end, and equal requests share one. So the last word counts: an engine that is
 * started and stopped at once is stopped.
 */
export class Lifecycle<StopOptions> {
  readonly #parts: LifecycleParts<StopOptions>;
  #starting: Promise<void> | null = null;
  #stopping: Promise<void> | null = null;

  constructor(parts: LifecycleParts<StopOptions>) {
    this.#parts = parts;
  }

  start(): Promise<void> {
    this.#starting ??= this.#begin().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async stop(options: StopOptions): Promise<void> {
    // A start that fails is told to whoever asked for it.
    await this.#starting?.catch(() => {});
    this.#stopping ??= this.#parts.stop(options).finally(() => {
      this.#stopping = null;
    });
    await this.#stopping;
  }

  async #begin(): Promise<void> {
    await this.#stopping?.catch(() => {});
    await this.#parts.start();
  }
}
