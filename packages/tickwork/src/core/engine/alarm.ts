import type { Clock, TimerHandle, Timers } from '../ports/clock.ts';
import type { Instant } from '../time/instant.ts';

/** No sleep is longer, so that clock steps and suspended machines are noticed. */
const SLEEP_MS_MAX = 30_000;

interface Wake {
  readonly at: Instant;
  /** The monotonic reading at which the clock shows `at`, if it runs as it should. */
  readonly mono: number;
}

/**
 * The engine's one timer. Each loop says when it wants to be woken; the alarm sleeps
 * until the earliest of these, at most 30 s, and wakes those whose instant has come. A
 * platform timer may fire a little early: the clock decides, never the timer.
 *
 * A clock that was set back stands still until it has caught up. Leases, timeouts and
 * cancellations must go on meanwhile, so a loop is woken too when as much time as it asked
 * for has passed; what is due, each of them decides by the clock.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #wakes = new Map<() => void, Wake>();
  #handle: TimerHandle | null = null;
  #handleAt: Instant = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock;
    this.#timers = timers;
  }

  /** Calls `wake` once when the clock has reached `at`; a later call replaces the instant. */
  set(wake: () => void, at: Instant): void {
    this.#wakes.set(wake, { at, mono: this.#clock.mono() + at - this.#clock.now() });
    if (at < this.#handleAt) this.#arm();
  }

  cancel(wake: () => void): void {
    this.#wakes.delete(wake);
    if (this.#wakes.size === 0) this.#disarm();
  }

  #arm(): void {
    this.#disarm();
    if (this.#wakes.size === 0) return;
    const now = this.#clock.now();
    const mono = this.#clock.mono();
    let delayMs = SLEEP_MS_MAX;
    for (const wake of this.#wakes.values()) {
      delayMs = Math.min(delayMs, wake.at - now, wake.mono - mono);
    }
    delayMs = Math.max(0, Math.ceil(delayMs));
    this.#handleAt = now + delayMs;
    this.#handle = this.#timers.after(delayMs, this.#ring);
  }

  #disarm(): void {
    this.#handle?.cancel();
    this.#handle = null;
    this.#handleAt = Number.POSITIVE_INFINITY;
  }

  readonly #ring = (): void => {
    this.#handle = null;
    this.#handleAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    const mono = this.#clock.mono();
    const due: (() => void)[] = [];
    for (const [wake, set] of this.#wakes) if (set.at <= now || set.mono <= mono) due.push(wake);
    for (const wake of due) this.#wakes.delete(wake);
    for (const wake of due) wake();
    if (this.#handle === null) this.#arm();
  };
}
