/** How late things began, counted by whole milliseconds, and how often each of them began. */
export class Lateness {
  readonly #counts = new Uint32Array(600_000);
  readonly #begun: Uint8Array;
  #total = 0;
  #early = 0;

  constructor(jobs: number) {
    this.#begun = new Uint8Array(jobs);
  }

  /** The job of this number began `lateMs` after its instant; negative = before it. */
  add(job: number, lateMs: number): void {
    this.#total++;
    const times = this.#begun[job] ?? 0;
    this.#begun[job] = Math.min(times + 1, 255);
    if (lateMs < 0) this.#early++;
    const at = Math.min(Math.max(lateMs, 0), this.#counts.length - 1);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  /** Every job has begun. */
  get isComplete(): boolean {
    return this.#total >= this.#begun.length && !this.#begun.includes(0);
  }

  figures(): Record<string, number> {
    let missed = 0;
    let doubled = 0;
    for (const times of this.#begun) {
      if (times === 0) missed++;
      else doubled += times - 1;
    }
    return {
      lateP50Ms: this.#quantile(0.5),
      lateP99Ms: this.#quantile(0.99),
      lateMaxMs: this.#quantile(1),
      missed,
      doubled,
      early: this.#early,
    };
  }

  #quantile(part: number): number {
    const rank = Math.max(1, Math.ceil(part * this.#total));
    let passed = 0;
    for (const [ms, count] of this.#counts.entries()) {
      passed += count;
      if (passed >= rank) return ms;
    }
    return Number.NaN;
  }
}
