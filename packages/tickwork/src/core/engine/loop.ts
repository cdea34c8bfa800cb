import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import type { Alarm } from './alarm.ts';
import type { Troubles } from './troubles.ts';

export interface LoopParts {
  readonly name: string;
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly random: Random;
  readonly troubles: Pick<Troubles, 'note' | 'settle'>;
  /** One pass; answers when the next one is due (`null` = only when nudged). */
  readonly pass: () => Promise<Instant | null>;
  /** How long the pause after errors in a row grows at most. Default 5 s. */
  readonly errorPauseMsMax?: DurationMs;
}

const ERROR_PAUSE_MS_MIN = 100;
const ERROR_PAUSE_MS_MAX = 5_000;

/**
 * Runs passes one at a time, for ever: after a pass it sleeps until the instant the pass
 * named, or until it is nudged. A nudge during a pass makes another follow at once. An
 * error never ends the loop: it is noted as a trouble, and the next pass comes after a
 * growing pause with jitter.
 *
 *   idle ──start──▶ passing ──▶ sleeping ──alarm or nudge──▶ passing …
 *                      └──── nudged meanwhile ───▶ passing
 */
export class Loop {
  readonly #parts: LoopParts;
  #running = false;
  #passing: Promise<void> | null = null;
  #nudged = false;
  #errorsInRow = 0;

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.nudge();
  }

  /** Asks for a pass now. Cheap; any number of nudges make one pass. */
  readonly nudge = (): void => {
    if (!this.#running) return;
    this.#nudged = true;
    if (this.#passing === null) this.#passing = this.#passes();
  };

  /** No further pass begins; resolves when the current one has ended. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#parts.alarm.cancel(this.nudge);
    await this.#passing;
  }

  async #passes(): Promise<void> {
    let nextAt: Instant | null = null;
    while (this.#nudged && this.#running) {
      this.#nudged = false;
      nextAt = await this.#onePass();
    }
    this.#passing = null;
    if (this.#running && nextAt !== null) this.#parts.alarm.set(this.nudge, nextAt);
  }

  async #onePass(): Promise<Instant | null> {
    try {
      const nextAt = await this.#parts.pass();
      this.#parts.troubles.settle(this.#parts.name);
      this.#errorsInRow = 0;
      return nextAt;
    } catch (error) {
      this.#errorsInRow += 1;
      this.#parts.troubles.note(this.#parts.name, error);
      return this.#parts.clock.now() + this.#errorPauseMs();
    }
  }

  #errorPauseMs(): number {
    const grown = ERROR_PAUSE_MS_MIN * 2 ** Math.min(this.#errorsInRow - 1, 6);
    const capped = Math.min(grown, this.#parts.errorPauseMsMax ?? ERROR_PAUSE_MS_MAX);
    return Math.ceil(capped * (0.5 + this.#parts.random.next() / 2));
  }
}
