import type { CampaignResult } from './campaign-result.ts';
import { judgeCampaign } from './campaign-verdict.ts';
import type { SeedOutcome } from './seed-outcome.ts';

const countNames = ['events', 'mustCount', 'mayCount', 'startCount', 'fencedOverlapCount'] as const;

/** Adds the outcomes of seeds up. */
export class CampaignTotals {
  readonly failures: SeedOutcome[] = [];
  seedCount = 0;
  hours = 0;
  #repeatedSeeds = 0;
  readonly #violations: Record<string, number> = {};
  readonly #faults: Record<string, number> = {};
  readonly #reached: Record<string, number> = {};
  /** Tenths of a millisecond → starts. */
  readonly #lateness = new Map<number, number>();
  readonly #counts = {
    ...{ events: 0, mustCount: 0, mayCount: 0, startCount: 0, fencedOverlapCount: 0 },
  };

  add(outcome: SeedOutcome): void {
    const { violations, defects, diverged, counts } = outcome;
    this.seedCount += 1;
    this.hours += outcome.options.hours;
    if (outcome.repeated) this.#repeatedSeeds += 1;
    addCounts(this.#faults, outcome.faults);
    addCounts(this.#reached, outcome.reached);
    for (const { verdict } of violations) addCounts(this.#violations, { [verdict]: 1 });
    if (defects.length > 0) addCounts(this.#violations, { defect: defects.length });
    if (diverged) addCounts(this.#violations, { diverged: 1 });
    for (const [tenths, count] of outcome.lateness) {
      this.#lateness.set(tenths, (this.#lateness.get(tenths) ?? 0) + count);
    }
    for (const name of countNames) this.#counts[name] += counts[name];
    if (violations.length > 0 || defects.length > 0 || diverged) this.failures.push(outcome);
  }

  finish(seed: number, clusterDays: number): CampaignResult {
    const { startCount } = this.#counts;
    const failureCount = this.failures.length;
    const met = { reached: this.#reached, faults: this.#faults };
    return {
      ...judgeCampaign({ clusterDays, failureCount, startCount, ...met }),
      ...{ seed, seedCount: this.seedCount, clusterDays },
      violations: this.#violations,
      ...met,
      failures: this.failures,
      ...this.#counts,
      latenessMs: this.#quantiles(),
      repeatedSeeds: this.#repeatedSeeds,
    };
  }

  #quantiles(): CampaignResult['latenessMs'] {
    const sorted = [...this.#lateness].sort(([a], [b]) => a - b);
    const total = sorted.reduce((sum, [, count]) => sum + count, 0);
    const at = (part: number): number => {
      let left = Math.min(total - 1, Math.floor(total * part));
      for (const [tenths, count] of sorted) {
        left -= count;
        if (left < 0) return tenths / 10;
      }
      return 0;
    };
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}

function addCounts(to: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) to[name] = (to[name] ?? 0) + count;
}
