import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { DurationMs, Instant } from '../time/instant.ts';

/** A jump of the wall clock against the monotonic one by more than this is a step. */
const WALL_STEP_MS = 500;

export interface SignalsParts {
  readonly store: Pick<Store, 'pollSignals' | 'findRuns'>;
  readonly now: () => Instant;
  readonly nodeId: () => string;
  /** The process's own clock, uncorrected. */
  readonly clock: Clock;
  readonly everyMs: DurationMs;
  readonly onChange: () => void;
  readonly onJobsChanged: () => Promise<void>;
  readonly onCancel: (runId: string, reason: 'request' | 'overlap') => void;
  /** The wall clock jumped; the engine's own clock has not followed yet. */
  readonly onWallStep: () => void;
}

/**
 * The listening loop's pass: has another process written anything, changed jobs, or asked
 * one of this node's runs to stop? And has the wall clock been set?
 */
export class Signals {
  readonly #parts: SignalsParts;
  #change = -1;
  #jobsVersion = -1;
  #wallAhead: number | null = null;

  constructor(parts: SignalsParts) {
    this.#parts = parts;
  }

  async pass(): Promise<Instant | null> {
    this.#watchClock();
    const signals = await this.#parts.store.pollSignals(this.#parts.nodeId());
    if (signals.jobsVersion !== this.#jobsVersion) {
      await this.#parts.onJobsChanged();
      this.#jobsVersion = signals.jobsVersion;
    }
    if (signals.change !== this.#change) {
      this.#change = signals.change;
      this.#parts.onChange();
    }
    if (signals.cancelRunIds.length > 0) await this.#cancel(signals.cancelRunIds);
    return this.#parts.now() + this.#parts.everyMs;
  }

  async #cancel(runIds: readonly string[]): Promise<void> {
    const runs = await this.#parts.store.findRuns(runIds);
    for (const run of runs) {
      if (run !== null) {
        this.#parts.onCancel(run.id, run.reason === 'overlap' ? 'overlap' : 'request');
      }
    }
  }

  #watchClock(): void {
    const ahead = this.#parts.clock.now() - this.#parts.clock.mono();
    const former = this.#wallAhead ?? ahead;
    this.#wallAhead = ahead;
    const stepMs = Math.round(ahead - former);
    if (Math.abs(stepMs) > WALL_STEP_MS) this.#parts.onWallStep();
  }
}
