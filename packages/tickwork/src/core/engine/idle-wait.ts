import type { Clock } from '../ports/clock.ts';
import type { DurationMs } from '../time/instant.ts';
import type { Alarm } from './alarm.ts';

/** Waits until a node's last attempt has ended. */
export class IdleWait {
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  #done: (() => void) | null = null;

  constructor(clock: Clock, alarm: Alarm) {
    this.#clock = clock;
    this.#alarm = alarm;
  }

  /** Nothing runs any more. */
  end(): void {
    this.#done?.();
  }

  /** Settles at `end`, or when the time is over. */
  async until(timeoutMs: DurationMs): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#alarm.cancel(done);
        this.#done = null;
        resolve();
      };
      this.#done = done;
      if (timeoutMs < Number.POSITIVE_INFINITY)
        this.#alarm.set(done, this.#clock.now() + timeoutMs);
    });
  }
}
