import type { SlotKind } from '../ports/task-kind.ts';
import type { DurationMs, Instant } from '../time/instant.ts';

export interface HourForecast {
  readonly hourAt: Instant;
  readonly startedCount: number;
  readonly runningCountMax: number;
}

export interface Peak {
  readonly runningCount: number;
  /** When it is first reached; `null` if nothing ever runs. */
  readonly peakAt: Instant | null;
}

export interface SlotForecast extends Peak {
  readonly slotCount: number;
  /** The share of the slots' time that is used, 0 to 1. */
  readonly busyShare: number;
  /** How long at least one run waits because all slots are taken. */
  readonly fullMs: DurationMs;
}

/** A stretch in which nothing runs. */
export interface QuietWindow {
  readonly fromAt: Instant;
  readonly untilAt: Instant;
}

const HOUR_MS = 3_600_000;
const QUIET_MAX = 10;

type Counts = Record<SlotKind, number>;

/** What runs when, added up as a simulation goes along. */
export class LoadCurve {
  readonly #fromAt: Instant;
  readonly #untilAt: Instant;
  readonly #slots: Readonly<Counts>;
  readonly #started: Uint32Array;
  readonly #hourMax: Uint32Array;
  readonly #running: Counts = { function: 0, external: 0 };
  readonly #busyMs: Counts = { function: 0, external: 0 };
  readonly #fullMs: Counts = { function: 0, external: 0 };
  readonly #peaks: Record<SlotKind, Peak> = { function: NONE, external: NONE };
  readonly #quiet: QuietWindow[] = [];
  #peak: Peak = NONE;
  #now: Instant;
  #hour = 0;
  #quietFrom: Instant;

  constructor(fromAt: Instant, untilAt: Instant, slots: Readonly<Counts>) {
    this.#fromAt = fromAt;
    this.#untilAt = untilAt;
    this.#slots = slots;
    const hours = Math.max(1, Math.ceil((untilAt - fromAt) / HOUR_MS));
    this.#started = new Uint32Array(hours);
    this.#hourMax = new Uint32Array(hours);
    this.#now = fromAt;
    this.#quietFrom = fromAt;
  }

  running(slotKind: SlotKind): number {
    return this.#running[slotKind];
  }

  /** Time passes; `waiting`: the kinds of slot that runs wait for meanwhile. */
  passTo(at: Instant, waiting: Readonly<Record<SlotKind, boolean>>): void {
    const ms = at - this.#now;
    if (ms <= 0) return;
    for (const slotKind of ['function', 'external'] as const) {
      this.#busyMs[slotKind] += ms * this.#running[slotKind];
      if (waiting[slotKind]) this.#fullMs[slotKind] += ms;
    }
    this.#now = at;
    const hour = Math.min(this.#started.length - 1, Math.floor((at - this.#fromAt) / HOUR_MS));
    // What runs on is running in each hour that passes.
    const total = this.#total();
    while (this.#hour < hour) {
      this.#hour += 1;
      this.#hourMax[this.#hour] = total;
    }
  }

  start(slotKind: SlotKind): void {
    if (this.#total() === 0) this.#endQuiet(this.#now);
    const running = ++this.#running[slotKind];
    const total = this.#total();
    this.#started[this.#hour] = (this.#started[this.#hour] ?? 0) + 1;
    this.#hourMax[this.#hour] = Math.max(this.#hourMax[this.#hour] ?? 0, total);
    if (running > this.#peaks[slotKind].runningCount) {
      this.#peaks[slotKind] = { runningCount: running, peakAt: this.#now };
    }
    if (total > this.#peak.runningCount) this.#peak = { runningCount: total, peakAt: this.#now };
  }

  end(slotKind: SlotKind): void {
    this.#running[slotKind] -= 1;
    if (this.#total() === 0) this.#quietFrom = this.#now;
  }

  finish() {
    this.passTo(this.#untilAt, { function: false, external: false });
    if (this.#total() === 0) this.#endQuiet(this.#untilAt);
    const lengthMs = Math.max(1, this.#untilAt - this.#fromAt);
    const forecast = (name: SlotKind): SlotForecast => ({
      ...this.#peaks[name],
      slotCount: this.#slots[name],
      busyShare: this.#busyMs[name] / (lengthMs * Math.max(1, this.#slots[name])),
      fullMs: this.#fullMs[name],
    });
    const hours = Array.from(this.#started, (startedCount, i): HourForecast => {
      const hourAt = this.#fromAt + i * HOUR_MS;
      return { hourAt, startedCount, runningCountMax: this.#hourMax[i] ?? 0 };
    });
    const quietWindows = this.#quiet.sort((a, b) => a.fromAt - b.fromAt);
    const slots = { function: forecast('function'), external: forecast('external') };
    return { hours, quietWindows, peak: this.#peak, slots };
  }

  #total(): number {
    return this.#running.function + this.#running.external;
  }

  /** Keeps the longest ones. */
  #endQuiet(untilAt: Instant): void {
    const window = { fromAt: this.#quietFrom, untilAt };
    if (lengthOf(window) <= 0) return;
    const shortest = this.#quiet.at(-1);
    const isFull = this.#quiet.length === QUIET_MAX;
    if (isFull && shortest !== undefined && lengthOf(window) <= lengthOf(shortest)) return;
    if (isFull) this.#quiet.pop();
    this.#quiet.push(window);
    this.#quiet.sort((a, b) => lengthOf(b) - lengthOf(a));
  }
}

const NONE: Peak = { runningCount: 0, peakAt: null };

function lengthOf({ fromAt, untilAt }: QuietWindow): DurationMs {
  return untilAt - fromAt;
}
