import type { LoadedConfig } from './load-config.ts';
import type { ReloadOutcome } from './reload.ts';

/** Jobs that are gone from a watched file are disabled once it has not changed for this long. */
export const REMOVAL_WAIT_MS = 10_000;

export interface ReloaderParts {
  /** The configuration that runs. */
  readonly config: LoadedConfig;
  /**
   * Reads the file and applies it; jobs that are gone from it are disabled only if `mayRemove`
   * says so of its text. See `reload`.
   */
  readonly read: (
    running: LoadedConfig,
    mayRemove: (text: string) => boolean,
  ) => Promise<ReloadOutcome>;
  /** Hears of each reading; `kept` of its result are the jobs that wait to be disabled. */
  readonly tell: (outcome: ReloadOutcome) => void;
  /** Calls once after this time; returns what takes it back. */
  readonly after: (delayMs: number, call: () => void) => () => void;
  /** A reading failed for another reason than the file. */
  readonly onError: (error: unknown) => void;
}

/**
 * Keeps the jobs of a running scheduler those of its file, one reading at a time.
 *
 * The file changed (`changed`): what is new or different counts at once. Jobs that are gone wait,
 * as whoever writes the file may be halfway through. Each reading ends the wait of the one before
 * and begins its own if jobs are gone. When a wait is over, the file is read again: with the
 * text that began the wait its jobs are disabled; with another text it is a change like any
 * other. A file that cannot be read then, or is wrong, prolongs the wait.
 *
 * A person asked (`asked`): everything counts at once.
 */
export class Reloader {
  readonly #parts: ReloaderParts;
  #config: LoadedConfig;
  #reading = Promise.resolve();
  #endWait = (): void => {};
  #isStopped = false;

  constructor(parts: ReloaderParts) {
    this.#parts = parts;
    this.#config = parts.config;
  }

  changed(): void {
    this.#enqueue(() => this.#read(() => false));
  }

  asked(): void {
    this.#enqueue(() => this.#read(() => true));
  }

  /** Resolves when no reading goes on; none begins any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#endWait();
    await this.#reading;
  }

  #enqueue(step: () => Promise<void>): void {
    this.#reading = this.#reading
      .then(() => (this.#isStopped ? undefined : step()))
      .catch(this.#parts.onError);
  }

  async #read(mayRemove: (text: string) => boolean): Promise<void> {
    this.#endWait();
    const outcome = await this.#parts.read(this.#config, mayRemove);
    this.#accept(outcome);
  }

  async #readRested(text: string): Promise<void> {
    const outcome = await this.#parts.read(this.#config, (found) => found === text);
    // What is wrong with the file is told when its change is noticed.
    if (outcome.ok) this.#accept(outcome);
    else this.#wait(text);
  }

  #accept(outcome: ReloadOutcome): void {
    this.#parts.tell(outcome);
    if (!outcome.ok) return;
    this.#config = outcome.config;
    if (outcome.applied.kept.length > 0) this.#wait(outcome.config.source.text);
  }

  #wait(text: string): void {
    if (this.#isStopped) return;
    let isOver = false;
    const takeBack = this.#parts.after(REMOVAL_WAIT_MS, () => {
      this.#enqueue(async () => {
        if (!isOver) await this.#readRested(text);
      });
    });
    this.#endWait = () => {
      isOver = true;
      takeBack();
    };
  }
}
